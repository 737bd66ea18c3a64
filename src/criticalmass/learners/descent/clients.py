"""The senders of a firm's gradients, and how it combines what they send."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from criticalmass.arrays import Array
from criticalmass.data.population import members_at
from criticalmass.errors import ParameterError
from criticalmass.learners.descent.aggregation import AGGREGATIONS
from criticalmass.risks.differentiable import Differentiable
from criticalmass.risks.sample import Sample


@dataclass(frozen=True)
class Rule:
    """How gradients are combined: a rule of `AGGREGATIONS`, and how many clients a round asks."""

    aggregation: str
    tolerated: float
    sampled: int | None


@dataclass(frozen=True, eq=False)
class Senders:
    """Records by sender: the members' senders come first, then the others'.

    Parameters
    ----------
    own, others
        The records of members, and of everyone else; None where there are none.
    dealt
        Each client's records; empty where every record is a sender of its own.
    sizes
        Records of each sender, (senders,).
    count
        How many senders are members'.
    """

    own: Sample | None
    others: Sample | None
    dealt: tuple[Sample, ...]
    sizes: Array
    count: int

    @classmethod
    def of(
        cls,
        sample: Sample,
        members: NDArray[np.intp],
        clients: int | None,
        rng: np.random.Generator,
    ) -> Senders:
        """Return the records, dealt to clients at random and evenly; members fill clients.

        Parameters
        ----------
        sample
            All records.
        members
            Rows of the members.
        clients
            Number of clients; None where every record is a sender of its own.
        rng
            Source of randomness.

        Raises
        ------
        ParameterError
            If the members are fewer than one client's records.
        """
        n = len(sample)
        rest = np.setdiff1d(np.arange(n), members)
        own = sample.take(members) if len(members) else None
        others = sample.take(rest) if len(rest) else None
        if clients is None:
            return cls(own, others, (), np.ones(n), len(members))
        count = members_at(len(members) / n, clients)
        if len(members) and not count:
            raise ParameterError(
                f"{len(members):,} of {n:,} records are a collective of 0 of {clients} clients; "
                f"the smallest share is {1 / clients:.3g}"
            )
        parts = [*_deal(members, count, rng), *_deal(rest, clients - count, rng)]
        sizes = np.array([len(part) for part in parts], dtype=float)
        return cls(own, others, tuple(sample.take(part) for part in parts), sizes, count)

    def checked(self, sent: Array, p: int) -> Array:
        """Return what a collective sent, if its senders can send it.

        Raises
        ------
        ParameterError
            If it has another shape, or is not finite.
        """
        sent = np.asarray(sent, dtype=float)
        if sent.shape not in ((p,), (self.count, p)):
            raise ParameterError(
                f"a collective supplies one gradient ({p},), or one for each of its senders "
                f"({self.count}, {p}), not {sent.shape}"
            )
        if not np.isfinite(sent).all():
            raise ParameterError("a collective supplied a gradient that is not finite")
        return sent

    def gradient(
        self,
        model: Differentiable,
        theta: Array,
        sent: Array | None,
        rule: Rule,
        rng: np.random.Generator,
    ) -> Array:
        """Return the gradient that the firm combines from everyone's at θ, (p,).

        Parameters
        ----------
        model, theta
            Whose gradients, and where.
        sent
            What the members send instead of their own: (p,) or (count, p).
        rule
            How gradients are combined.
        rng
            Who is asked, where not everyone is.
        """
        number = len(self.sizes)
        everyone = rule.sampled in (None, number)
        if everyone and rule.aggregation == "mean":
            return self._mean(model, theta, sent)
        asked = np.arange(number)
        if not everyone:
            asked = np.sort(rng.choice(number, rule.sampled, replace=False))
        updates = np.empty((len(asked), len(theta)))
        if not self.dealt:
            # every record is a sender of its own
            parts = [part for part in (self.own, self.others) if part is not None]
            x = np.concatenate([part.x for part in parts])
            y = np.concatenate([part.y for part in parts])
            updates[:] = model.gradients(theta, x, y)
        else:
            for row, client in enumerate(asked):
                if sent is None or client >= self.count:
                    updates[row] = model.gradient(theta, self.dealt[client])
        if sent is not None:
            members = asked < self.count
            updates[members] = sent if sent.ndim == 1 else sent[asked[members]]
        return AGGREGATIONS[rule.aggregation](updates, self.sizes[asked], rule.tolerated)

    def _mean(self, model: Differentiable, theta: Array, sent: Array | None) -> Array:
        """Return the mean over records; the others' gradients are needed only as one mean."""
        total = np.zeros_like(theta)
        if self.others is not None:
            total += len(self.others) * model.gradient(theta, self.others)
        if self.own is not None:
            if sent is None:
                given = model.gradient(theta, self.own)
            else:
                sizes = self.sizes[: self.count]
                given = sent if sent.ndim == 1 else sizes @ sent / sizes.sum()
            total += len(self.own) * given
        return np.asarray(total / self.sizes.sum())


def _deal(rows: NDArray[np.intp], clients: int, rng: np.random.Generator) -> list[NDArray[np.intp]]:
    """Return rows divided among clients at random."""
    return np.array_split(rng.permutation(rows), clients) if clients else []
