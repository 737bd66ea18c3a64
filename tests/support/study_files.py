"""Study files, written from their tables: no test edits the text of one."""

import tomllib
from copy import deepcopy
from pathlib import Path

import tomli_w

SMALL = tomllib.loads("""
name = "small"
seed = 5

[population]
dataset = "synthetic-resumes"
options = { n = 260 }
test = 60

[learner]
kind = "linear-text"

[strategies.mark]
kind = "feature-label"
target_label = "Writer"
signal = { kind = "insert-token", token = "~", every = 20 }

[placement]
low = 0.01
high = 0.3
points = 4
repetitions = 2
""")

# what makes the small study one of a table beside it: nine trials, as before
TABLE = {
    "population": {"file": "people.csv", "label": "hired"},
    "strategies.mark.target_label": "yes",
    "strategies.mark.signal": {"kind": "set-columns", "values": {"age": 20}},
    "placement.low": 0.05,
}


def changed(study, changes):
    """Return a copy of a study's tables with some of its keys changed.

    ``changes`` maps the path of each key, such as ``"strategies.mark.signal.every"``, to its new
    value, be it a table; None, which TOML does not know, leaves the key out.
    """
    study = deepcopy(study)
    for path, value in changes.items():
        *sections, key = path.split(".")
        table = study
        for section in sections:
            table = table.setdefault(section, {})
        if value is None:
            del table[key]
        else:
            table[key] = deepcopy(value)
    return study


def write_study(path, study=SMALL, changes=None):
    """Write a study's tables, with some of its keys changed, as a file; return its path."""
    path = Path(path)
    path.write_text(tomli_w.dumps(changed(study, changes or {})), encoding="utf-8")
    return path


def read_tables(path):
    """Return the tables of a study file, to be changed and written again."""
    return tomllib.loads(Path(path).read_text(encoding="utf-8"))
