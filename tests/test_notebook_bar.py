"""The bar that a notebook shows while a study runs."""

import pytest

from criticalmass.progress import steps
from criticalmass.studies import Row
from criticalmass.studies.running import notebook_bar as module
from criticalmass.studies.running.notebook_bar import EVERY, Bar, notebook_bar

GOOD, BAD = (Row("k", "mark", 0.1, 0, 0.1, 10, error=error) for error in ("", "MemoryError"))


class Clock:
    """Stands still until it is told to go on."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def bar():
    """A bar, its clock and the lines that it has shown."""
    clock, lines = Clock(), []
    made = Bar(lambda line: lines.append(line["text/plain"]), clock)
    made.clock, made.lines = clock, lines
    return made


def test_it_says_how_many_are_done_and_failed_and_how_long_the_rest_may_take(bar):
    bar.watch(4, 24, None)  # rows of an earlier run
    bar.clock.now = 30.0
    bar.watch(5, 24, GOOD)
    bar.clock.now = 60.0
    bar.watch(6, 24, BAD)
    assert bar.lines == [
        "4 of 24 trials",
        "5 of 24 trials, 10 min left",
        "6 of 24 trials, 1 failed, 9 min left",
    ]


def test_it_moves_a_few_times_a_second_at_most_and_always_at_the_end(bar):
    for done in range(1001):
        bar.watch(done, 1000, GOOD if done else None)
        bar.clock.now += EVERY / 10
    assert 90 <= len(bar.lines) <= 110
    assert bar.lines[-1] == "1,000 of 1,000 trials"


def test_a_long_step_is_shown_until_it_ends(bar):
    bar.watch(0, 2, None)
    for done in range(3):
        bar.clock.now += 1
        bar.inside("reading <texts>", done, 2)
    assert bar.lines[1:] == ["reading <texts>: 0 of 2", "reading <texts>: 1 of 2", "0 of 2 trials"]


def test_its_line_is_text_in_html():
    shown = []
    Bar(shown.append, Clock()).inside("reading <texts>", 1, 4)
    assert shown[0]["text/html"] == (
        '<div><progress value="1" max="4"></progress> reading &lt;texts&gt;: 1 of 4</div>'
    )


def test_scripts_see_nothing_of_it(monkeypatch):
    with notebook_bar() as watch:
        assert watch is None


class Handle:
    """What IPython gives for a display that is to be written anew."""

    def __init__(self):
        self.lines = []

    def update(self, line, *, raw):
        assert raw
        self.lines.append(line["text/plain"])


def test_in_a_notebook_it_hears_of_long_steps_too(monkeypatch):
    handle = Handle()
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda *_, **__: handle)
    with notebook_bar() as watch:
        list(steps("reading", range(1)))
        watch(0, 1, None)
    assert handle.lines == ["reading: 0 of 1", "0 of 1 trials"]
