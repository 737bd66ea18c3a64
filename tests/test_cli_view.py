"""Bars of trials and of what goes on inside one, in a terminal; lines elsewhere."""

from criticalmass.cli_view import View
from criticalmass.progress import steps


def test_inside_a_trial(monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    progress = View()

    def bars():
        return [(task.description, task.completed) for task in progress._bar.tasks]

    with progress as watch:
        watch(0, 2, None)
        seen = [bars() for _ in steps("fine-tuning", range(3))]
        watch(1, 2, None)
        left = bars()
    assert seen == [[("training", 0), ("fine-tuning", done)] for done in range(3)]
    assert left == [("training", 1)]
    assert list(steps("nobody listens", "ab")) == ["a", "b"]


def test_elsewhere(monkeypatch, capsys):
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    with View() as watch:
        watch(0, 20, None)
        for _ in steps("fine-tuning", range(3)):
            pass
        watch(20, 20, None)
    assert capsys.readouterr().err == "trained 0 of 20\ntrained 20 of 20\n"
