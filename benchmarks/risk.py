"""`Risk.minimize` against scikit-learn's `LogisticRegression`, at the same norm of the gradient.

    python benchmarks/risk.py [--rows 1000000] [--columns 100] [--threads 2] [--repetitions 3]

Every contender runs in a process of its own, the three alternating, on the same made-up records:

- ours: `Risk("logistic", l2=1e-4).minimize(Sample(x, y))`, Newton's method with a Cholesky
  decomposition and a bounded amount of memory;
- newton-cholesky: scikit-learn's solver of that name, which is the same algorithm;
- lbfgs: scikit-learn's default.

All minimise the same risk (C = 1/(n · l2), the intercept without a penalty), from 0. The norm is
that of the mean risk's gradient where each one stops, by `Risk.gradient`; scikit-learn's `tol` is
tightened by tens until that is 1e-10, or does not fall any more. "x" is scikit-learn / ours, with
its range over the repetitions; MB is what a fit takes beside the records, at its peak.

Then two curves along the mixtures (1 − a)P₀ + aP', P' a tenth as many records of another law:
minimisers at 10 shares, each started from the last one, of a fifth of the records (to save time),
alternating as before; and gradients at 50 shares, of all records, once.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from statistics import median

import numpy as np
from sklearn.linear_model import LogisticRegression

from criticalmass.risks import Risk, Sample

L2 = 1e-4
NORM = 1e-10
TOLERANCES = (1e-10, 1e-11, 1e-12)
CONTENDERS = ("ours", "newton-cholesky", "lbfgs")
GRADIENTS = np.linspace(0.001, 0.2, 50)
MINIMISERS = np.linspace(0.01, 0.2, 10)


def records(rows, columns, seed):
    """Columns that share a factor (correlation 0.5, condition number about 100), and outcomes."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, columns))
    x += rng.standard_normal((rows, 1))
    weights = rng.normal(size=columns) / columns**0.5
    y = rng.random(rows) < 1 / (1 + np.exp(0.5 - x @ weights))
    return x, y.astype(float)


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def scikit(solver, tol, c, **options):
    return LogisticRegression(C=c, solver=solver, tol=tol, max_iter=10_000, **options)


def theta_of(model):
    return np.append(model.coef_[0], model.intercept_)


def fit(contender, tol, x, y):
    """Time one fit from nothing; return also the norm that it reached."""
    risk, before, begun = Risk("logistic", l2=L2), peak(), time.perf_counter()
    if contender == "ours":
        theta = risk.minimize(Sample(x, y[:, None]))
    else:
        theta = theta_of(scikit(contender, tol, 1 / (len(x) * L2)).fit(x, y))
    found = {"seconds": time.perf_counter() - begun, "peak": peak() - before}
    norm = np.linalg.norm(risk.gradient(theta, Sample(x, y[:, None])))
    return found | {"norm": float(norm), "theta": theta.tolist()}


def minimisers(contender, tol, rows, columns):
    """Time refits along the mixtures, each from the last; the records are put together before."""
    x, y, weights = stacked(rows, columns)
    risk, seconds, norms, thetas, theta = Risk("logistic", l2=L2), [], [], [], None
    model = scikit(contender, tol, 1 / L2, warm_start=True) if contender != "ours" else None
    for share in MINIMISERS:
        begun = time.perf_counter()
        if model is None:
            theta = risk.minimize(Sample(x, y[:, None], weights(share)), start=theta)
        else:
            theta = theta_of(model.fit(x, y, sample_weight=weights(share)))
        seconds.append(time.perf_counter() - begun)
        sample = Sample(x, y[:, None], weights(share))
        norms.append(float(np.linalg.norm(risk.gradient(theta, sample))))
        thetas.append(theta.tolist())
    return {"first": seconds[0], "rest": sum(seconds[1:]), "norm": max(norms), "theta": thetas}


def stacked(rows, columns):
    more = rows // 10
    (x, y), (x2, y2) = records(rows, columns, 0), records(more, columns, 1)

    def weights(share):
        return np.repeat([(1 - share) / rows, share / more], [rows, more])

    return np.vstack([x, x2]), np.append(y, y2), weights


def gradients(rows, columns):
    """Time g_P(θ) at all shares: as a mixture of two, over stacked records, and mixed anew."""
    x, y, weights = stacked(rows, columns)
    base, other = Sample(x[:rows], y[:rows, None]), Sample(x[rows:], y[rows:, None])
    risk, theta = Risk("logistic", l2=L2), np.full(columns + 1, 0.01)
    begun = time.perf_counter()
    ends = risk.gradient(theta, base), risk.gradient(theta, other)
    mixture = [(1 - share) * ends[0] + share * ends[1] for share in GRADIENTS]
    seconds = [time.perf_counter() - begun]
    begun = time.perf_counter()
    anew = [risk.gradient(theta, Sample(x, y[:, None], weights(a))) for a in GRADIENTS]
    seconds.append(time.perf_counter() - begun)
    some = GRADIENTS[::10]
    begun = time.perf_counter()
    for share in some:
        risk.gradient(theta, base.mixed(other, share))
    seconds.append((time.perf_counter() - begun) * len(GRADIENTS) / len(some))
    return {"seconds": seconds, "off": float(np.abs(np.array(mixture) - anew).max())}


