"""One run on one card: measure the speed, train group after group, stop in time."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic, perf_counter

import torch

from .checking import NEAR, difference
from .choosing import next_trials
from .encoder import Encoder
from .machine import (
    PATIENCE,
    Machine,
    begin_again,
    compiled,
    give_up,
    no_longer_than,
    out_of_memory,
)
from .packed import Packed, Trial, read
from .refusal import Refusal
from .results import Line, Results, judged, planned
from .speed import bytes_a_trial, flops_a_token
from .training import Bench, Group, OutOfTime, synchronize

RESERVE = 0.93
"""A group is begun only if it should end within this share of the time that is left."""
MOST = 16
"""Trials side by side on a card, unless another number is asked for."""
PROBED = 5
"""So many steps are timed before trials are trained, after as many that are not."""
OF_MEMORY = 0.8
"""This share of the card's free memory may be filled."""
TOLD = 15.0
"""Seconds between two lines on how far a group is."""


@dataclass(frozen=True)
class Asked:
    """What the command line asked for; ``seconds`` is the time that all may take."""

    folder: Path
    output: Path
    seconds: float
    together: int | None
    most: int
    peak: float | None
    device: str
    compile: str


def run(asked: Asked) -> None:
    """Train planned trials until the time is up, or all are done.

    Raises
    ------
    Refusal
        If nothing can be trained; what was done before is kept.
    """
    with no_longer_than(asked.seconds + 60, give_up):
        _Session(asked).run()


