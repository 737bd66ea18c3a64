"""Counts of a clone: modules, circles, what is asked of parts, names, lengths, stiff sentences.

Run it as ``.venv/bin/python scripts/counts.py [FOLDER]``; FOLDER is the clone to look at, such as
an older one, by default this one. It reads source files of the package, and imports none.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

import grimp

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.plain_english import PATTERNS, stiff_sentences

PACKAGE = "criticalmass"
FOREIGN = (
    "data/columns.py", "data/labels.py", "data/array_features.py", "data/population.py",
    "data/readers/", "learners/scikit/", "learners/transformer/", "signals/tokens.py",
    "data/libraries.py", "signals/tokenizers.py", "studies/identity/",
    "studies/running/engines/pool.py", "studies/files/costs.py",
    # where these lay before there were rooms
    "columns.py", "labels.py", "arrays.py", "population.py", "readers/", "learners/classifiers.py",
    "learners/predictions.py", "learners/estimators.py", "learners/one_for_each.py",
    "learners/transformer.py", "studies/foreign.py", "studies/code.py", "studies/describe.py",
    "studies/engines/pool.py", "studies/costs.py",
)  # fmt: skip
"""Files whose subject is objects of other libraries (estimators, dataframes, tokenizers), of which
only what they have says what they can do."""


def main() -> None:
    """Print the figures of a clone."""
    clone = Path(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
    root = clone / "src" / PACKAGE
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(root.rglob("*.py"))
    }
    hall = sorted(path.name for path in root.glob("*.py") if path.name != "__init__.py")
    rooms = sorted(path.name for path in root.iterdir() if (path / "__init__.py").is_file())
    print(f"modules in the hall: {len(hall)} ({', '.join(hall)})")
    print(f"rooms: {len(rooms)} ({', '.join(rooms)})")
    found = circles(root)
    print(
        f"imports that close a circle: {len(found)}" + "".join(f"\n  {circle}" for circle in found)
    )
    asked = {path.relative_to(root).as_posix(): guesses(tree) for path, tree in trees.items()}
    parts = {path: count for path, count in asked.items() if not path.startswith(FOREIGN)}
    print(
        f"hasattr and defaulted getattr: {sum(asked.values())}, of them on objects of other "
        f"libraries {sum(asked.values()) - sum(parts.values())}, on parts {sum(parts.values())}"
    )
    for path, count in parts.items():
        if count:
            print(f"  {path}: {count}")
    print(f"public names at the top: {public_names(root, trees)}")
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in trees}
    lengths("files by lines", list(lines.values()))
    for path in sorted(lines, key=lambda path: -lines[path])[:5]:
        print(f"  {path.relative_to(root).as_posix()}: {lines[path]}")
    lengths(
        "functions by lines",
        [
            (node.end_lineno or node.lineno) - node.lineno + 1
            for tree in trees.values()
            for node in ast.walk(tree)
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        ],
    )
    stiff = Counter(found.pattern for found in stiff_sentences(clone))
    print(f"stiff sentences in pages, docstrings, messages and test names: {stiff.total()}")
    for pattern in PATTERNS:
        print(f"  {pattern}: {stiff[pattern]}")


def guesses(tree: ast.AST) -> int:
    """Count the calls of `hasattr`, and of `getattr` with a default."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [(call.func.id, call) for call in calls if isinstance(call.func, ast.Name)]
    return sum(
        name == "hasattr" or (name == "getattr" and len(call.args) == 3) for name, call in named
    )


def public_names(root: Path, trees: dict[Path, ast.Module]) -> int:
    """Count what the package's stub, or else its first file, imports for all to see."""
    stub = root / "__init__.pyi"
    tree = ast.parse(stub.read_text("utf-8")) if stub.exists() else trees[root / "__init__.py"]
    return sum(
        len(node.names)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and all(alias.asname == alias.name for alias in node.names)
    )


def circles(root: Path) -> list[str]:
    """Return the circles among what lies side by side, each by an import that closes it."""
    sys.path.insert(0, str(root.parent))
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    folders = sorted(module for module in graph.modules if graph.find_children(module))
    return [
        f"{folder}: {importer.removeprefix(folder)} -> {imported.removeprefix(folder)}"
        for folder in folders
        for importer, imported in sorted(graph.nominate_cycle_breakers(folder))
    ]


def lengths(what: str, numbers: list[int]) -> None:
    """Print how many there are of which length."""
    bands = Counter(
        next(top for top in (25, 50, 100, 150, 200, 300, 10**6) if n <= top) for n in numbers
    )
    shown = ", ".join(
        f"{'over 300' if top == 10**6 else f'up to {top}'}: {bands[top]}" for top in sorted(bands)
    )
    print(f"{what}: {len(numbers)} in all; {shown}; the longest {max(numbers)}")


if __name__ == "__main__":
    main()
