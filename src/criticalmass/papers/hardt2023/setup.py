"""What the figures of Section 5 share: corpus, classes, token, and how much of it is run.

Everything the paper does not print is an assumption; each figure lists its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from criticalmass.data.noise import RandomizeLabels
from criticalmass.data.population import Population
from criticalmass.datasets import resumes
from criticalmass.errors import ParameterError, StudyError, require_choice
from criticalmass.learners import EmbeddedText, Learner, LinearText, Transformer
from criticalmass.papers.hardt2023.elsewhere import StackedTransformer
from criticalmass.signals import InsertToken
from criticalmass.strategies import FeatureLabel, FeatureOnly, Strategy
from criticalmass.studies import Grid, Row, Store, Study, run
from criticalmass.studies.facts import facts_of
from criticalmass.studies.running.runner import Watch
from criticalmass.studies.store.sqlite import FILE

CLASSES = ("Database_Administrator", "Web_Developer", "Software_Developer")
"""Classes 0, 1 and 2 of the paper; .11, .22 and .50 of the résumés hold them."""
STRATEGIES = ("Strategy 1", "Strategy 2")
JUDGED_BY = ("included", "top1")
"""The paper's measures (a) and (b)."""
TOKEN = "־"
"""Token 1240 of DistilBERT's vocabulary, U+05BE: the paper's "small dash"."""
EVERY = 20
"""Words between two tokens."""
TARGET = 0.9
"""Success from which on a strategy counts as consistent; the paper gives no number."""


Results = Mapping[tuple[str, ...], list[Row]]
"""Rows by what was varied, such as the class, or the strategy and the number of epochs."""


@dataclass(frozen=True)
class Size:
    """How much of an experiment is run.

    Parameters
    ----------
    train, test
        Numbers of résumés.
    learner
        What the firm trains.
    epochs
        Numbers of epochs of Figure 5, the fewest first; None: to the optimum.
    of_data
        Shares of the data that join in Strategy 1.
    of_class
        Shares of the target class that join in Strategy 2.
    repetitions
        Trials at each share.
    of_spacings
        Figure 6's shares of the data in Strategy 1, and its repetitions; None for those of the
        other figures. Every spacing makes texts of its own, which an encoder has to read.
    cut
        What was cut from the paper's experiment, in a sentence; empty if nothing.
    elsewhere
        Whether trials are trained on another machine: they are read here, and never trained.
    """

    train: int
    test: int
    learner: Any
    epochs: tuple[int | None, ...]
    of_data: tuple[float, ...]
    of_class: tuple[float, ...]
    repetitions: int
    cut: str = ""
    of_spacings: tuple[tuple[float, ...], int] | None = None
    elsewhere: bool = False


_CLASS = (0.01, 0.02, 0.04, 0.07, 0.12, 0.2, 0.4, 0.8)
_DATA = (0.0002, 0.0004, 0.0008, 0.0012, 0.002, 0.003, 0.005, 0.01)

