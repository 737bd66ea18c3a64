"""Small firms that are steered, for several tests."""

import numpy as np

from criticalmass import Population
from criticalmass.learners.descent.gradient_descent import GradientDescent
from criticalmass.risks import Risk
from criticalmass.strategies.steering.goals import Reach


def people(seed, n=80, d=3, labels=2):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d))
    y = (x @ rng.normal(size=(d, labels)) + rng.gumbel(size=(n, labels))).argmax(axis=1)
    return Population.from_arrays(x, [f"label {value}" for value in y])


def instance(seed, learning_rate=0.4, steps=12, away=0.5, **options):
    """A firm, a population, and a goal some way off."""
    rng = np.random.default_rng(seed)
    loss, labels = [("logistic", 2), ("multinomial", 3)][seed % 2]
    population = people(seed, labels=labels)
    firm = GradientDescent(Risk(loss, l2=0.05), learning_rate, steps, **options)
    prepared = firm.prepare(population)
    goal = Reach(tuple(prepared.start + away * rng.normal(size=len(prepared.start))))
    return firm, prepared, goal, goal.aim(firm.model, prepared.design, population)
