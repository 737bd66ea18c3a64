"""A network that tells digits apart is steered, step by step, to treat 3 and 8 as one.

    python examples/digits.py docs

takes six to eight minutes, prints what docs/steering.md says of it, and draws digits.svg into the
folder. 600 digits of 4 × 4 pixels are the population; the firm is a network of two layers (8 tanh
units, 217 parameters), trained to a minimum before the collective begins. θ* is the one that
training reaches from there when every 3 and every 8 is half a 3 and half an 8. Its twin is the same
function with the hidden units in another order: the way to it leads across a hill of the firm's
risk.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from matplotlib.figure import Figure
from scipy.stats import spearmanr

from criticalmass.data.population import Population, members_at
from criticalmass.datasets import digits
from criticalmass.learners.descent.gradient_descent import GradientDescent
from criticalmass.pages.figures.success import INK, MUTED, RULE, SERIES
from criticalmass.risks import ModuleRisk, Perceptron, Sample
from criticalmass.strategies.steering.control import GradientControl
from criticalmass.strategies.steering.goals import Reach
from criticalmass.strategies.steering.solvers.redirecting_gradients import Candidates, smallest

UNITS, PEOPLE, STEPS, LEARNING_RATE = 8, 600, 150, 2.0
ALPHAS = (0.05, 0.1, 0.2, 0.4)
PLACES = np.linspace(0, 1, 11)
RISK = ModuleRisk(Perceptron((UNITS,)), l2=1e-3)


def small_digits() -> Population:
    """Return 600 digits of 4 × 4 pixels, centred."""
    every = digits()
    rows = np.random.default_rng(5).permutation(len(every))[:PEOPLE]
    pixels = every.features[rows].reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)) / 16
    labels = every.labels[rows].argmax(axis=1).astype(str).tolist()
    return Population.from_arrays(pixels - pixels.mean(axis=0), labels, name="small digits")


def merged(sample: Sample, start: np.ndarray) -> np.ndarray:
    """Return the minimum that training reaches from θ₀ if 3 and 8 are the same."""
    either = sample.y[:, 2] + sample.y[:, 7] > 0  # the reference, 0, has no column
    halves = []
    for digit in (2, 7):
        y = np.where(either[:, None], 0.0, sample.y)
        y[either, digit] = 1.0
        halves.append(y)
    return RISK.minimize(Sample(np.tile(sample.x, (2, 1)), np.concatenate(halves)), start=start)


def twin(theta: np.ndarray, inputs: int) -> np.ndarray:
    """Return the same network with its hidden units in another order."""
    order = np.random.default_rng(1).permutation(UNITS)
    first, bias, rest = np.split(theta, [UNITS * inputs, UNITS * (inputs + 1)])
    second, last = rest[: 9 * UNITS].reshape(9, UNITS), rest[9 * UNITS :]
    moved = first.reshape(UNITS, inputs)[order].ravel()
    return np.concatenate([moved, bias[order], second[:, order].ravel(), last])


def told_apart(theta: np.ndarray, sample: Sample) -> float:
    """Return how sure the network is, of a 3 or an 8, which of the two it is; ½ is not at all."""
    scores = np.exp(RISK.predictors(theta, sample.x)[:, [2, 7]])
    of = sample.y[:, [2, 7]]
    right = (scores * of).sum(axis=1)[of.any(axis=1)]
    return float((right / scores[of.any(axis=1)].sum(axis=1)).mean())


def along(aim, sample: Sample) -> tuple[np.ndarray, np.ndarray]:
    """Return ‖g₀‖, and the smallest share whose records hold the firm, along the way to θ*."""
    pool = GradientControl(Reach((0.0,))).allowed
    records = Candidates.of(sample, sample, pool)
    steep, needed = [], []
    for place in PLACES:
        theta = aim.start + place * (aim.target - aim.start)
        gradient = RISK.gradient(theta, sample)
        least = smallest(records.at(RISK, theta), gradient, theta - aim.target, pull=0.0)
        steep.append(np.linalg.norm(gradient))
        needed.append(np.inf if least is None else least[0])
    return np.array(steep), np.array(needed)


def main(pictures: Path) -> None:
    """Steer, print and draw."""
    torch.set_num_threads(1)
    population = small_digits()
    firm = GradientDescent(RISK, LEARNING_RATE, STEPS)
    prepared = firm.prepare(population)
    sample, start = prepared.sample, prepared.start
    near = merged(sample, start)
    goals = {"θ*": near, "its twin": twin(near, sample.x.shape[1])}
    members = {
        alpha: population.draw(members_at(alpha, PEOPLE), rng=np.random.default_rng(0))
        for alpha in ALPHAS
    }
    print(
        f"told apart: {told_apart(start, sample):.3f} at θ₀, {told_apart(near, sample):.3f} at θ*"
    )
    straight = GradientControl(
        Reach(tuple(near)), RISK, supply="records", knowledge="known", short="slower"
    )
    response = straight.respond(population, members[0.4], learning_rate=LEARNING_RATE)
    once = GradientDescent(RISK, LEARNING_RATE, 1).descend(prepared, members[0.4], response, seed=0)
    print(
        f"α = 0.40, records, straight to θ*: {straight.aim(population).share(once.parameters):.4f} "
        "of the way at the first step"
    )

    lines, ways = {}, {}
    for name, target in goals.items():
        strategy = GradientControl(
            Reach(tuple(target)), RISK, supply="records", knowledge="known", short="nearest"
        )
        aim = strategy.aim(population)
        ways[name] = along(aim, sample)
        print(f"{name}: ‖θ₀ − θ*‖ = {aim.way:.2f}")
        for place, steep, needed in zip(PLACES, *ways[name], strict=True):
            print(f"  {place:4.0%} of the way: ‖g₀‖ = {steep:.3f}, smallest α = {needed:.3f}")
        print(f"  rank correlation {spearmanr(*ways[name]).statistic:.2f}")
        for alpha in ALPHAS:
            response = strategy.respond(population, members[alpha], learning_rate=LEARNING_RATE)
            path = firm.descend(prepared, members[alpha], response, seed=0).path
            lines[name, alpha] = [aim.share(theta) for theta in path]
            print(
                f"  α = {alpha:.2f}, records: {lines[name, alpha][-1]:.3f} of the way in {STEPS} "
                f"steps, told apart {told_apart(path[-1], sample):.3f}"
            )
        supplied = GradientControl(Reach(tuple(target)), RISK, xi=1.0, knowledge="known")
        response = supplied.respond(population, members[0.05], learning_rate=LEARNING_RATE)
        path = firm.descend(prepared, members[0.05], response, seed=0).path
        lines[name, "gradients"] = [aim.share(theta) for theta in path]
        print(f"  α = 0.05, gradients (ξ = 1): {lines[name, 'gradients'][-1]:.5f} of the way")

    draw(lines, ways).savefig(pictures / "digits.svg", facecolor="white", metadata={"Date": None})


def draw(lines, ways) -> Figure:
    """Draw success against steps, and the gradient and the smallest α along both ways."""
    figure = Figure(figsize=(10, 3.6), layout="constrained")
    success, steep, needed = figure.subplots(1, 3)
    for number, alpha in enumerate(ALPHAS):
        success.plot(
            lines["θ*", alpha], color=SERIES[0], alpha=0.4 + 0.2 * number, linewidth=1.8,
        )  # fmt: skip
        success.annotate(
            f"{alpha:.0%}", (STEPS, lines["θ*", alpha][-1]), (3, -3), textcoords="offset points",
            color=SERIES[0], fontsize="small",
        )  # fmt: skip
    success.plot(lines["θ*", "gradients"], color=INK, linewidth=1.3, linestyle=(0, (5, 2)))
    success.annotate("5%, gradients", (STEPS * 0.36, 0.93), color=INK, fontsize="small", va="top")
    success.set(
        xlabel="step", title="share of the way to θ*", ylim=(0, 1.02), xlim=(0, STEPS * 1.12)
    )
    for number, (name, (gradient, share)) in enumerate(ways.items()):
        steep.plot(PLACES, gradient, color=SERIES[number], linewidth=1.8, label=name)
        needed.plot(PLACES, share, color=SERIES[number], linewidth=1.8, label=name)
    steep.set(xlabel="share of the way", title="‖g₀‖ along the way")
    needed.set(xlabel="share of the way", title="smallest α that can hold the firm there")
    needed.set_ylim(bottom=0)
    needed.legend(frameon=False, fontsize="small", labelcolor=INK)
    for axes in (success, steep, needed):
        axes.title.set(color=INK, fontsize="medium")
        axes.xaxis.label.set_color(MUTED)
        axes.tick_params(colors=MUTED, length=3)
        axes.grid(axis="y", color=RULE, linewidth=0.7)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(RULE)
    return figure


if __name__ == "__main__":
    main(Path(sys.argv[1]))
