"""`KeptCertificate`: what the records of a group guarantee, as stores keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from criticalmass.errors import ParameterError
from criticalmass.studies.store.damage import content_of
from criticalmass.studies.store.store import Store
from criticalmass.theory.needed import Needed


class Form(Enum):
    """What is certified."""

    PLANT = "marked records get the label"
    UNPLANT = "marked records no longer get the label"
    ERASE = "the model predicts the same with and without what is erased"


@dataclass(frozen=True)
class KeptCertificate:
    """The numbers of a `Certified` that a plan and reports say; it names them alike.

    Parameters
    ----------
    form, target, success, for_members, members_certified, wanted, needed
        As of `Certified`.
    people
        How many members there were.
    size
        Number of all people, members among them.
    confidence
        Probability with which what is guaranteed for everybody holds.
    """

    form: Form
    target: str | None
    success: float
    for_members: float | None
    members_certified: float
    wanted: float
    needed: Needed | None
    people: int
    size: int
    confidence: float

    def to_json(self) -> dict[str, Any]:
        """Return the numbers in JSON's types."""
        return asdict(self) | {"form": self.form.name}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> KeptCertificate:
        """Return the numbers that `to_json` wrote.

        Examples
        --------
        >>> made = KeptCertificate(Form.PLANT, "cook", 0.9, 0.95, 1.0, 0.9, Needed(40, 30, None),
        ...                        50, 1000, 0.95)
        >>> KeptCertificate.from_json(made.to_json()) == made
        True
        """
        needed = kept["needed"]
        found = cls(
            **{
                **kept,
                "form": Form[kept["form"]],
                "needed": None if needed is None else Needed(**needed),
            }
        )
        if not (0 <= found.success <= 1 and 0 < found.people <= found.size):
            raise ParameterError("a certificate is of some of the people, and of a share")
        return found


def keep_group(store: Store, strategy: str, made: KeptCertificate | None) -> None:
    """Keep what the group that was planned with last guarantees; None takes back what was kept."""
    groups = {name: one for name, one in store.groups().items() if name != strategy}
    if made is not None:
        groups[strategy] = made.to_json()
    store.keep_groups(groups)


def kept_groups(store: Store) -> dict[str, KeptCertificate]:
    """Return what the groups that were planned with last guarantee, by strategy."""
    kept = store.groups()
    with content_of(store.path):
        return {name: KeptCertificate.from_json(one) for name, one in kept.items()}
