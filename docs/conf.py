"""How the documentation is built: `make docs`, or `make docs-check` from kept outputs."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

project = "criticalmass"
author = "the criticalmass authors"
copyright = "the criticalmass authors, MIT licence"
version = release = version_of("criticalmass")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "extensions.outside",  # the six of this project are in docs/extensions
    "extensions.names",
    "extensions.keys",
    "extensions.commands",
    "extensions.kept",
    "extensions.summaries",
]
exclude_patterns = ["extensions", "static", "gallery/*.ipynb", "gallery/*.py", "gallery/**/README*"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
root_doc = "index"
nitpicky = True
suppress_warnings = ["config.cache"]  # a sorter of examples that cannot be pickled

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4

autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_maximum_signature_line_length = 80
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False

sphinx_gallery_conf = {
    "examples_dirs": "../examples/gallery",
    "gallery_dirs": "gallery",
    "backreferences_dir": "reference/examples",
    "doc_module": ("criticalmass",),
    "filename_pattern": r"\.py$",
    "image_srcset": [],
    "write_computation_times": False,
    "show_memory": False,
    "min_reported_time": 10_000,
    "abort_on_example_error": True,
    "only_warn_on_example_error": False,
    "remove_config_comments": True,
    "within_subsection_order": "FileNameSortKey",
    "plot_gallery": True,
    "show_signature": False,
    "nested_sections": False,
    "reset_modules": ("extensions.pictures.begin",),
}

html_theme = "pydata_sphinx_theme"
html_title = "criticalmass"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_search_scorer = str(HERE / "static" / "scorer.js")
html_show_search_summary = False  # fetches pages, which no file system allows: see summaries
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "show_prev_next": True,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