def child(task, contender, tol, rows, columns):
    warnings.simplefilter("ignore")  # lbfgs says that it cannot go on; its norm is printed
    rows, columns, tol = int(rows), int(columns), float(tol)
    if task == "fit":
        found = fit(contender, tol, *records(rows, columns, 0))
    elif task == "minimisers":
        found = minimisers(contender, tol, rows, columns)
    else:
        found = gradients(rows, columns)
    print(json.dumps(found))


def start(threads, *arguments):
    """Run a child by itself with so many threads; return what it measured."""
    names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    command = [sys.executable, __file__, "--child", *map(str, arguments)]
    limited = os.environ | dict.fromkeys(names, str(threads))
    done = subprocess.run(command, capture_output=True, text=True, env=limited, check=False)
    if done.returncode:
        raise SystemExit(f"{arguments} died (exit {done.returncode}): {done.stderr[-500:]}")
    return json.loads(done.stdout)


def tightened(options, solver):
    """Return the first fit that reaches the norm, or the best one, and its tolerance."""
    tried = []
    for tol in TOLERANCES if solver != "ours" else (NORM,):
        run = start(options.threads, "fit", solver, tol, options.rows, options.columns)
        tried.append((run["norm"] > NORM, run["norm"], tol, run))
        if run["norm"] <= NORM or (len(tried) > 1 and tried[-1][1] > 0.9 * tried[-2][1]):
            break
    return min(tried, key=lambda each: each[:2])[2:]


def ratio(theirs, ours):
    each = [his / mine for his, mine in zip(theirs, ours, strict=True)]
    return f"{median(each):.2f} ({min(each):.2f}-{max(each):.2f})"


def main(options):
    shape = (options.rows, options.columns)
    megabytes = 8 * options.rows * options.columns / 2**20
    print(f"{shape[0]:,} x {shape[1]} records ({megabytes:.0f} MB), {options.threads} threads")
    tolerances, runs = {}, {name: [] for name in CONTENDERS}
    for repetition in range(options.repetitions):
        for name in CONTENDERS:
            if repetition == 0:
                tolerances[name], run = tightened(options, name)
            else:
                run = start(options.threads, "fit", name, tolerances[name], *shape)
            runs[name].append(run)
    print("from nothing        tol    norm  seconds     MB  x                  theta off by")
    ours = [run["seconds"] for run in runs["ours"]]
    for name, several in runs.items():
        seconds = [run["seconds"] for run in several]
        off = np.abs(np.subtract(several[0]["theta"], runs["ours"][0]["theta"])).max()
        tol = "" if name == "ours" else f"{tolerances[name]:.0e}"
        print(
            f"{name:15s} {tol:>7s} {max(run['norm'] for run in several):7.0e} "
            f"{median(seconds):8.2f} {median(run['peak'] for run in several):6.0f}  "
            f"{ratio(seconds, ours):18s} {off:.0e}",
            flush=True,
        )
    fifth = (options.rows // 5, options.columns)
    runs = {name: [] for name in CONTENDERS}
    for _ in range(options.repetitions):
        for name in CONTENDERS:
            runs[name].append(start(options.threads, "minimisers", name, tolerances[name], *fifth))
    print(
        f"{len(MINIMISERS)} minimisers    first  the others (s)    norm  x                  theta"
    )
    ours = [run["rest"] for run in runs["ours"]]
    for name, several in runs.items():
        rest = [run["rest"] for run in several]
        off = np.abs(np.subtract(several[0]["theta"], runs["ours"][0]["theta"])).max()
        print(
            f"{name:15s} {median(run['first'] for run in several):6.2f} {median(rest):15.2f} "
            f"{max(run['norm'] for run in several):7.0e}  {ratio(rest, ours):18s} {off:.0e}",
            flush=True,
        )
    run = start(options.threads, "gradients", "ours", 0, *shape)
    two, again, mixed = run["seconds"]
    print(
        f"{len(GRADIENTS)} gradients: two and their mixtures {two:.2f} s; each over stacked "
        f"records {again:.2f} s ({again / two:.0f} x); each with Sample.mixed {mixed:.2f} s "
        f"({mixed / two:.0f} x; a tenth of them timed); they differ by {run['off']:.0e}"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        parser = argparse.ArgumentParser()
        parser.add_argument("--rows", type=int, default=10**6)
        parser.add_argument("--columns", type=int, default=100)
        parser.add_argument("--threads", type=int, default=2)
        parser.add_argument("--repetitions", type=int, default=3)
        main(parser.parse_args())
