"""What a placement promises."""

from __future__ import annotations

from criticalmass.contracts.parts import check_part, keeps
from criticalmass.curves import Outcome
from criticalmass.studies.placement import Placement, Point, Search, Tried


def check_placement(placement: Placement, search: Search | None = None) -> None:
    """Check the promises of `Placement`, with outcomes that rise with the share of members.

    Parameters
    ----------
    placement
        What is checked.
    search
        What it is to look for; by default a success of 90 % among 1,000 people.

    Examples
    --------
    >>> from criticalmass import Grid
    >>> check_placement(Grid((0.01, 0.1)))
    """
    search = search or Search(1000, 1000, "included", 0.9)
    check_part(placement)
    assert isinstance(placement, Placement), "a placement must have shares and next_block"
    with keeps("shares must return shares to rehearse with"):
        shares = placement.shares(search)
    assert shares, "a study is rehearsed with at least one share"
    assert all(0 < share <= 1 for share in shares), "shares lie in (0, 1]"
    blocks = _blocks(placement, search)
    points = [point for block in blocks for point in block]
    assert points, "a placement must place at least one trial"
    assert len(set(points)) == len(points), "no point may be placed twice"
    assert _blocks(placement, search) == blocks, "blocks must follow from the outcomes alone"


def _blocks(placement: Placement, search: Search) -> list[list[Point]]:
    """Return all blocks, where 30 of 100 test records succeed below a share of 5 %, then all."""
    tried: list[list[Tried]] = []
    blocks: list[list[Point]] = []
    placed: set[Point] = set()

    def asked() -> list[Point]:
        with keeps("next_block must return what to try next, also after a trial failed"):
            return list(placement.next_block(search, tried))

    while block := asked():
        assert all(0 < share <= 1 for share, _ in block), "shares lie in (0, 1]"
        assert not placed & set(block), "no point may be placed twice"
        placed.update(block)
        reference = [] if tried else [Tried(0.0, 0, Outcome(0.0, 10, 100))]
        trials = [Tried(*point, _outcome(point[0])) for point in block]
        trials[0] = trials[0]._replace(outcome=None)  # a trial may fail
        blocks.append(block)
        tried.append([*reference, *trials])
        assert len(blocks) < 1000, "a placement must end"
    return blocks


def _outcome(share: float) -> Outcome:
    return Outcome(share, 30 if share < 0.05 else 100, 100)
