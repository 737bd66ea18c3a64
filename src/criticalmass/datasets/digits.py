"""Handwritten digits, for images."""

from __future__ import annotations

from criticalmass.data.population import Population


def digits() -> Population:
    """Return scikit-learn's 1,797 handwritten digits: 8 × 8 images, brightness 0 to 16.

    Examples
    --------
    >>> digits().features.shape
    (1797, 8, 8)
    """
    from sklearn.datasets import load_digits  # slow to import

    data = load_digits()
    return Population.from_arrays(
        data.images,
        data.target,
        name="digits",
        notes=("Handwritten digits of UCI (Alpaydin and Kaynak 1998), as in scikit-learn.",),
    )