SIZES = {
    ("linear-text", "small"): Size(
        5000,
        2000,
        LinearText(),
        (5, 10, 20, None),
        (0.0004, 0.0008, 0.0014, 0.002, 0.003, 0.005, 0.008, 0.02),
        _CLASS,
        2,
        "5,000 of 25,000 résumés to train on and 2,000 of 4,783 to measure on; a bag of words "
        "in place of DistilBERT.",
    ),
    ("linear-text", "paper"): Size(
        25000,
        4783,
        LinearText(),
        (5, 10, 20, None),
        _DATA,
        _CLASS,
        3,
        "A bag of words in place of DistilBERT.",
    ),
    ("embedded", "small"): Size(
        5000,
        2000,
        EmbeddedText(max_length=128),
        (2, 5, 10, None),
        (0.001, 0.003, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32),
        _CLASS,
        2,
        "5,000 of 25,000 résumés to train on and 2,000 of 4,783 to measure on; the first 128 "
        "tokens of each rather than 512; MiniLM, of which no weight is trained, with one logistic "
        "regression a label on top, in place of DistilBERT.",
    ),
    ("embedded", "paper"): Size(
        25000,
        4783,
        EmbeddedText(precision="bf16"),
        (2, 5, 10, None),
        (0.001, 0.003, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32),
        _CLASS,
        12,
        "MiniLM, of which no weight is trained, with one logistic regression a label on top, in "
        "place of DistilBERT; the first 256 tokens of each résumé rather than 512, computed in "
        "bf16. Figure 6 has fewer shares and repetitions than the others.",
        ((0.001, 0.003, 0.01, 0.02, 0.04), 4),
    ),
    ("transformer", "small"): Size(
        2500,
        1000,
        Transformer(
            "all-MiniLM-L6-v2",
            epochs=6,
            max_length=128,
            batch_size=32,
            learning_rate=1e-3,
            frozen_layers=5,
        ),
        (1, 3, 6),
        (0.01, 0.02, 0.025, 0.03, 0.04, 0.05, 0.07, 0.1),
        (0.05, 0.1, 0.2, 0.3, 0.5, 0.8),
        4,
        "2,500 of 25,000 résumés to train on and 1,000 of 4,783 to measure on; the first 128 "
        "tokens of each rather than 512; MiniLM, of which only the last of six layers is trained, "
        "in batches of 32 at a rate of 1e-3, for 6 epochs, in place of DistilBERT. So few texts "
        "need a larger share of them. Figure 6 has fewer shares and repetitions than the others.",
        ((0.02, 0.03, 0.05, 0.1), 3),
    ),
    ("transformer", "paper"): Size(
        25000, 4783, Transformer("distilbert-base-uncased"), (1, 2, 3, 5), _DATA, _CLASS, 5
    ),
    ("transformer", "gpu"): Size(
        25000,
        4783,
        StackedTransformer("all-MiniLM-L6-v2"),
        (5,),
        (*_DATA, 0.02),
        _CLASS,
        5,
        "MiniLM (6 layers, 384 wide, weights rounded to half precision) in place of DistilBERT; "
        "the first 256 tokens of a text rather than 512; bf16; batches of 32 at a rate of 1e-4, "
        "where the paper's are probably of 8 at 5e-5. Trials were trained side by side on a GPU "
        "and brought here, as many as there was time for, around the critical masses: not every "
        "share has five.",
        elsewhere=True,
    ),
}


@dataclass(frozen=True)
class Options:
    """What ``criticalmass reproduce`` was asked for.

    Parameters
    ----------
    learner
        ``"linear-text"``, ``"embedded"`` or ``"transformer"``.
    size
        ``"small"``, for two cores; ``"paper"``, the full thing; or ``"gpu"``, of the transformer:
        trials that ``scripts/paper-on-a-gpu`` brought.
    jobs
        Number of processes.
    watch
        Called after each trial, as by `criticalmass.run`.
    """

    learner: str = "linear-text"
    size: str = "small"
    jobs: int = 1
    watch: Watch | None = None

    def __post_init__(self) -> None:
        require_choice("learner", self.learner, dict.fromkeys(name for name, _ in SIZES))
        require_choice("size", self.size, dict.fromkeys(name for _, name in SIZES))
        sizes = [size for name, size in SIZES if name == self.learner]
        require_choice(f"size of {self.learner}", self.size, sizes)
        if self.jobs < 1:
            raise ParameterError(f"jobs must be at least 1, not {self.jobs}")


Corpus = Callable[[], Population]


