"""The reference of commands, made from the command line itself.

A command, an argument or an option without a sentence that says what it is stops the build.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from sphinx.application import Sphinx

from criticalmass.cli.main import app as line
from extensions.stopping import stop


def commands(group: Any, before: str = "criticalmass") -> Iterator[tuple[str, Any]]:
    """Yield every command that people are told of, with the words that call it."""
    for name, command in group.commands.items():
        if command.hidden:
            continue
        if hasattr(command, "commands"):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}", command


def _values(parameter: Any) -> str:
    """Return what may stand for a parameter's value."""
    kind = parameter.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, bool):
        return ""
    return str(parameter.metavar or getattr(kind, "__name__", "value")).upper()


def _described(words: str, command: Any, silent: list[str]) -> str:
    usage, rows = [words], list[str]()
    if not (command.help or "").strip():
        silent.append(words)
    for parameter in command.params:
        if parameter.hidden or parameter.name == "help":
            continue
        says = (parameter.help or "").strip()
        if not says:
            silent.append(f"{words} {parameter.name}")
        if parameter.param_type_name == "argument":
            shown = parameter.name.upper()
            usage.append(shown if parameter.required else f"[{shown}]")
        else:
            spelled = ", ".join([*parameter.opts, *parameter.secondary_opts])
            shown = f"{spelled} {_values(parameter)}".strip()
            if parameter.required:
                usage.append(shown)
        default = parameter.default
        if callable(default) or default in (None, False, (), ""):
            ends = " Required." if parameter.required else ""
        else:
            ends = f" By default ``{default}``."
        rows.append(f"   * - ``{shown}``\n     - {_plain(says)}{ends}\n")
    if any(parameter.param_type_name == "option" for parameter in command.params):
        usage.insert(1, "[OPTIONS]")
    text = [
        f"{words}\n{'-' * len(words)}\n\n",
        _plain(command.help or "").replace("\b", ""),
        "\n\n",
    ]
    text.append(f".. code-block:: console\n\n   $ {' '.join(usage)}\n\n")
    if rows:
        text += [".. list-table::\n   :widths: 35 65\n\n", *rows, "\n"]
    return "".join(text)


def _plain(text: str) -> str:
    """Return words of the command line so that reStructuredText takes them literally."""
    pieces = text.split("`")
    pieces[::2] = [
        piece.replace("\\", "\\\\").replace("*", "\\*").replace("|", "\\|").replace("_", "\\_")
        for piece in pieces[::2]
    ]
    return "``".join(pieces)


def write(app: Sphinx) -> None:
    """Write the page; raise an error with all that says nothing of itself."""
    silent: list[str] = []
    parts = [_described(words, command, silent)
             for words, command in commands(typer.main.get_command(line))]  # fmt: skip
    if silent:
        stop(f"commands and options without a description: {', '.join(silent)}")
    title = "Every command"
    begin = f"{title}\n{'=' * len(title)}\n\nMade from the command line, as ``--help`` shows it. "
    begin += ":doc:`What the commands are for </commands>` is another page.\n\n"
    path = Path(app.srcdir) / "reference" / "commands.rst"
    path.parent.mkdir(exist_ok=True)
    text = begin + "".join(parts)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the page before any is read."""
    app.connect("builder-inited", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
