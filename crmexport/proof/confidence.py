"""What a sample says about the whole."""

from math import comb

CONFIDENCE = 0.95


def error_rate(wrong: int, compared: int) -> float:
    """The rate of errors among all records that is exceeded with a chance of 5 % at most, when `wrong` of `compared` differ.

    The exact bound of a binomial share (Clopper and Pearson); for none wrong it is about 3 / `compared`.
    """
    if not compared:
        return 1.0
    low, high = wrong / compared, 1.0
    for _halving in range(40):
        middle = (low + high) / 2
        chance = sum(comb(compared, i) * middle**i * (1 - middle) ** (compared - i) for i in range(wrong + 1))
        low, high = (middle, high) if chance > 1 - CONFIDENCE else (low, middle)
    return high
