"""What the gallery keeps, and what is made again of it without running anything.

Kept in docs/gallery are an example's page with its outputs, its pictures, and a hash of the script.
The notebook and the archive to download hold no outputs, so they are made from the script.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from sphinx.application import Sphinx
from sphinx_gallery.gen_rst import get_md5sum
from sphinx_gallery.notebook import jupyter_notebook, save_notebook
from sphinx_gallery.py_source_parser import split_code_and_text_blocks

from extensions.stopping import stop


def changed(scripts: Path, kept: Path) -> list[str]:
    """Return the scripts whose kept outputs are missing, or are of another version of them."""
    return [
        script.name
        for script in sorted(scripts.glob("*.py"))
        if not (hashed := kept / f"{script.name}.md5").exists()
        or hashed.read_text() != get_md5sum(script, mode="t")
    ]


def again(app: Sphinx) -> None:
    """Make notebooks and archives of what is kept; refuse changed scripts if none is to be run."""
    config = app.config.sphinx_gallery_conf
    scripts = (Path(app.srcdir) / config["examples_dirs"]).resolve()
    kept = Path(app.srcdir) / config["gallery_dirs"]
    others = changed(scripts, kept)
    if others and app.config.only_kept:
        stop(
            f"no kept outputs of {', '.join(others)} as they are now: run `make docs`, and commit "
            "docs/gallery"
        )
    for script in sorted(scripts.glob("*.py")):
        if script.name in others:
            continue  # it is run, which makes them
        _, blocks = split_code_and_text_blocks(str(script))
        notebook = kept / script.with_suffix(".ipynb").name
        save_notebook(jupyter_notebook(blocks, app.config.sphinx_gallery_conf, kept), notebook)
        with zipfile.ZipFile(kept / script.with_suffix(".zip").name, "w") as archive:
            archive.write(script, script.name)
            archive.write(notebook, notebook.name)


def setup(app: Sphinx) -> dict[str, bool]:
    """Do so before the gallery is made, which looks for them."""
    app.add_config_value("only_kept", False, "env", [bool])
    app.connect("builder-inited", again, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
