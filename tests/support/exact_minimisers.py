"""Minimisers of the Poisson risk in 50 digits: Newton's method with the risk written out."""

import mpmath
import numpy as np

DIGITS = 50


def poisson_minimiser(x, y, shares, l2, near):
    """θ at which Σ shares · (exp(η) − yη) + l2/2 · ‖weights‖² is least; the constant is last.

    The risk is strictly convex: wherever the search begins, no gradient is left at one θ alone.
    """
    with mpmath.workdps(DIGITS):
        rows = [[*map(mpmath.mpf, row), mpmath.mpf(1)] for row in x.tolist()]
        total = mpmath.fsum(map(mpmath.mpf, shares.tolist()))
        weights = [mpmath.mpf(share) / total for share in shares.tolist()]
        counts = [mpmath.mpf(count) for count in y.tolist()]
        theta, p = mpmath.matrix(near.tolist()), len(near)
        for _ in range(200):
            means = [mpmath.exp(mpmath.fdot(row, theta)) for row in rows]
            slope, curved = mpmath.matrix(p, 1), mpmath.matrix(p, p)
            for a in range(p):
                penalised = l2 if a < p - 1 else 0
                slope[a] = penalised * theta[a] + mpmath.fsum(
                    w * (mean - count) * row[a]
                    for w, mean, count, row in zip(weights, means, counts, rows, strict=True)
                )
                for b in range(p):
                    curved[a, b] = mpmath.fsum(
                        w * mean * row[a] * row[b]
                        for w, mean, row in zip(weights, means, rows, strict=True)
                    )
                curved[a, a] += penalised
            if mpmath.norm(slope) < mpmath.mpf(10) ** -30:
                return np.array([float(value) for value in theta])
            theta -= mpmath.lu_solve(curved, slope)
    raise AssertionError("no minimiser in 50 digits")
