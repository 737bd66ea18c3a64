"""Curves in whole people of many records: seconds and memory.

    python benchmarks/whole_people.py

makes 10⁶ records of two labels that a signal leads to 10⁵ images, of which one in five holds some
already, and prints what a curve and its critical masses take.
"""

import resource
import time

import numpy as np

from criticalmass.theory import whole_people_feature_label

RECORDS, IMAGES = 1_000_000, 100_000


def main() -> None:
    """Compute and print."""
    rng = np.random.default_rng(0)
    image = rng.integers(IMAGES, size=RECORDS)
    there = rng.random(RECORDS) < 0.02
    label = (rng.random(RECORDS) < 0.3).astype(int)
    counts = np.zeros((IMAGES, 2), dtype=int)
    np.add.at(counts, (image[there], label[there]), 1)
    led = np.bincount(image, minlength=IMAGES)
    begun = time.perf_counter()
    curve = whole_people_feature_label(counts, led, target=1)
    mass = curve.critical_mass(0.9)
    between = time.perf_counter()
    floor = curve.floor_mass(0.9)
    end = time.perf_counter()
    curve.success(np.geomspace(1e-5, 1, 200))
    drawn = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{RECORDS:,} records, {IMAGES:,} images, {(counts.sum(axis=1) > 0).sum():,} held before")
    print(f"expected: {mass.people(RECORDS)[0]:,} people in {between - begun:.2f} s")
    print(f"surely (95 %): {floor.people(RECORDS)[0]:,} people in {end - between:.2f} s")
    print(f"a curve of 200 shares in {drawn - end:.2f} s; peak {peak:.0f} MB")


if __name__ == "__main__":
    main()
