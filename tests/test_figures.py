"""Plotting functions draw on the axes that they are given, in the colours of those."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure

from criticalmass import CriticalMass, Incentives, Outcome
from criticalmass.answers.joining import Paying
from criticalmass.curves import PathCurve
from criticalmass.errors import ParameterError
from criticalmass.pages.figures.joining import plot_dynamics, plot_joining, plot_paying
from criticalmass.pages.figures.success import SERIES, Line, plot_success, success_figure
from criticalmass.theory import FeatureLabelBound

CURVE = PathCurve(np.array([0.0, 0.1, 0.2]), np.array([0.0, 0.5, 1.0]))
MASS = CURVE.critical_mass(0.9)
TRIALS = [Outcome(alpha, 5 * alpha, 1) for alpha in (0.05, 0.1, 0.2)]
LINES = [
    Line("measured", CURVE, TRIALS, MASS),
    Line("promised", FeatureLabelBound(uniqueness=0.001), theory="bound"),
]
DYNAMICS = Incentives(cost=np.linspace(0.02, 0.5, 50)).dynamics(CURVE, 50)

TWO = [
    Line(name, CURVE, (), CriticalMass(0.9, alpha, 0.9 * alpha, 1.1 * alpha, 0.95))
    for name, alpha in (("a fine-tuned transformer", 0.0316), ("a bag of words", 0.09))
]
"""Like the pledges of a paper's figure: two critical masses a factor of three apart."""

PLOTS = {
    "success": lambda ax: plot_success(LINES, target=0.9, population_size=1000, ax=ax),
    "shares alone": lambda ax: plot_success(LINES, target=0.9, ax=ax),
    "joining": lambda ax: plot_joining(CURVE, Incentives(cost=0.3), population_size=1000, ax=ax),
    "dynamics": lambda ax: plot_dynamics(DYNAMICS, ax=ax),
    "whether it pays": lambda ax: plot_paying(Paying(Incentives(0.3), CURVE, size=1000), ax=ax),
}


@pytest.mark.parametrize("name", PLOTS)
def test_it_draws_on_the_axes_that_it_is_given_and_nowhere_else(name, monkeypatch):
    monkeypatch.setattr(plt, "gca", lambda: pytest.fail("pyplot is asked for axes"))
    left, right = Figure().subplots(1, 2)
    assert PLOTS[name](right) is right
    assert right.lines
    assert right.get_legend() is not None
    assert not left.lines
    assert plt.get_fignums() == []


@pytest.mark.parametrize("name", PLOTS)
def test_without_axes_it_draws_on_those_of_pyplot(name):
    figure, (_, right) = plt.subplots(1, 2)
    try:
        assert PLOTS[name](None) is right
    finally:
        plt.close(figure)


@pytest.mark.parametrize("name", PLOTS)
def test_its_texts_are_read_on_a_dark_style(name):
    with plt.style.context("dark_background"):
        axes = PLOTS[name](Figure().add_subplot())
        texts = [*axes.texts, axes.xaxis.label, *axes.get_legend().get_texts()]
        ticks = axes.xaxis.get_tick_params()["labelcolor"]
    colours = {mpl.colors.to_hex(text.get_color()) for text in texts} - set(SERIES)
    assert colours == {"#ffffff"}
    assert mpl.colors.to_hex(ticks) == "#ffffff"


def test_head_counts_are_on_the_upper_axis_where_the_size_is_known():
    with_heads, without = (PLOTS[name](Figure().add_subplot()) for name in list(PLOTS)[:2])
    (upper,) = with_heads.child_axes
    assert upper.get_xlabel() == "people who join, of 1,000"
    assert without.child_axes == []
    marks = [{text.get_text() for text in axes.texts} for axes in (with_heads, without)]
    assert marks == [{"wanted: 90%", "180 people"}, {"wanted: 90%", "18%"}]


def test_no_part_of_a_person_is_marked_on_the_axis_of_people():
    curve = FeatureLabelBound(uniqueness=0.001)
    axes = plot_success([Line("few", curve, mass=curve.critical_mass(0.9))], target=0.9,
                        population_size=100, ax=Figure().add_subplot())  # fmt: skip
    (upper,) = axes.child_axes
    low, high = axes.get_xlim()
    assert low * 100 < 0.1
    assert [place for place in upper.get_xticks() if place <= high * 100] == [1, 10]


