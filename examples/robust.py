"""How many clients does it take to steer a firm that combines gradients robustly?

    python examples/robust.py

prints the table of docs/steering.md (half a minute). Four times 400 made-up people are dealt to 40
clients; the firm's logistic model starts at its optimum and takes 100 steps. Members fill whole
clients, know everybody's records, and answer every step by a gradient that halves the way if the
firm takes the mean.
"""

import numpy as np

from criticalmass import GradientControl, GradientDescent, Population
from criticalmass.risks import Risk
from criticalmass.strategies import Reach

CLIENTS, PEOPLE, STEPS, TOLERATED = 40, 400, 100, 0.2
WANTED = 0.9
AWAY = np.array([1.0, -1.0, 0.5, 0.3])  # of θ* from θ₀
RULES = ("mean", "trimmed-mean", "median", "krum")


def made_up(seed: int) -> Population:
    """Return people with three numbers and one of two labels."""
    rng = np.random.default_rng(seed)
    x, weights = rng.normal(size=(PEOPLE, 3)), rng.normal(size=3)
    held = x @ weights + rng.logistic(size=PEOPLE) > 0
    return Population.from_arrays(x, np.where(held, "yes", "no").tolist())


def needed(people: Population, rule: str) -> int:
    """Return the fewest clients of members that bring the firm nine tenths of the way."""
    firm = GradientDescent(
        Risk("logistic", l2=0.01), learning_rate=1.0, steps=STEPS,
        clients=CLIENTS, aggregation=rule, tolerated=TOLERATED,
    )  # fmt: skip
    prepared = firm.prepare(people)
    strategy = GradientControl(Reach(tuple(prepared.start + AWAY)), firm.model, knowledge="known")
    aim = strategy.aim(people)
    for clients in range(1, CLIENTS + 1):
        count = clients * PEOPLE // CLIENTS
        members = people.draw(count, rng=np.random.default_rng(clients))
        response = strategy.respond(people, members, learning_rate=1.0)
        if aim.share(firm.descend(prepared, members, response, seed=0).parameters) >= WANTED:
            return clients
    raise AssertionError("all clients together do what they want")


def main() -> None:
    """Print."""
    every = [made_up(seed) for seed in range(4)]
    print("| rule | clients of members, in four instances |\n| --- | --- |")
    for rule in RULES:
        fewest = ", ".join(str(needed(people, rule)) for people in every)
        print(f"| {rule} | {fewest} |", flush=True)


if __name__ == "__main__":
    main()
