"""Every single change of an operator, a number, a condition or a default in a module."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
COMPUTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.MatMult: None,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.And: ast.Or, ast.Or: ast.And,
    ast.USub: ast.UAdd, ast.UAdd: None, ast.Invert: None,
    ast.BitXor: None, ast.LShift: None, ast.RShift: None,
}  # fmt: skip
NAMED = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum"}
NAMED |= {"any": "all", "all": "any", "floor": "ceil", "ceil": "floor"}
SKIPPED = ("decorator_list", "annotation", "returns", "bases")
"""Parts of a node in which nothing is changed: they decide nothing that is computed."""


@dataclass(frozen=True)
class Change:
    """One change of a module.

    Parameters
    ----------
    line, column
        Where it is, both counted from 1.
    text
        The line.
    before, after
        The expression that changes, and what becomes of it.
    number
        How many changes of the module come before; `changed` makes it.
    """

    line: int
    column: int
    text: str
    before: str
    after: str
    number: int


def changes(source: str) -> list[Change]:
    """Return every change of a module's source, in the order of its lines.

    Docstrings, decorators, type annotations and what is said in an error are left as they are.

    Examples
    --------
    >>> for change in changes("def half(x=1):\\n    return x / 2 if not x < 0 else 0"):
    ...     print(change.line, change.before, "→", change.after)
    1 1 → 2
    2 x / 2 → x * 2
    2 2 → 3
    2 not x < 0 → not not x < 0
    2 x < 0 → x <= 0
    2 0 → 1
    2 0 → 1
    """
    lines, found = source.splitlines(), []
    for number, (node, field, place, new) in enumerate(_in_order(ast.parse(source))):
        before, old = ast.unparse(node), copy.copy(getattr(node, field))
        _put(node, field, place, new)
        line, column = node.lineno, node.col_offset + 1
        text = lines[line - 1].strip()
        found.append(Change(line, column, text, before, ast.unparse(node), number))
        setattr(node, field, old)
    return found


def changed(source: str, change: Change) -> str:
    """Return a module's source with a change, in the words of `ast.unparse`.

    Examples
    --------
    >>> changed("ONE = 1", changes("ONE = 1")[0])
    'ONE = 2'
    """
    tree = ast.parse(source)
    _put(*_in_order(tree)[change.number])
    return ast.unparse(tree)


Place = tuple[ast.expr, str, int | None, object]
"""An expression, the field of it that changes, which element if it has many, and the new value."""


def _in_order(tree: ast.Module) -> list[Place]:
    """Return every change in a module, in the order of its lines."""
    return sorted(_places(tree), key=lambda at: (at[0].lineno, at[0].col_offset))


def _put(node: ast.expr, field: str, place: int | None, new: object) -> None:
    """Put a new value into an expression."""
    if place is None:
        setattr(node, field, new)
    else:
        getattr(node, field)[place] = new


def _places(node: ast.AST) -> Iterator[Place]:
    """Yield every change in an expression, a statement or a module, without what is skipped."""
    for name, value in ast.iter_fields(node):
        if name in SKIPPED or (name == "keywords" and isinstance(node, ast.ClassDef)):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST) and not _says(part):
                yield from _changed(part)
                yield from _places(part)


def _says(node: ast.AST) -> bool:
    """Whether a node decides nothing: a docstring, an error's words, an import for types alone."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    return isinstance(node, (ast.JoinedStr, ast.Raise, ast.Assert))


def _changed(node: ast.AST) -> Iterator[Place]:
    """Yield the changes of one node itself."""
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            yield node, "ops", place, COMPARED[type(operator)]()
    elif isinstance(node, (ast.BinOp, ast.BoolOp)) or (
        isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not)
    ):
        if other := COMPUTED[type(node.op)]:
            yield node, "op", None, other()
    elif isinstance(node, ast.UnaryOp):
        yield node, "operand", None, ast.UnaryOp(ast.Not(), copy.deepcopy(node.operand))
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield node, "value", None, not node.value
        elif isinstance(node.value, (int, float)):
            yield node, "value", None, node.value + 1
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in NAMED:
            new = ast.Name(NAMED[node.func.id], ast.Load())
            yield node, "func", None, new
        elif isinstance(node.func, ast.Attribute) and node.func.attr in NAMED:
            yield node, "func", None, ast.Attribute(node.func.value, NAMED[node.func.attr])