def test_what_two_critical_masses_near_each_other_say_does_not_overlap():
    """One says it on its right, the other on its left."""
    masses = [FeatureLabelBound(uniqueness=xi).critical_mass(0.9) for xi in (0.006, 0.012)]
    lines = [Line("measured", CURVE, TRIALS, mass) for mass in masses]
    axes = plot_success(lines, target=0.9, population_size=1000, ax=Figure().add_subplot())
    first, second = (text for text in axes.texts if text.get_text().endswith("people"))
    assert not first.get_window_extent().overlaps(second.get_window_extent())


def test_a_legend_has_dots_only_where_trials_are_drawn_and_lines_only_where_curves_are():
    lines = [Line("both", CURVE, TRIALS), Line("curve", CURVE), Line("trials", outcomes=TRIALS)]
    axes = plot_success(lines, target=0.9, ax=Figure().add_subplot())
    handles, labels = axes.get_legend_handles_labels()
    drawn = {
        label: (handle.get_linestyle() != "None", handle.get_marker() != "None")
        for label, handle in zip(labels, handles, strict=True)
    }
    assert drawn == {"both": (True, True), "curve": (True, False), "trials": (False, True)}


def test_members_are_marked_among_a_number_of_people():
    axes = plot_success(LINES, target=0.9, population_size=1000, here=30, ax=Figure().add_subplot())
    assert "members: 30" in {text.get_text() for text in axes.texts}
    with pytest.raises(ParameterError, match="give population_size"):
        plot_success(LINES, target=0.9, here=30, ax=Figure().add_subplot())


def test_without_lines_the_axes_are_ready_and_have_no_legend():
    axes = plot_success([], target=0.9, ax=Figure().add_subplot())
    assert axes.get_legend() is None
    assert axes.get_xlabel() == "share of the population that joins (log scale)"


def masses_written(axes):
    return [text for text in axes.texts if "people" in text.get_text()]


@pytest.mark.parametrize("width", [3.3, 3.7, 5.0, 6.5, 7.4])
@pytest.mark.parametrize("own", [False, True], ids=["figure of its own", "own axes"])
def test_nothing_is_written_over_anything_and_all_titles_fit(width, own):
    """A paper's column is 3.3 inches wide; at 3.3 two numbers lay over each other."""
    lines = [*TWO, Line("guaranteed", FeatureLabelBound(uniqueness=0.001), theory="bound")]
    if own:
        figure = Figure(figsize=(width, 3.5), layout="constrained")
        axes = plot_success(lines, target=0.9, population_size=3200, ax=figure.add_subplot())
        legend = axes.get_legend()
    else:
        figure = success_figure(lines, target=0.9, population_size=3200, width=width)
        (axes,), (legend,) = figure.axes, figure.legends
    figure.draw_without_rendering()
    first, second = (text.get_window_extent() for text in masses_written(axes))
    assert [text.get_text() for text in masses_written(axes)] == ["102 people", "288 people"]
    assert not first.overlaps(second)
    (upper,) = axes.child_axes
    titles = [axes.xaxis.label, axes.yaxis.label, upper.xaxis.label, *legend.get_texts()]
    for title in titles:
        extent = title.get_window_extent()
        assert extent.x0 >= figure.bbox.x0 - 1, title
        assert extent.x1 <= figure.bbox.x1 + 1, title
        assert extent.y0 >= figure.bbox.y0 - 1, title
        assert extent.y1 <= figure.bbox.y1 + 1, title
    below = legend.get_window_extent()
    assert not below.overlaps(axes.bbox)
    assert not below.overlaps(axes.xaxis.label.get_window_extent())


def test_numbers_beside_marks_can_be_left_out():
    with_numbers, without = (
        plot_success(
            TWO, target=0.9, population_size=3200, labels=labels, ax=Figure().add_subplot()
        )
        for labels in (True, False)
    )
    assert len(masses_written(with_numbers)) == 2
    assert masses_written(without) == []
    assert len(without.patches) == len(with_numbers.patches) == 2  # the strips


@pytest.mark.parametrize(
    ("success", "title"),
    [
        ("", "success: share that is as wanted"),
        ("share of marked résumés", "success: share of marked résumés"),
    ],
)
def test_the_axis_of_success_says_what_success_is(success, title):
    lines = [Line("measured", CURVE, success=success)]
    axes = plot_success(lines, target=0.9, ax=Figure().add_subplot())
    assert axes.get_ylabel().replace("\n", " ") == title
