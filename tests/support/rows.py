"""Results of rows, in few words."""

from criticalmass.measures import Count


def counts(n, **successes):
    """So many of n records, by measure."""
    return {name: Count(int(count), n) for name, count in successes.items()}
