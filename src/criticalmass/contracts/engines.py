"""What an engine promises."""

from __future__ import annotations

from criticalmass.contracts.parts import keeps
from criticalmass.studies.running.engines import Engine, Here
from criticalmass.studies.study import Study


def check_engine(engine: Engine, study: Study) -> None:
    """Check the promises of an engine on a study of at least three trials, which it runs.

    Examples
    --------
    >>> from criticalmass import FeatureLabel, Grid, InsertToken, LinearText
    >>> from criticalmass.datasets import synthetic_resumes
    >>> train, test = synthetic_resumes(60).split(test=20, seed=0)
    >>> mark = {"mark": FeatureLabel(InsertToken("~"), "Writer")}
    >>> check_engine(Here(), Study(train, test, LinearText(), mark, Grid((0.2, 0.4), 1)))
    """
    trials = study.trials()
    with Here().open(study) as run:
        expected = {row.key: repr(row.without_time()) for row in run(trials)}  # nan equals nan
    assert len(expected) > 2, "an engine is checked with a study of at least three trials"
    assert isinstance(engine, Engine), "an engine must have open(study)"
    with keeps("an engine must run a study's trials"), engine.open(study) as run:
        none = list(run([]))
        first = list(run(trials[:2]))
        rows = first + list(run(trials[2:]))
    assert not none, "no trials, no rows"
    keys = [row.key for row in rows]
    assert {row.key for row in first} == {trial.key for trial in trials[:2]}, (
        "an engine must run the trials it is given, when it is given them"
    )
    assert len(set(keys)) == len(keys), "no row may be given twice"
    assert set(keys) == set(expected), "every trial must give a row"
    assert all(repr(row.without_time()) == expected[row.key] for row in rows), (
        "rows must be those of trials that are run here"
    )
