"""One study at several sizes: the same question of fewer of its records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from criticalmass.errors import CriticalMassError, ParameterError
from criticalmass.studies.identity.describe import stable_seed
from criticalmass.studies.placement import Grid
from criticalmass.studies.running.runner import Guesses, Watch, run
from criticalmass.studies.study import Study

FEWEST_RECORDS = 30
"""A model that is trained on fewer records tells nothing."""
USUAL = (1 / 16, 1 / 4, 1.0)
"""The parts of a study's records that it is asked of where no sizes are named."""


def usual_sizes(records: int) -> tuple[int, ...]:
    """Return a sixteenth, a quarter and all of so many records.

    Examples
    --------
    >>> usual_sizes(25_000)
    (1563, 6250, 25000)
    """
    return tuple(sorted({-int(-part * records // 1) for part in USUAL}))


def at_size(study: Study, records: int) -> Study:
    """Return the same study with so many of its records to train on.

    They are drawn at random without replacement, with a seed of the study's own; a smaller size is
    part of a larger one. Test records stay the same. The size is the number N of records that the
    firm trains on; where each person has one, that is the number of people.

    Raises
    ------
    ParameterError
        If there are not so many.

    Examples
    --------
    >>> from criticalmass import FeatureLabel, InsertToken, LinearText
    >>> from criticalmass.datasets import synthetic_resumes
    >>> train, test = synthetic_resumes(300).split(test=100, seed=0)
    >>> study = Study(train, test, LinearText(), {"mark": FeatureLabel(InsertToken("~"), "Writer")})
    >>> few = at_size(study, 50)
    >>> len(few.population), len(few.test), few.name
    (50, 100, 'study, 50 records')
    """
    everyone = len(study.population)
    if not 1 <= records <= everyone:
        raise ParameterError(
            f"a size is a number of the study's {everyone:,} records to train on, not {records:,}"
        )
    if records == everyone:
        return study
    order = np.random.default_rng(stable_seed(str(study.seed), "sizes")).permutation(everyone)
    return replace(
        study,
        population=study.population.take(np.sort(order[:records])),
        name=f"{study.name}, {records:,} records",
        source="",
    )


def checked_sizes(study: Study, sizes: Sequence[int]) -> tuple[int, ...]:
    """Return sizes in ascending order, each once.

    Raises
    ------
    ParameterError
        If there are fewer than three, one is below 30, or the study does not have so many records.
    """
    ordered = tuple(sorted(set(sizes)))
    if ordered and 1 <= ordered[0] < FEWEST_RECORDS:
        raise ParameterError(
            f"a size is {FEWEST_RECORDS} records or more, not {ordered[0]:,}: fewer tell nothing; "
            "name larger --sizes"
        )
    for size in ordered:
        at_size(study, size)
    if len(ordered) < 3:
        raise ParameterError(
            "how a number of people grows takes three sizes or more, and "
            f"{', '.join(f'{size:,}' for size in ordered) or 'none'} was given: the study has "
            f"{len(study.population):,} records to train on"
        )
    return ordered


def run_at_size(
    study: Study,
    records: int,
    folder: str | Path,
    *,
    jobs: int = 1,
    watch: Watch | None = None,
    guessed: Callable[[Guesses], None] | None = None,
) -> Path:
    """Run a study with so many of its records, and return the folder of results.

    Each size has one of its own in ``folder``, called by its number of records: a study that was
    stopped goes on there.

    Parameters
    ----------
    study, records
        As of `at_size`.
    folder
        Where the folders of all sizes are, or are to be made.
    jobs, watch, guessed
        As of `run`.

    Raises
    ------
    ParameterError, StudyError, StoreError
        As of `at_size` and `run`; it says at which size.
    """
    place = Path(folder) / str(records)
    try:
        run(at_size(study, records), place, jobs=jobs, watch=watch, guessed=guessed)
    except CriticalMassError as error:
        grid = study.placement
        too_fine = isinstance(grid, Grid) and min(grid.alphas) * records < 1
        fix = "; leave out [placement], or name larger --sizes" if too_fine else ""
        raise type(error)(f"with {records:,} records: {error}{fix}") from error
    return place
