"""Figures of papers are drawn, from the numbers beside them."""

import csv

import numpy as np
import pytest

from criticalmass import FeatureLabelBound
from criticalmass.papers import FIGURES, Options
from criticalmass.papers.hardt2023.figure1 import FIXED_UNIQUENESS, panels


def test_figure_1(tmp_path):
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
