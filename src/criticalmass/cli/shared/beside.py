"""The option --beside: other strategies of a study, and the shares that follow them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated

import typer

from criticalmass.errors import ParameterError, require_choice

Beside = Annotated[
    list[str] | None,
    typer.Option(
        "--beside",
        metavar="NAME=SHARE",
        help="Another strategy of the study, and the share of everybody that follows it while "
        "you ask about the others, such as “say no=0.03”; may be given several times.",
    ),
]


def shares_beside(beside: Iterable[str], strategies: Iterable[str]) -> dict[str, float]:
    """Return the shares that follow other strategies, by their names, from NAME=SHARE.

    Raises
    ------
    ParameterError
        If there is no such strategy, or no share, or they are those of everybody together.

    Examples
    --------
    >>> shares_beside(["say no=0.03"], ["say yes", "say no"])
    {'say no': 0.03}
    """
    shares: dict[str, float] = {}
    for given in beside:
        name, equals, written = (part.strip() for part in given.rpartition("="))
        try:
            share = float(written)
        except ValueError:
            share = math.nan
        if not equals or not 0 < share < 1:
            raise ParameterError(
                "--beside is a strategy's name and a share between 0 and 1, such as "
                f"'{next(iter(strategies))}=0.03', not {given!r}"
            )
        require_choice("strategy", name, strategies)
        shares[name] = shares.get(name, 0.0) + share
    if shares and (total := sum(shares.values())) >= 1:
        raise ParameterError(
            f"the shares of --beside are those of different people, so they add up to less than 1, "
            f"not {total:.4g}"
        )
    return shares
