"""Pages that are walked: files written, commands run, code executed, outputs compared.

In such a page

- a comment ``<!-- file: NAME -->`` before a block says that the reader saves the block under that
  name, and ``<!-- take: PATH -->`` that they take a file of the checkout;
- a ``console`` block holds commands after ``$`` and what each prints;
- ``py`` blocks are executed one after the other in one namespace, and a ``text`` block after one is
  what it prints.

The languages are ``py`` and ``TOML`` because ``python`` and ``toml`` blocks of any page are tested
one by one.

A line ``…`` in an output stands for any lines. A picture of such a page that its code writes under
the same name is kept beside the page. ``python -m support.walks PAGE`` writes outputs and pictures
anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
_STEP = re.compile(
    r"^<!-- (?P<what>file|take): (?P<name>\S+) -->\n|^```(?P<language>\w+)\n(?P<body>.*?)^```\n",
    re.DOTALL | re.MULTILINE,
)


class Shown(NamedTuple):
    """An output that a page shows, where it stands there, and what really came out."""

    start: int
    end: int
    shown: str
    printed: str

    @property
    def alike(self) -> bool:
        """Whether what came out is what is shown; ``…`` stands for any lines."""
        wanted = "".join(
            ".*\n" if line.strip() == "…" else re.escape(line)
            for line in self.shown.splitlines(keepends=True)
        ).replace(".*\n", "(?:.*\n)*")
        return re.fullmatch(wanted, self.printed) is not None


def walk(page: Path, folder: Path) -> Iterator[Shown]:
    """Do what a page says, in a folder, and yield each output that it shows."""
    text, namespace = page.read_text(encoding="utf-8"), dict[str, Any]({"__name__": "__main__"})
    name, printed = "", ""
    for step in _STEP.finditer(text):
        if step["what"] == "take":
            shutil.copy(ROOT / step["name"], folder)
        elif step["what"] == "file":
            name = step["name"]
        elif name:
            (folder / name).write_text(step["body"], encoding="utf-8")
            name = ""
        elif step["language"] == "py":
            printed = _executed(step["body"], folder, namespace)
        elif step["language"] == "text":
            yield Shown(step.start("body"), step.end("body"), step["body"], printed)
        elif step["language"] == "console":
            yield from _commands(step["body"], step.start("body"), folder)


def _executed(code: str, folder: Path, namespace: dict[str, Any]) -> str:
    printed = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(printed):
        exec(compile(code, "page", "exec"), namespace)
    return "\n".join(line.rstrip() for line in printed.getvalue().splitlines()) + "\n"


def _commands(body: str, start: int, folder: Path) -> Iterator[Shown]:
    for found in re.finditer(r"^\$ (?P<words>.*)\n(?P<shown>(?:(?!\$ ).*\n)*)", body, re.MULTILINE):
        words = shlex.split(found["words"], comments=True)
        assert words[0] == "criticalmass", words
        done = subprocess.run(
            [sys.executable, "-m", "criticalmass.cli", *words[1:]],
            cwd=folder,
            env=os.environ | {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert done.returncode == 0, done.stdout
        printed = "".join(line.rstrip() + "\n" for line in done.stdout.splitlines())
        at = start + found.start("shown")
        yield Shown(at, at + len(found["shown"]), found["shown"], printed)


def drawn(page: Path, folder: Path) -> list[tuple[Path, Path]]:
    """Return the pictures that a page shows and its code drew: those kept, and those drawn now."""
    names = re.findall(r"!\[[^]]*\]\(([^)/]+)\)", page.read_text(encoding="utf-8"))
    return [(page.parent / name, folder / name) for name in names if (folder / name).exists()]


def same_picture(kept: str, now: str) -> bool:
    """Whether two SVG of matplotlib show the same.

    Places may differ by half a point. Of another version of matplotlib only texts are compared.
    """
    texts = [re.findall(r"<!-- (.*?) -->", svg) for svg in (kept, now)]
    versions = [re.findall(r"Matplotlib v[\d.]+", svg) for svg in (kept, now)]
    if texts[0] != texts[1] or versions[0] != versions[1]:
        return texts[0] == texts[1]
    # ids are made anew every time
    plain = [
        re.sub(
            r"<defs>.*?</defs>|<metadata>.*?</metadata>|\bid=\"[^\"]*\"|#\w+", "", svg, flags=re.S
        )
        for svg in (kept, now)
    ]
    number = r"-?\d+(?:\.\d+)?(?:e-?\d+)?"
    places = [[float(found) for found in re.findall(number, svg)] for svg in plain]
    return len(places[0]) == len(places[1]) and all(
        abs(one - other) <= 0.5 for one, other in zip(*places, strict=True)
    )


def rewrite(page: Path) -> None:
    """Write the outputs and pictures of a page anew; those that still hold stay as they are."""
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        shown = list(walk(page, Path(folder)))
        for kept, now in drawn(page, Path(folder)):
            before = kept.read_text(encoding="utf-8") if kept.exists() else ""
            if not same_picture(before, now.read_text(encoding="utf-8")):
                shutil.copy(now, kept)
    for each in reversed(shown):
        if not each.alike:
            text = text[: each.start] + each.printed + text[each.end :]
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for path in sys.argv[1:]:
        rewrite(Path(path))
