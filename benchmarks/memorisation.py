"""Does a larger model take fewer people? A frozen encoder, a random layer of a width, linear heads.

    CRITICALMASS_DATA=FOLDER python benchmarks/memorisation.py [--texts N] [--widths N …]

Between the encoder and the heads stands a layer of random weights with ReLU, as wide as the
model is large; the heads are logistic regressions, trained to their optimum. A wide layer can
remember single records, a narrow one cannot: on the training résumés its accuracy says how much of
them it remembers. Strategy 1 (Figure 2), class 0, at the same shares for every width.
"""

import argparse
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from criticalmass import EmbeddedText, FeatureLabel, Grid, InsertToken, Study, run
from criticalmass.data.edit import Edit
from criticalmass.learners import Learner
from criticalmass.learners.embedded_text.embedded_text import EmbeddingModel
from criticalmass.learners.regressions.logistic import Change
from criticalmass.learners.regressions.newton import optimum_of, solve
from criticalmass.measures.quality import quality
from criticalmass.papers.hardt2023.setup import CLASSES, SIZES, TOKEN, Setup

SHARES = (0.002, 0.004, 0.008, 0.016, 0.03, 0.06, 0.12, 0.25)


@dataclass(frozen=True, eq=False)
class Prepared:
    population: object
    learner: "RandomLayer"
    inner: object
    optimum: object

    def encode(self, features):
        return self.learner.layer(self.inner.encode(features))


@dataclass(frozen=True)
class RandomLayer(Learner):
    """A frozen encoder, a random layer, and one logistic regression per label."""

    encoder: EmbeddedText
    width: int
    C: float

    def layer(self, vectors):
        """Return what the random layer makes of vectors, of length about 1."""
        inputs = vectors.shape[1]
        rng = np.random.default_rng(0)
        weights = rng.normal(size=(inputs, self.width)).astype(np.float32)
        shift = rng.normal(size=self.width).astype(np.float32) / np.sqrt(inputs)
        out = np.maximum(vectors @ weights + shift, 0)
        return np.ascontiguousarray(out * np.float32(np.sqrt(2 / self.width)))

    def prepare(self, population):
        inner = replace(self.encoder, steps=1).prepare(population)
        inputs = self.layer(inner.vectors)
        return Prepared(
            population, self, inner, optimum_of(inputs, population.labels, self.C, 1e-7)
        )

    def keep(self, *populations):
        self.encoder.keep(*populations)

    def fit(self, prepared, edit, seed):
        change = Change(edit.rows, prepared.encode(edit.features), edit.labels)
        (solution,) = solve(prepared.optimum, [change], 1e-6)
        return EmbeddingModel(solution.weights, solution.intercepts, solution.gradient)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=int, default=3000)
    parser.add_argument("--widths", type=int, nargs="+", default=[16, 64, 256, 1024, 4096])
    parser.add_argument("--repetitions", type=int, default=4)
    parser.add_argument("--C", type=float, default=100.0)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    size = replace(SIZES["embedded", "paper"], train=options.texts, test=1500)
    train, test = Setup(size, Path()).halves
    strategy = FeatureLabel(InsertToken(TOKEN, every=20), CLASSES[0])
    print(f"{options.texts} résumés, C = {options.C:g}; accuracy on training and on test résumés")
    for width in options.widths:
        learner = RandomLayer(size.learner, width, options.C)
        grid = Grid(SHARES, options.repetitions)
        study = Study(train, test, learner, {"mark": strategy}, grid, measures=("included",))
        with tempfile.TemporaryDirectory() as folder:
            rows = run(study, Path(folder) / "rows", jobs=options.jobs)
        prepared = learner.prepare(train)
        scores = learner.fit(prepared, Edit.nothing(train), 0).scores(
            prepared.encode(train.features)
        )
        remembered = quality(scores, train.labels, label_sets=True).accuracy
        mass = study.curve(rows).critical_mass(0.9)
        people, low, high = mass.people(len(train))
        means = [
            np.mean([row.rate("included") for row in rows if row.asked == share])
            for share in (0.0, *SHARES)
        ]
        print(
            f"width {width:5d}: {remembered:.3f}, {rows[0].accuracy:.3f}; people for 90 %: "
            f"{people} ({low} to {high}; never {mass.never:.0%}); included "
            + " ".join(f"{mean:.2f}" for mean in means),
            flush=True,
        )


if __name__ == "__main__":
    main()
