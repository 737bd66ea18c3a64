"""Messages as the code writes them, found by reading it, and a language that nobody speaks."""

import ast
import re
from collections.abc import Iterator
from gettext import NullTranslations
from pathlib import Path
from typing import NamedTuple

import jinja2

import criticalmass

ROOT = Path(criticalmass.__file__).parent
TEMPLATES = sorted((ROOT / "pages" / "templates").rglob("*.html"))
SPEAKING = ("say", "say_marked", "say_count")
"""The functions whose literal texts are messages."""
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Message(NamedTuple):
    """A message of the code: its texts (one, or those for one thing and for several), and where."""

    texts: tuple[str, ...]
    place: str

    @property
    def placeholders(self) -> set[str]:
        """The names of its values."""
        return {name for text in self.texts for name in _PLACEHOLDER.findall(text)}


def sources() -> list[Path]:
    """The files whose sentences people read: those of the rooms of words and of pages."""
    return sorted([*(ROOT / "words").glob("*.py"), *(ROOT / "pages").rglob("*.py")])


def calls(tree: ast.Module) -> Iterator[ast.Call]:
    """Every call in a file that makes a message."""
    for node in ast.walk(tree):
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if named and node.func.id in SPEAKING:
            yield node


def docstrings(tree: ast.Module) -> set[ast.AST]:
    """The texts of a file that are statements, and do nothing."""
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def messages() -> list[Message]:
    """All messages of the code and of the templates."""
    found = [
        Message(
            tuple(
                ast.literal_eval(text) for text in call.args[: 1 + (call.func.id == "say_count")]
            ),
            f"{path.name}:{call.lineno}",
        )
        for path in sources()
        for call in calls(ast.parse(path.read_text(encoding="utf-8")))
    ]
    environment = jinja2.Environment(autoescape=True)
    for path in TEMPLATES:
        tree = environment.parse(path.read_text(encoding="utf-8"))
        for call in tree.find_all(jinja2.nodes.Call):
            if isinstance(call.node, jinja2.nodes.Name) and call.node.name in SPEAKING:
                texts = call.args[: 1 + (call.node.name == "say_count")]
                found.append(
                    Message(tuple(text.as_const() for text in texts), f"{path.name}:{call.lineno}")
                )
    return found


def loose_texts(path: Path) -> str:
    """What a template shows that is no message: its own text, without tags and without values."""
    tree = jinja2.Environment().parse(path.read_text(encoding="utf-8"))
    texts = "".join(data.data for data in tree.find_all(jinja2.nodes.TemplateData))
    texts = re.sub(r"; (script|img)-src( data:)?", "", texts)  # of the policy that pages carry
    return re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>", " ", texts, flags=re.DOTALL)


class Accented(NullTranslations):
    """A language with English words in which every letter has an accent.

    Its sentences have their values in the opposite order, because other languages have another
    order, too.
    """

    letters = str.maketrans(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "áƀćđéƒǵĥíĵķĺḿńóṕɋŕśťúṽẃẍýźÁɃĆĐÉƑǴĤÍĴĶĹḾŃÓṔɊŔŚŤÚṼẂẌÝŹ",
    )

    def gettext(self, message: str) -> str:
        """Return a message in this language."""
        names = _PLACEHOLDER.findall(message)
        parts = re.split(r"(\{\w+\}|<[^>]*>)", message)
        if not any(part.startswith("<") for part in parts):
            parts = [f"{{{names.pop()}}}" if _PLACEHOLDER.fullmatch(p) else p for p in parts]
        return "".join(p if p[:1] in ("{", "<") else p.translate(self.letters) for p in parts)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Return a message about a number of things in this language."""
        return self.gettext(one if n == 1 else many)

    def info(self) -> dict[str, str]:
        """Return what the catalogue says of itself."""
        return {"language": "en_XA"}