class _Session:
    """The state of trials that are being trained."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.end = monotonic() + asked.seconds
        self.packed: Packed = read(asked.folder)
        self.machine = Machine.find(asked.device, asked.peak, self.packed.recipe.precision)
        self.results = Results(asked.output, self.packed)
        half = self.packed.recipe.precision == "bf16"
        self.plain = Encoder(self.packed.architecture, half)
        self.fast = self.plain
        """With compiled layers, if they are compiled; for one number of trials side by side."""
        self.bench = Bench(self.packed, self.machine.device)
        self._compiles = asked.compile == "yes" or (
            asked.compile == "auto" and self.machine.device == "cuda"
        )
        self.compiled_for = 0
        self.failed: set[str] = set()
        self.trained = 0
        self.seconds_a_step: dict[int, float] = {}
        """By how many trials are side by side."""
        self.scoring: float | None = None
        """Seconds that scoring takes for each second of training; None before the first group."""

    def run(self) -> None:
        """Train until the time is up, or all trials are done."""
        self._introduce()
        self._check()
        together = min(self._side_by_side(), len(self.packed.trials))
        while self.trained < self.asked.most:
            if self._compiles and together != self.compiled_for:
                together = self._compile(together)
            left = self.asked.most - self.trained
            chosen = self._next(min(together, left))
            if not chosen:
                _say("no planned trial is left" if self.failed else "all planned trials are done")
                break
            size = self._fitting(len(chosen))
            if not size:
                break
            if size < len(chosen):
                chosen = self._next(size)
            try:
                self._group(chosen)
            except OutOfTime:
                _say(f"the time is up; {len(chosen)} trials were not finished and are not kept")
                break
            except Exception as error:
                together = self._after(error, chosen, together)
        self._conclude()

    def _introduce(self) -> None:
        machine, recipe, done = self.machine, self.packed.recipe, len(self.results.rates())
        peak = f"peak {machine.peak / 1e12:g} TFLOP/s" if machine.peak else "peak unknown: --peak"
        _say(f"{machine.name} ({peak}), torch {torch.__version__}, {recipe.precision}")
        _say(
            f"{len(self.packed.trials)} planned trials, {done} done; each reads "
            f"{len(self.packed.train):,} texts × {recipe.epochs} epochs, in batches of "
            f"{recipe.batch_size}, up to {recipe.max_length} tokens"
        )

    def _check(self) -> None:
        """Compare one forward pass with that of transformers."""
        try:
            off = difference(self.packed)
        except Exception as error:  # of its version we know nothing
            return _say(f"not checked against transformers: {_reason(error)}")
        if not off <= NEAR:
            raise Refusal(
                f"our encoder and that of transformers differ by {off:.2g} in a logit here, where "
                f"at most {NEAR:g} was expected; nothing was trained"
            )
        return _say(f"checked against transformers: logits differ by at most {off:.1e}")

    def _side_by_side(self) -> int:
        """Return how many trials are to be side by side: as asked, else what memory holds."""
        if self.asked.together:
            return self.asked.together
        if not self.machine.memory:
            return 1
        packed, recipe = self.packed, self.packed.recipe
        each = bytes_a_trial(
            packed.architecture,
            len(packed.weights["words"]),
            recipe.batch_size,
            recipe.max_length,
            recipe.precision == "bf16",
        )
        return min(MOST, max(1, int(OF_MEMORY * self.machine.memory / each)))

    def _compile(self, together: int) -> int:
        """Compile the layers, if they are then faster; return how many trials fit into memory."""
        together = self._in_memory(together)
        before = self.seconds_a_step[together]
        _say(f"{1000 * before:.1f} ms a step of {together} trials; compiling …")
        begun = monotonic()
        try:
            self.fast, self.compiled_for = replace(self.plain, block=compiled()), together
            with no_longer_than(PATIENCE, self._without_compiling):
                after = self._probe(together)
        except Exception as error:  # compilers fail in ways of their own
            self._no_compiling(_reason(error))
            if not self.machine.alive():
                raise Refusal(f"the device no longer computes: {_reason(error)}") from error
        else:
            _say(f"compiled in {monotonic() - begun:.0f} s: {1000 * after:.1f} ms a step")
            if not self._is_faster(after, before):
                self._no_compiling("it is no faster")
        if not self._compiles:
            self.seconds_a_step = {together: before}
        return together

    def _is_faster(self, after: float, before: float) -> bool:
        return after < before

    def _no_compiling(self, reason: str) -> None:
        """Go on without compiling."""
        _say(f"goes on without compiling: {reason}")
        self._compiles, self.compiled_for, self.fast = False, 0, self.plain
        self.seconds_a_step.clear()

    def _encoder(self, together: int) -> Encoder:
        """Return what runs the weights of so many trials side by side."""
        return self.fast if together == self.compiled_for else self.plain

    def _in_memory(self, together: int) -> int:
        """Return how many trials fit into memory, at most so many; time a step of them."""
        while together not in self.seconds_a_step:
            try:
                self._probe(together)
            except (RuntimeError, MemoryError) as error:
                if out_of_memory(error) and together > 1:
                    _say(f"{together} trials side by side do not fit into memory")
                    together //= 2
                elif self.machine.alive() and self.machine.plain_attention():
                    _say(f"goes on with plain attention: {_reason(error)}")
                else:
                    raise Refusal(f"cannot train: {_reason(error)}") from error
            self._clean()
        return together

    def _without_compiling(self) -> None:
        """Begin again without compiling, because it hangs."""
        left = max(self.end - monotonic(), 0) / 60
        print(f"compiling takes more than {PATIENCE} s: begins again without", flush=True)
        begin_again("--compile", "no", "--minutes", f"{left:.2f}")

    def _probe(self, together: int) -> float:
        """Return the seconds that a step takes with so many trials side by side."""
        group = Group(self.bench, self._encoder(together), self.packed.trials[:together])
        for _ in range(min(PROBED, self.bench.steps)):
            group.step()
        for full in (True, False):  # both kinds are compiled before they are timed
            group.done = group.place_of(full)
            group.step()
        steps = min(PROBED, self.bench.steps)
        group.done = 0
        synchronize(self.machine.device)
        begun = perf_counter()
        for _ in range(steps):
            group.step()
        synchronize(self.machine.device)
        seconds = (perf_counter() - begun) / steps
        del group
        self._clean()
        self.seconds_a_step[together] = seconds
        return seconds

    def _next(self, count: int) -> list[Trial]:
        """Return the trials to train next."""
        trials = [trial for trial in self.packed.trials if trial.key not in self.failed]
        return next_trials(trials, self.results.rates(), self.packed.goal, count)

    def _fitting(self, count: int) -> int:
        """Return how many of so many trials can be trained in the time left; 0 if none can."""
        while count:
            count = self._in_memory(count)
            needed, left = self._seconds(count), self.end - monotonic()
            if needed <= RESERVE * left:
                return count
            fewer = max(0, min(count - 1, int(count * RESERVE * left / needed)))
            if not fewer and not self.trained:
                raise Refusal(
                    f"there are {left / 60:.1f} minutes left, and {count} trial(s) side by side "
                    f"take about {needed / 60:.1f}; give more with --minutes"
                )
            count = fewer
        _say("no further trial fits into the time left")
        return 0

    def _seconds(self, count: int) -> float:
        """Return the seconds that so many trials will take."""
        step = self.seconds_a_step[count]
        training = self.bench.steps * step
        if self.scoring is not None:
            return training * (1 + self.scoring)
        passes = 2 * len(self.packed.test) / self.packed.recipe.batch_size
        return training + passes * step  # a pass forward takes a third of a step, or more

    def _group(self, trials: Sequence[Trial]) -> None:
        """Train trials side by side and write their rows."""
        begun = told = monotonic()
        group = Group(self.bench, self._encoder(len(trials)), trials)
        step = self.seconds_a_step.get(len(trials), 1.0)

        def watch(done: int, steps: int) -> None:
            nonlocal told
            now = monotonic()
            if now > self.end:
                raise OutOfTime
            if now - told > TOLD or done == steps:
                told = now
                took = (now - begun) / done
                _say(f"  step {done:,} of {steps:,}; {self._speed(len(trials), took)}")

        group.to_the_end(watch, every=min(50, max(1, int(1 / max(step, 1e-3)))))
        training = monotonic() - begun
        self.seconds_a_step[len(trials)] = training / self.bench.steps
        weights = {name: weight.detach() for name, weight in group.weights.items()}
        plain, marked = (
            self.bench.scores(self.plain, weights, marked=has) for has in (False, True)
        )
        seconds = monotonic() - begun
        self.scoring = seconds / training - 1
        del group, weights
        self._clean()
        rows: list[Line] = []
        for number, trial in enumerate(trials):
            found = judged(trial, plain[number], marked[number], self.packed.test.labels)
            rows.append(
                planned(trial)
                | {"n": 0, "successes": {}, "accuracy": None, "precision": None, "recall": None}
                | {"warning": "", "error": "", "seconds": seconds / len(trials)}
                | found
            )
        self._keep(rows, training, seconds)

    def _keep(self, rows: list[Line], training: float, seconds: float) -> None:
        """Write rows, and how fast they came; tell both."""
        count = len(rows)
        measured = {
            "device": self.machine.name,
            "torch": torch.__version__,
            "precision": self.packed.recipe.precision,
            "compiled": count == self.compiled_for,
            "side_by_side": count,
            "training_seconds": round(training, 2),
            "seconds": round(seconds, 2),
            "tokens_per_second": round(self._tokens(count) / training),
            "mfu": self._mfu(count, training),
        }
        self.results.add([*rows, {"speed": measured}])
        self.trained += count
        for row in rows:
            if row["error"]:
                self.failed.add(row["key"])
                told = row["error"]
            else:
                shares = [f"{name} {k / row['n']:.3f}" for name, k in row["successes"].items()]
                told = f"{', '.join(shares)}, accuracy {row['accuracy']:.4f}"
            _say(f"  {row['study']}, {row['strategy']}: {row['members']} people: {told}")
        _say(
            f"{count} trials in {seconds:.0f} s; training "
            f"{self._speed(count, training / self.bench.steps)}"
        )

    def _after(self, error: Exception, trials: Sequence[Trial], together: int) -> int:
        """Do what an error in a group asks for; return how many trials may be side by side."""
        if isinstance(error, Refusal):
            raise error
        self._clean()
        if out_of_memory(error) and len(trials) > 1:
            _say(f"out of memory with {len(trials)} trials side by side: tries half as many")
            return len(trials) // 2
        if not self.machine.alive():
            raise Refusal(f"the device no longer computes: {_reason(error)}") from error
        if len(trials) == self.compiled_for:
            self._no_compiling(_reason(error))
            return together
        empty = {"n": 0, "successes": {}, "accuracy": None, "precision": None, "recall": None}
        reason = {"warning": "", "error": _reason(error), "seconds": 0.0}
        rows = [planned(trial) | empty | reason for trial in trials]
        self.results.add(rows)
        self.failed |= {trial.key for trial in trials}
        self.trained += len(trials)
        _say(f"{len(trials)} trials failed: {_reason(error)}")
        return together

    def _tokens(self, count: int) -> float:
        """Return how many tokens so many trials read in training, padding not among them."""
        texts = self.packed.train.plain_lengths.sum() * self.packed.recipe.epochs
        return float(count * texts)

    def _mfu(self, count: int, training: float) -> float | None:
        """Return the share of the card's peak that training used; None if that is unknown."""
        if not self.machine.peak:
            return None
        each = flops_a_token(self.packed.architecture, self.packed.recipe.max_length)
        return round(each * self._tokens(count) / training / self.machine.peak, 4)

    def _speed(self, count: int, seconds_a_step: float) -> str:
        """Return tokens per second and MFU in words."""
        training = seconds_a_step * self.bench.steps
        mfu = self._mfu(count, training)
        words = f"{self._tokens(count) / training:,.0f} tokens per second"
        return words if mfu is None else f"{words}, MFU {100 * mfu:.1f} %"

    def _clean(self) -> None:
        gc.collect()
        self.machine.free()

    def _conclude(self) -> None:
        done = len(self.results.rates())
        _say(
            f"{done} of {len(self.packed.trials)} planned trials are done, in "
            f"{str(self.asked.output)!r}; the same command goes on, and "
            "`scripts/paper-on-a-gpu import` stores them"
        )


def _reason(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:300]}" if lines else type(error).__name__


def _say(line: str) -> None:
    print(line, flush=True)
