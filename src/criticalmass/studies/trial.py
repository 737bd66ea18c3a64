"""`Trial`: the spec of one training run; `Row`: what it gave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from criticalmass import moved
from criticalmass.curves import Outcome
from criticalmass.measures.result import Count, Real, Result
from criticalmass.measures.scale import SHARES
from criticalmass.studies.identity.describe import stable_seed


@dataclass(frozen=True)
class Trial:
    """The specification of one training run; make it with `Study.trial`.

    Parameters
    ----------
    key
        SHA-256 of everything that decides its row.
    strategy
        Name of the strategy within the study.
    alpha
        Share of the population that is to join; 0 for the reference without a collective.
    repetition
        Number that tells trials at one α apart.
    draws
        SHA-256 of what its random draws hang on: population, strategy, α, repetition and the
        study's seed. Trials of two studies that differ in their learners alone share it, and so
        have the same members. In a study of an old store (``scheme`` 1) it is the key.
    """

    key: str
    strategy: str
    alpha: float
    repetition: int
    draws: str

    def seed(self, purpose: str) -> int:
        """Return the seed for one named purpose: a hash of the spec, never of an order of runs."""
        return stable_seed(self.draws, purpose)


@dataclass(frozen=True)
class Row:
    """The result of one trial.

    Parameters
    ----------
    key, strategy, asked, repetition
        The trial's spec; ``asked`` is its α as placed.
    alpha
        The realised share: members over the population's size.
    members
        How many people joined.
    changed
        How many of their records really changed.
    seed
        Seed of the learner.
    n
        Number of marked test records.
    results
        What each measure gave, by its name: a `Count` of records, or a `Real` number, as the share
        of the way where parameters are steered.
    accuracy, precision, recall
        The model's quality on unmarked test records; precision and recall are micro averages over
        all labels. Where each record has one label and gets one, all three are one number.
    mean_error
        Where labels are numbers: how far predictions of unmarked test records are off on average,
        in the numbers' unit; those that none is predicted for are left out. Otherwise None.
    otherwise
        The share of unmarked test records whose predicted labels are not those of a model that was
        trained on the study's records without a collective: what a collective does to everybody
        else. A predicted number is another where it differs by the tolerance, or by as much as the
        mark is to move it, or more. Rows without a collective say how much of that training anew
        does. nan in rows of older versions.
    seconds
        Wall time of the trial.
    warning
        What libraries warned of while it ran, and what members could not send; empty if nothing.
    error
        Why the trial failed; empty if it did not. A failed row has no results.
    """

    key: str
    strategy: str
    asked: float
    repetition: int
    alpha: float
    members: int
    changed: int = 0
    seed: int = 0
    n: int = 0
    results: Mapping[str, Result] = field(default_factory=dict)
    accuracy: float = float("nan")
    precision: float = float("nan")
    recall: float = float("nan")
    seconds: float = float("nan")
    warning: str = ""
    error: str = ""
    otherwise: float = float("nan")
    mean_error: float | None = None

    def rate(self, measure: str) -> float:
        """Return what one measure gave: a share in [0, 1], or a real number in its unit."""
        return self.results[measure].value

    def outcome(self, measure: str) -> Outcome:
        """Return the outcome that curves are fitted to, of a count or a share of a goal.

        Raises
        ------
        ParameterError
            If it is a real number beyond [0, 1]: that needs a scale.
        """
        return SHARES.outcome(self.alpha, self.results[measure])

    @property
    def successes(self) -> dict[str, int]:
        """How many records succeeded, by measure: an old name, which goes with the next release."""
        moved.old_field(self, "successes", "results")
        counts = self.results.items()
        return {name: count.successes for name, count in counts if isinstance(count, Count)}

    @property
    def shares(self) -> dict[str, float]:
        """The numbers of measures that do not count: an old name, which goes likewise."""
        moved.old_field(self, "shares", "results")
        reals = self.results.items()
        return {name: real.value for name, real in reals if isinstance(real, Real)}

    def without_time(self) -> Row:
        """Return the row without the seconds it took: the same on every machine."""
        return replace(self, seconds=0.0)


def __getattr__(name: str) -> Any:
    return moved.old_name(name, "studies.trial")
