"""Figures of papers are drawn, from the numbers beside them."""

import csv
import re

import numpy as np
import pytest

from criticalmass.papers import FIGURES, Options
from criticalmass.papers.hardt2023.figure1 import FIXED_UNIQUENESS, panels
from criticalmass.papers.hardt2023.figure7 import UNIQUENESS as UNIQUENESS_7
from criticalmass.theory import FeatureLabelBound


def test_figure_1_is_drawn_and_kept_as_points(tmp_path):
    svg, png, points = FIGURES["hardt2023/figure1"](tmp_path, Options())
    assert svg.read_text().lstrip().startswith("<?xml")
    assert png.read_bytes().startswith(b"\x89PNG")
    with points.open() as file:
        rows = list(csv.DictReader(file))
    assert {row["suboptimality"] for row in rows} == {"published", "joint-tv", "contamination"}
    for row in rows[::97]:
        bound = FeatureLabelBound(
            float(row["uniqueness"]), 1.0, float(row["epsilon"]), row["suboptimality"]
        )
        assert float(row["success"]) == pytest.approx(
            float(bound.success(float(row["alpha"]))), abs=1e-4
        )


def test_the_published_panel_promises_more_than_holds():
    curves = {title: [bound for _, bound in drawn] for title, drawn in panels()}
    published, joint, _ = (c for title, c in curves.items() if str(FIXED_UNIQUENESS) in title)
    shares = np.geomspace(0.002, 0.1, 20)
    assert np.array_equal(published[0].success(shares), joint[0].success(shares))  # ε = 0
    for claimed, true in zip(published[1:], joint[1:], strict=True):
        assert (claimed.success(shares) > true.success(shares) + 0.01).all()
        assert "no guarantee" in repr(claimed)


def test_figure_7_says_who_joins(tmp_path):
    svg, png, points, said = FIGURES["hardt2023/figure7"](tmp_path, Options())
    assert svg.read_text().startswith("<?xml")
    assert png.stat().st_size > 10_000
    rows = points.read_text(encoding="utf-8").splitlines()
    assert len(rows) == 1 + 2 * 500
    guaranteed, fitted = said.read_text(encoding="utf-8").splitlines()[-2:]
    critical = UNIQUENESS_7 / (0.5 + UNIQUENESS_7)  # where 1 - xi (1 - a)/a is c/(1 - gamma) = 1/2
    start = UNIQUENESS_7 / (1 + UNIQUENESS_7)
    area = 0.5 * start - (0.5 + UNIQUENESS_7) * (critical - start)
    area += UNIQUENESS_7 * np.log(critical / start)
    assert f"at most {np.ceil(5000 * critical):.0f} people" in guaranteed
    assert f"at most {5000 * 0.8 * area:.3g}" in guaranteed
    for line in (guaranteed, fitted):
        assert "| 5,000 |" in line  # past it everybody joins
        b = float(re.search(r"\| (?:at most )?([\d.]+)(?: \([^|]*)? \| 5,000", line).group(1))
        assert b <= float(line.split("|")[-2]) <= b + 0.4
