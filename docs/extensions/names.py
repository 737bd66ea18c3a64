"""The reference of names: a page for each room, and one for each public name.

What is public is what a room's ``__all__`` lists (from its ``__init__.pyi``, where it has one).
Each name is described once, under its room; the names at the top of the package are a list of
links. A public name without a docstring of its own stops the build.
"""

from __future__ import annotations

import importlib
import inspect
import re
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.pycode import ModuleAnalyzer
from sphinx.roles import XRefRole

from extensions.stopping import stop

ROOT = Path(__file__).parents[2]
PACKAGE = "criticalmass"
LEFT_OUT = ("cli", "checks", "moved")
"""Rooms without names of their own: commands have a page, and old names lead to new ones."""
LISTED = {
    "errors": (
        "CriticalMassError",
        "DataError",
        "ParameterError",
        "StudyError",
        "StoreError",
        "StudyWarning",
        "HardlyAlikeWarning",
    ),
    "answers": (
        "finding.Finding",
        "finding.findings",
        "comparing.Contrast",
        "comparing.contrast",
        "theory.compare",
    ),
    "pages": (
        "report.write_report",
        "figures.success.Line",
        "figures.success.plot_success",
        "figures.success.success_figure",
        "figures.joining.plot_joining",
        "figures.joining.plot_dynamics",
        "figures.joining.plot_paying",
    ),
}
"""What is public in rooms without ``__all__``: what other pages show how to use."""


class Name(NamedTuple):
    """A public name: its room, what it is called there, and what it is."""

    room: str
    name: str
    thing: Any

    @property
    def full(self) -> str:
        """The name as one imports it from its room."""
        return f"{PACKAGE}.{self.room}.{self.name}"


def rooms() -> list[str]:
    """Return the rooms, lowest first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    return [room for room in reversed(layers) if not room.startswith("_") and room not in LEFT_OUT]


def public(room: str) -> list[Name]:
    """Return a room's public names."""
    found = []
    if room in LISTED:
        for dotted in LISTED[room]:
            inside, _, name = f"{room}.{dotted}".rpartition(".")
            thing = getattr(importlib.import_module(f"{PACKAGE}.{inside}"), name)
            found.append(Name(inside, name, thing))
        return found
    module = importlib.import_module(f"{PACKAGE}.{room}")
    return [Name(room, name, getattr(module, name)) for name in getattr(module, "__all__", ())]


def docstring(name: Name) -> str:
    """Return what a name says of itself; the empty string if it says nothing."""
    if inspect.isclass(name.thing):
        own = vars(name.thing).get("__doc__") or ""
        return "" if own.startswith(f"{name.thing.__name__}(") else own  # a dataclass's own
    if inspect.isfunction(name.thing) or isinstance(name.thing, ModuleType):
        return name.thing.__doc__ or ""
    return "\n".join(_written(name)).strip()


def _written(name: Name) -> list[str]:
    """Return the docstring after an assignment, wherever in its room the name is assigned."""
    folder = ROOT / "src" / PACKAGE / name.room
    for path in [*sorted(folder.rglob("*.py")), folder.with_suffix(".py")]:
        if path.exists() and f"\n{name.name}" in path.read_text(encoding="utf-8"):
            parts = path.relative_to(ROOT / "src").with_suffix("").parts
            analyzer = ModuleAnalyzer.for_module(".".join(parts).removesuffix(".__init__"))
            analyzer.analyze()
            if ("", name.name) in analyzer.attr_docs:
                return list(analyzer.attr_docs["", name.name])
    return []


def _title(text: str, under: str = "=") -> str:
    return f"{text}\n{under * len(text)}\n\n"


def _first_line(text: str) -> str:
    return " ".join(text.strip().split("\n\n")[0].split())


def _called(name: Name, top: dict[str, Any]) -> list[str]:
    """Return the names under which examples may import it."""
    at_top = top.get(name.name) is name.thing
    return [*([f"{PACKAGE}.{name.name}"] if at_top else []), name.full]


def _page(name: Name, top: dict[str, Any]) -> str:
    called = _called(name, top)
    lines = [_title(name.name)]
    short = called[0].rpartition(".")[0]
    lines.append(f"``from {short} import {name.name}``\n\n")
    if inspect.isclass(name.thing):
        lines.append(f".. autoclass:: {name.full}\n   :members:\n   :show-inheritance:\n\n")
    elif inspect.isfunction(name.thing):
        lines.append(f".. autofunction:: {name.full}\n\n")
    elif isinstance(name.thing, ModuleType):
        lines.append(f".. automodule:: {name.full}\n   :members:\n\n")
    else:
        text = "\n".join(f"   {line}" for line in docstring(name).splitlines())
        choices = getattr(name.thing, "__args__", None) or list(getattr(name.thing, "keys", list)())
        listed = ", ".join(f"``{choice!r}``" for choice in choices if isinstance(choice, str))
        lines.append(f".. py:data:: {name.full}\n\n{text}\n\n")
        lines.append(f"   One of {listed}.\n\n" if listed else "")
    lines.append(f".. minigallery:: {' '.join(called)}\n")
    lines.append("   :add-heading: Examples that use it\n")
    return "".join(lines)