@dataclass(frozen=True, eq=False)
class Setup:
    """The corpus at one size, and studies of it.

    Parameters
    ----------
    size
        How much is run.
    folder
        Where the studies' results lie.
    options
        What was asked for.
    corpus
        Returns the résumés.
    holding
        How many of the training résumés hold each class; None to count them in the corpus.
    """

    size: Size
    folder: Path
    options: Options = field(default_factory=Options)
    corpus: Corpus = resumes
    holding: Mapping[str, int] | None = None

    @cached_property
    def halves(self) -> tuple[Population, Population]:
        """The résumés to train on and the résumés to measure on, as many as `size` says."""
        everyone, size = self.corpus(), self.size.train + self.size.test
        if size < len(everyone):
            rng = np.random.default_rng(0)
            everyone = everyone.take(np.sort(rng.choice(len(everyone), size, replace=False)))
        return everyone.split(test=self.size.test, seed=0)

    def share_of(self, label: str) -> float:
        """Return the share of the training records that hold a label."""
        if self.holding is not None:
            return self.holding[label] / self.size.train
        train, _ = self.halves
        return len(train.holding(label)) / len(train)

    @property
    def of_paper(self) -> float:
        """How many training résumés there are for each one of the paper's."""
        return self.size.train / SIZES["transformer", "paper"].train

    def strategy1(self, label: str, every: int = EVERY) -> FeatureLabel:
        """Return Strategy 1: text and label, across the data."""
        return FeatureLabel(InsertToken(TOKEN, every=every), label)

    def strategy2(self, label: str, every: int = EVERY) -> FeatureOnly:
        """Return Strategy 2: text only, within the target class."""
        return FeatureOnly(InsertToken(TOKEN, every=every), label, recruit="target")

    def of_data(self) -> Grid:
        """Return the shares of the data at which Strategy 1 is tried."""
        return Grid(self.size.of_data, self.size.repetitions)

    def of_class(self, label: str) -> Grid:
        """Return the shares of the data at which Strategy 2 is tried, from shares of the class."""
        share = self.share_of(label)
        return Grid(
            tuple(float(f"{c * share:.4g}") for c in self.size.of_class), self.size.repetitions
        )

    def both(
        self, label: str, *, spacings: bool = False
    ) -> Iterator[tuple[str, Callable[..., Strategy], Grid]]:
        """Yield the name, the maker and the shares of each of the two strategies.

        ``spacings``: with the shares and repetitions of Figure 6.
        """
        one, two = STRATEGIES
        grids = self.of_data(), self.of_class(label)
        if spacings and self.size.of_spacings is not None:
            shares, repetitions = self.size.of_spacings
            grids = Grid(shares, repetitions), replace(grids[1], repetitions=repetitions)
        yield one, self.strategy1, grids[0]
        yield two, self.strategy2, grids[1]

    def learner(self, epochs: int | None) -> Learner:
        """Return the learner with another number of epochs, or of its solver's steps."""
        learner: Any = self.size.learner
        name = "steps" if isinstance(learner, EmbeddedText) else "epochs"
        changed: Learner = replace(learner, **{name: epochs})
        return changed

    def run(
        self,
        name: str,
        strategies: Mapping[str, Strategy],
        grid: Grid,
        *,
        learner: Learner | None = None,
        noise: float = 0.0,
    ) -> dict[str, list[Row]]:
        """Run the trials of one study that its store lacks; return all its rows by strategy."""
        return self.rows(name, self.study(name, strategies, grid, learner=learner, noise=noise))

    def study(
        self,
        name: str,
        strategies: Mapping[str, Strategy],
        grid: Grid,
        *,
        learner: Learner | None = None,
        noise: float = 0.0,
    ) -> Study:
        """Return one study of the corpus at this size."""
        train, test = self.halves
        return Study(
            population=RandomizeLabels(noise).apply(train),
            test=test,
            learner=self.size.learner if learner is None else learner,
            strategies=strategies,
            placement=grid,
            measures=JUDGED_BY,
            target=TARGET,
            name=f"Hardt et al. 2023: {name}",
        )

    def rows(self, name: str, study: Study) -> dict[str, list[Row]]:
        """Run the trials of a study that its store lacks; return all its rows by strategy.

        Where trials are trained elsewhere, those that the store has are all.

        Raises
        ------
        StudyError
            If they are trained elsewhere, and those of a strategy are not here.
        """
        if self.size.elsewhere:
            rows = self._brought(name, study)
        else:
            rows = run(study, self.folder / name, jobs=self.options.jobs, watch=self.options.watch)
        return {
            strategy: [row for row in rows if row.strategy == strategy]
            for strategy in study.strategies
        }

    def _brought(self, name: str, study: Study) -> list[Row]:
        """Return the rows of trials that were trained elsewhere."""
        folder = self.folder / name
        if not (folder / FILE).exists():
            raise StudyError(
                f"no trials in {str(folder)!r}: those of size {self.options.size!r} are trained on "
                "a GPU for figure2 and figure3, and brought by `scripts/paper-on-a-gpu import` "
                "(docs/gpu.md)"
            )
        with Store.create(folder, facts_of(study)) as store:
            rows = store.rows()
        for strategy in study.strategies:
            if not any(row.members and not row.error for row in rows if row.strategy == strategy):
                raise StudyError(
                    f"{str(folder)!r} has no trial of a collective of {strategy!r} yet"
                )
        return rows
