"""Members' files, as organisers keep them, and the members read from them."""

import csv

import numpy as np

from criticalmass.datasets import synthetic_resumes
from criticalmass.members.file import Columns, read_members


def written(folder, text, name="members.csv", encoding="utf-8"):
    """Write a text to a file; return its path."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def people_file(path, population, rows):
    """Write some records of a population of texts as a members' file; return its path."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "name", "text", "label"])
        for row in rows:
            labels = [population.label_names[k] for k in np.flatnonzero(population.labels[row])]
            writer.writerow([f"m{row}", f"N {row}", population.features[row], ";".join(labels)])
    return path


def text_members(folder, study, n=40, seed=9):
    """Return made-up members of a study of texts."""
    own = synthetic_resumes(n, seed=seed)
    path = people_file(folder / "members.csv", own, range(n))
    return read_members(path, study.population, Columns())


def table_members(folder, study, n=40):
    """Return members of a study of a table, with values that its records have."""
    rng = np.random.default_rng(5)
    names = study.population.columns
    lines = [",".join(["id", *names, "label"])]
    for k in range(n):
        cells = [str(study.population.features[name][rng.integers(0, 240)]) for name in names]
        lines.append(",".join([f"p{k}", *cells, rng.choice(["yes", "no"])]))
    return read_members(written(folder, "\n".join(lines) + "\n"), study.population, Columns())