def write(app: Sphinx) -> None:
    """Write the pages; raise an error with all names that say nothing of themselves."""
    folder = Path(app.srcdir) / "reference" / "names"
    folder.mkdir(parents=True, exist_ok=True)
    package = importlib.import_module(PACKAGE)
    top = {name: getattr(package, name) for name in package.__all__}
    silent: list[str] = []
    pages: dict[str, str] = {}
    listed: list[str] = []
    homes: dict[str, str] = {}
    for room in rooms():
        names = public(room)
        if not names:
            continue
        listed.append(room)
        module = importlib.import_module(f"{PACKAGE}.{room}")
        text = [_title(f"{PACKAGE}.{room}"), _first_line(module.__doc__ or ""), "\n\n"]
        text.append(".. list-table::\n   :widths: 30 70\n\n")
        for name in names:
            said = docstring(name)
            if not said.strip():
                silent.append(name.full)
            page = f"{name.room}.{name.name}"
            pages[page] = _page(name, top)
            if top.get(name.name) is name.thing:
                homes[name.name] = page
            text.append(f"   * - :doc:`{name.name} <{page}>`\n     - {_first_line(said)}\n")
        text.append("\n.. toctree::\n   :hidden:\n\n")
        text += [f"   {name.room}.{name.name}\n" for name in names]
        pages[room] = "".join(text)
    if silent:
        stop(f"public names without a docstring: {', '.join(silent)}")
    pages["index"] = _index(listed, top, homes)
    for old in folder.glob("*.rst"):
        if old.stem not in pages:
            old.unlink()
    for page, written in pages.items():
        path = folder / f"{page}.rst"
        if not path.exists() or path.read_text(encoding="utf-8") != written:
            path.write_text(written, encoding="utf-8")


def _index(listed: list[str], top: dict[str, Any], homes: dict[str, str]) -> str:
    text = [_title("Names"), "Each name stands in its room; those that are used most stand at the "]
    text.append("top of the package, too.\n\n")
    text.append(_title("At the top: criticalmass", "-"))
    text += [f"- :doc:`{name} <{homes[name]}>`\n" for name in top if name in homes]
    text.append("\n" + _title("By room, the lowest first", "-"))
    text.append(".. toctree::\n   :maxdepth: 1\n\n")
    text += [f"   {room}\n" for room in listed]
    return "".join(text)


class ByName(XRefRole):
    """What docstrings write between single backticks: a link where such a name is public."""

    def process_link(
        self, env: BuildEnvironment, refnode: Any, has_explicit_title: bool, title: str, target: str
    ) -> tuple[str, str]:
        """Return the title and what it leads to: the name, wherever it stands."""
        refnode["py:module"] = env.ref_context.get("py:module")
        refnode["py:class"] = env.ref_context.get("py:class")
        refnode["refspecific"] = True
        refnode["by_name"] = True
        return title, target.removesuffix("()")


def unresolved(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, shown: nodes.Element
) -> nodes.Element | None:
    """Return the words alone where nobody wrote a link: names in signatures, and of others."""
    if node.get("refdomain") != "py":
        return None
    written = node.get("refexplicit", False) and not node.get("by_name")
    return None if written else shown


def no_substitutions(
    app: Sphinx, what: str, name: str, thing: object, options: object, lines: list[str]
) -> None:
    """Write ``|`` in docstrings so that it is no substitution."""
    for number, line in enumerate(lines):
        if "|" in line and not line.lstrip().startswith((">>>", "...", "+", "|")):
            pieces = line.split("``")
            pieces[::2] = [piece.replace("|", "\\|") for piece in pieces[::2]]
            lines[number] = "``".join(pieces)


_ARRAY = re.compile(
    r"~?(?:numpy\.)?ndarray\[~?tuple\[~?(?:typing\.)?Any, \.\.\.\], "
    r"~?(?:numpy\.)?dtype\[(~?[\w.]+)(?:\[~?bool\])?\]\]"
)


def short_arrays(
    app: Sphinx, what: str, name: str, thing: object, options: object, signature: Any, returns: Any
) -> tuple[Any, Any]:
    """Return a signature in which arrays of any shape are written as people write them."""

    def short(text: Any) -> Any:
        return _ARRAY.sub(r"~numpy.typing.NDArray[\1]", text) if isinstance(text, str) else text

    return short(signature), short(returns)


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the pages before any is read."""
    app.connect("builder-inited", write)
    app.connect("missing-reference", unresolved)
    app.connect("autodoc-process-signature", short_arrays)
    app.connect("autodoc-process-docstring", no_substitutions, priority=600)
    app.add_role_to_domain("py", "named", ByName())
    app.config.default_role = "py:named"
    return {"parallel_read_safe": True, "parallel_write_safe": True}
