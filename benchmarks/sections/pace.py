"""(a) How much of the permitted rate is used, with a real limiter and real waiting, two latencies at once."""

import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from benchmarks import arithmetic, child
from benchmarks.report import Section
from benchmarks.server import Server

LEAST_USED = 0.975
MOST_REJECTED = 1 / 200
RATES = (3, 7)
LATENCIES_MS = (100, 300)
SECONDS, QUICK_SECONDS = 60, 15


class Paced(NamedTuple):
    """One pull against a limiter."""

    rate: int
    latency_ms: int
    requests: int
    rejected: int
    used: float


def measure(quick: bool) -> Section:
    """Pull at every rate and latency; the server permits exactly that rate in any second."""
    section = Section(
        "Pace", ("permitted, 1/s", "latency, ms", "requests", "answers 429", "used of the permitted rate")
    )
    seconds = QUICK_SECONDS if quick else SECONDS
    for rate in RATES:
        with ThreadPoolExecutor(len(LATENCIES_MS)) as both:
            for one in both.map(lambda latency, rate=rate: _pull(rate, latency, seconds), LATENCIES_MS):
                _note(section, one)
    return section


def _pull(rate: int, latency_ms: int, seconds: int) -> Paced:
    cards = max(
        60, round(rate * seconds * 4.6) // 20 * 20
    )  # about 4.6 cards, with what hangs on them, a request
    with Server(
        cards=cards, tasks=cards * 3 // 2, comments=cards * 3, latency_ms=latency_ms, rate=rate
    ) as server:
        with tempfile.TemporaryDirectory() as folder:
            child.python("benchmarks.runs.pull", server.url, folder, rate, env=server.env)
        asked = [(one.time, one.status) for one in server.asked()]
    return Paced(rate, latency_ms, len(asked), arithmetic.throttled(asked), arithmetic.pace(asked, rate))


def _note(section: Section, one: Paced) -> None:
    section.rows.append(
        (str(one.rate), str(one.latency_ms), str(one.requests), str(one.rejected), f"{one.used:.1%}")
    )
    words = f"at {one.rate}/s and {one.latency_ms} ms at least {LEAST_USED:.1%} of the rate is used ({one.used:.1%})"
    section.goal(words, one.used >= LEAST_USED)
    rejected = f"at {one.rate}/s and {one.latency_ms} ms at most 1 answer in 200 is 429 ({one.rejected} of {one.requests})"
    section.goal(rejected, one.rejected <= max(1, one.requests * MOST_REJECTED))
