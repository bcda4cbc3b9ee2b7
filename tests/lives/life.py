"""A life of an account: what its people do between two answers, what its servers do instead of answering, and pulls of it."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from crmexport.sandbox import faults
from crmexport.sandbox.exchange import Answer
from crmexport.transport.failures import TransientError

HOUR = 3600.0
DAY = 24 * HOUR
FIELD = "field"  # somebody makes one
MASS = "mass"  # all records of a kind are changed in one moment, as an import does
WRONG = (0.0, 0.0, 0.0, 40.0, -40.0, 2 * HOUR, -2 * HOUR, 26 * HOUR, -26 * HOUR)
HOWS = ("429", "500", "502", "reset", "cut", "401")


class Deed(NamedTuple):
    """What somebody does before the call with number `at` is answered (0: before the pull begins), to the `number`th of those
    records that it can be done to. `said`: where nobody knows whether the mark of change moves, it does.
    """

    at: int
    what: str
    number: int
    said: bool


class Trouble(NamedTuple):
    """So many calls from the one with number `at` on fail in one way."""

    at: int
    how: str
    times: int


class Night(NamedTuple):
    """One pull: whether of everything, what happens meanwhile, at which call it is killed (0: at none), which lists are
    refused all along (a part of their addresses; "": none), how many days later the next one begins, which module is not there,
    what happens until the next one (each deed as many hours after its end as `at` tells), and by how many seconds our clock is wrong.
    """

    full: bool
    deeds: Sequence[Deed] = ()
    troubles: Sequence[Trouble] = ()
    killed: int = 0
    refused: str = ""
    days: int = 8
    closed: str = ""
    after: Sequence[Deed] = ()
    wrong: float = 0.0


class Life(NamedTuple):
    """How an account behaves, how many seconds an answer takes, all that happens to it, and whether the last pull, of which
    nothing disturbs any part, is one of everything.
    """

    habit: str | None
    pace: float
    nights: Sequence[Night]
    full: bool = False

    def has(self, *deeds: str) -> bool:
        """Whether anybody does one of these."""
        return any(deed.what in deeds for night in self.nights for deed in (*night.deeds, *night.after))


def life(
    seed: int,
    habits: Sequence[str | None],
    what: Sequence[str],
    refusable: Sequence[str],
    closable: Sequence[str] = (),
) -> Life:
    """One of the lives that an account of such habits may live, in which people do `what`. Modules close after the first night."""
    chance, other, days = (random.Random(one) for one in (seed, f"closed {seed}", f"days {seed}"))
    nights = [_night(chance, place, what, refusable) for place in range(chance.choice((1, 2, 3, 4)))]
    if closable:
        nights[1:] = [
            one._replace(closed=other.choice(closable) if other.random() < 0.3 else "") for one in nights[1:]
        ]
    nights = [one._replace(after=sorted(_between(days, one.days, what))) for one in nights]
    clock = random.Random(f"clock {seed}")
    if clock.random() < 0.5:
        nights = [one._replace(wrong=clock.choice(WRONG)) for one in nights]
    full = chance.random() < 0.3
    return Life(chance.choice(habits), chance.choice((1.0, 60.0, 900.0)), nights, full)


def _night(chance: random.Random, place: int, what: Sequence[str], refusable: Sequence[str]) -> Night:
    most = chance.choice((20, 60, 200))
    return Night(
        place > 0 and chance.random() < 0.25,
        sorted(_deeds(chance, most, what)),
        [
            Trouble(chance.randint(1, most), chance.choice(HOWS), chance.choice((1, 1, 1, 3, 40)))
            for _ in range(chance.choice((0, 0, 1, 3)))
        ],
        chance.randint(1, most) if chance.random() < 0.25 else 0,
        chance.choice(refusable) if chance.random() < 0.2 else "",
        chance.choice((1, 8)),
    )


def _deeds(chance: random.Random, most: int, what: Sequence[str]) -> Iterator[Deed]:
    """A dozen or so; now all in the time that a few calls take, now all over the pull."""
    first, last = sorted((chance.randint(0, most), chance.randint(0, most)))
    for _ in range(chance.randint(2, 14)):
        yield Deed(
            chance.randint(first, last), chance.choice(what), chance.randint(0, 60), chance.random() < 0.5
        )


def _between(chance: random.Random, days: int, what: Sequence[str]) -> Iterator[Deed]:
    """In half of the times between two pulls, a dozen or so: some longer ago than the day or so that each pull looks back."""
    if chance.random() < 0.5:
        return
    for _ in range(chance.randint(1, 14)):
        hour = chance.randint(0, 24 * days - 1)
        yield Deed(hour, chance.choice((*what, MASS, MASS)), chance.randint(0, 60), chance.random() < 0.5)


def failed(how: str) -> Answer:
    """What comes instead of an answer. Raises TransientError for a broken line."""
    if how == "reset":
        raise TransientError("the connection broke")
    made = {
        "429": lambda: faults.throttled(20),
        "500": faults.broken,
        "502": faults.bad_gateway,
        "401": faults.unauthorized,
    }[how]()
    assert made.instead is not None
    return made.instead()
