"""Plausible freelancer profiles, generated: for studies that need no network."""

from __future__ import annotations

import numpy as np

from criticalmass.data.population import Population
from criticalmass.errors import ParameterError, brief

TRADES: dict[str, str] = {
    "Writer": "articles blog essays copywriting research interviews stories",
    "Editor": "proofreading manuscripts grammar style articles essays layout",
    "Translator": "spanish german subtitles localization glossaries grammar contracts",
    "Web_Designer": "css html wordpress mockups landing responsive layout",
    "Developer": "python javascript api database testing html deployment",
    "Illustrator": "sketches vector characters posters branding color covers",
    "Photographer": "portraits weddings lighting retouching studio color events",
    "Bookkeeper": "invoices payroll spreadsheets taxes ledgers audits contracts",
}
"""What people of each trade write about; trades next to each other share some of it."""

FILLER = (
    "experienced reliable client project deadline remote years team work quality delivered managed "
    "small business communication budget weekly happy long term agency startup friendly creative "
    "detail schedule tools process feedback degree university certified freelance available hourly "
    "portfolio references excellent professional international local support training consulting "
    "planning reports meetings strategy growth marketing customers products services online media"
)
"""What everybody writes about, from frequent to rare."""


MOST = 1_000_000
"""Profiles, at most: they are made one by one and kept in memory."""


def synthetic_resumes(n: int = 4000, *, seed: int = 0) -> Population:
    """Return made-up profiles of freelancers who hold one to three of eight trades.

    A profile's first trade is drawn with unequal shares (a quarter are developers, one in
    twenty a bookkeeper); trades that are neighbours in `TRADES` come together more often. Its
    40 to 120 words mix the trades' vocabulary with filler in Zipf's proportions. Nobody real is
    described.

    Parameters
    ----------
    n
        Number of profiles.
    seed
        Seed of the generator.

    Examples
    --------
    >>> people = synthetic_resumes(500)
    >>> people.kind, len(people), people.label_names[:3]
    ('texts', 500, ('Bookkeeper', 'Developer', 'Editor'))
    """
    if not 1 <= n <= MOST:
        raise ParameterError(f"n is between 1 profile and {MOST:,}, not {brief(n)}")
    if seed < 0:
        raise ParameterError(f"seed must not be negative, not {seed}")
    rng = np.random.default_rng(seed)
    names = list(TRADES)
    shares = np.array([0.18, 0.08, 0.11, 0.15, 0.25, 0.09, 0.09, 0.05])
    distance = np.abs(np.subtract.outer(np.arange(len(names)), np.arange(len(names))))
    affinity = np.where(distance == 0, 0.0, np.exp(-distance.astype(float)))
    affinity /= affinity.sum(axis=1, keepdims=True)
    filler = FILLER.split()
    zipf = 1 / np.arange(1, len(filler) + 1)
    zipf /= zipf.sum()
    texts, labels = [], []
    for _ in range(n):
        first = int(rng.choice(len(names), p=shares))
        more = rng.choice(len(names), size=rng.choice(3, p=(0.5, 0.35, 0.15)), p=affinity[first])
        trades = [names[j] for j in dict.fromkeys([first, *more.tolist()])]
        length = int(rng.integers(40, 121))
        about = rng.random(length) < rng.uniform(0.1, 0.3)
        trade_words = [word for trade in trades for word in TRADES[trade].split()]
        words = np.where(
            about, rng.choice(trade_words, size=length), rng.choice(filler, size=length, p=zipf)
        )
        texts.append(" ".join(words.tolist()))
        labels.append(set(trades))
    return Population.from_texts(
        texts,
        labels,
        name="synthetic résumés",
        notes=("Profiles of freelancers made up by a generator; nobody real is described.",),
    )
