"""The sums behind the figures, apart from everything that measures, so that they can be tested."""

from collections.abc import Mapping, Sequence
from statistics import median

THROTTLED = 429


def paired_ratio(ours: Sequence[float], base: Sequence[float]) -> float:
    """The median of the ratios of each round: what slowed a whole round down falls out of it."""
    return median(one / other for one, other in zip(ours, base, strict=True))


def pace(requests: Sequence[tuple[float, int]], permitted: float) -> float:
    """The part of the permitted rate that was used, from the first request to the last.

    `requests`: time in seconds and status of each. n requests that were let in lie n - 1 intervals apart.
    """
    times = sorted(time for time, _status in requests)
    accepted = len(requests) - throttled(requests)
    return (accepted - 1) / ((times[-1] - times[0]) * permitted)


def throttled(requests: Sequence[tuple[float, int]]) -> int:
    """How many of the requests were answered 429."""
    return sum(status == THROTTLED for _time, status in requests)


def growth(small: float, large: float) -> float:
    """By what part `large` differs from `small`: 0.05 is five percent, either way."""
    return abs(large / small - 1)


def overlong(asked: Mapping[str, int], least: int) -> float:
    """Requests that were made, by status, over the fewest that would have done."""
    return sum(asked.values()) / least
