"""What a collective that controls a firm's gradient sends at each step of one run."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from criticalmass.arrays import Array
from criticalmass.risks.differentiable import Differentiable
from criticalmass.risks.sample import Sample
from criticalmass.strategies.steering.solvers.redirecting_gradients import (
    Candidates,
    Slopes,
    closest,
    hardest,
    smallest,
)


@dataclass(frozen=True)
class Answer:
    """What the collective did at one step.

    Parameters
    ----------
    step
        Number of the step, from 0.
    xi
        The ξ that its mean gradient has; nan where no records give any.
    residual
        Norm of what the firm's gradient misses its aim by; 0, to rounding, where it does not.
    """

    step: int
    xi: float
    residual: float


@dataclass(eq=False)
class Response:
    """What a collective sends in one run of a firm: ``response(step, theta)`` is a gradient.

    Make one with `GradientControl.respond`. It keeps a `log`, one `Answer` a step.

    Parameters
    ----------
    model
        What the firm descends.
    target
        θ*, (p,).
    alpha, xi
        α and ξ.
    others, offset
        g₀ is the mean gradient of these records, less the offset, (p,).
    own
        The members' records.
    candidates
        What they may send; None where they send gradients.
    exact
        Whether they pull straight to θ*, however slowly.
    """

    model: Differentiable
    target: Array
    alpha: float
    xi: float
    others: Sample
    own: Sample
    offset: Array
    candidates: Candidates | None
    exact: bool
    log: list[Answer] = field(default_factory=list)

    def __call__(self, step: int, theta: Array) -> Array:
        """Return the members' mean gradient at θ, (p,)."""
        towards = theta - self.target
        if self.candidates is None:
            self.log.append(Answer(step, self.xi, 0.0))
            return -(1 - self.alpha) / self.alpha * self.rest(theta) + self.xi * towards
        slopes, standing = self.situation(theta)
        pull, shares = self._records(slopes, standing, towards)
        left = standing + shares @ slopes.changes - pull * towards
        residual = float(np.linalg.norm(left))
        done = residual <= 1e-6 * (np.linalg.norm(standing) + np.linalg.norm(pull * towards))
        self.log.append(Answer(step, pull / self.alpha if done else np.nan, residual))
        return np.asarray(
            self.model.gradient(theta, self.own) + shares @ slopes.changes / self.alpha
        )

    def rest(self, theta: Array) -> Array:
        """Return the others' gradient g₀(θ), as far as members know it, (p,)."""
        return self.model.gradient(theta, self.others) - self.offset

    def situation(self, theta: Array) -> tuple[Slopes, Array]:
        """Return what members can send at θ, and the firm's gradient while they change nothing."""
        assert self.candidates is not None
        own = self.model.gradient(theta, self.own)
        standing = (1 - self.alpha) * self.rest(theta) + self.alpha * own
        return self.candidates.at(self.model, theta), standing

    def _records(self, slopes: Slopes, standing: Array, towards: Array) -> tuple[float, Array]:
        """Return the pull aimed at, and each record's share of the population that sends it."""
        pull = self.alpha * self.xi
        if self.exact:
            found = hardest(slopes, standing, towards, self.alpha)
            if found is not None and found[0] < pull:
                return found
            # more than enough: as few as do it change their record; or not enough: at least hold
            least = smallest(slopes, standing, towards, pull if found is not None else 0.0)
            if least is not None and least[0] <= self.alpha:
                return pull if found is not None else 0.0, least[1]
        return pull, closest(slopes, pull * towards - standing, self.alpha)[0]

    def needed(self, theta: Array, xi: float = 0.0) -> float:
        """Return the smallest share of the population whose records redirect the gradient at θ.

        Parameters
        ----------
        theta
            Where the firm is, (p,).
        xi
            How hard; 0 only holds the firm where it is. The pull αξ is that of this collective.

        Returns
        -------
        float
            At most 1, or above where no collective can; infinite where no number of records could.
        """
        if self.candidates is None:
            return 0.0
        slopes, standing = self.situation(theta)
        least = smallest(slopes, standing, theta - self.target, self.alpha * xi)
        return np.inf if least is None else least[0]

    def explain(self, path: Array) -> str:
        """Return what records could not do, in a sentence or two; empty where they could.

        Parameters
        ----------
        path
            θ at every step of the run, as the firm's model has it, (steps + 1, p).
        """
        missed = [answer for answer in self.log if np.isnan(answer.xi)]
        if not missed:
            return ""
        worst = max(missed, key=lambda answer: answer.residual)
        share = self.needed(path[worst.step], 0.0 if self.exact else self.xi)
        return (
            f"No records of {self.alpha:.4g} of the population redirect the gradient at "
            f"{len(missed)} of {len(self.log)} steps. The nearest leave {worst.residual:.3g} of it "
            f"at step {worst.step}, where it takes "
            + (f"{share:.4g} of the population." if share <= 1 else "more than everyone.")
        )
