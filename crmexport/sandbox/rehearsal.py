"""What a sandbox shows to the conformance kit: one small account that can be asked, changed, and compared with the truth.

A rehearsal is made anew for every pull, so that no check sees what another has done. No server is started: `answer` is
called directly, which makes a whole pull a matter of a fraction of a second. Twenty records a stream are enough, when
pages are made small.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Any, ClassVar, Final, NamedTuple

from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Key
from crmexport.source.account import Credentials
from crmexport.source.exchange import Request, Verdict


class Nothing(Enum):
    """What stands on one side of a difference when there is nothing on that side: neither a value nor a null."""

    ABSENT = "absent"


ABSENT: Final = Nothing.ABSENT


class Topic(Enum):
    """What a habit of the source is about: the check that plays it."""

    CURSOR = "cursor"  # where a page begins and ends
    CAPS = "caps"  # pages shorter than was asked for
    COUNTS = "counts"  # totals that are absent, or count something else
    FLAGS = "flags"  # no word about whether more follows
    EMPTY = "empty"  # lists without rows
    ORDER = "order"  # another order, or none
    HIDDEN = "hidden"  # records that lists do not show
    SHAPE = "shape"  # another spelling of the same JSON
    BATCHES = "batches"  # smaller batches than declared, or none
    TOKENS = "tokens"  # sign-ins that die early
    FILES = "files"  # other ways to give bytes


class Habit(NamedTuple):
    """A reading of the source's documentation that a connector must be right under. `words` say what differs."""

    topic: Topic
    words: str


class Fact(NamedTuple):
    """One record that a complete pull holds. `parent` where the record stands under another and does not say so itself.

    Of a file: `sha256` and `size` of its bytes; `body` has its `name`; `owners` are the records that it hangs on, as far as told.
    """

    stream: str
    id: str
    body: Mapping[str, Any]
    parent: Key | None = None
    sha256: str | None = None
    size: int | None = None
    owners: tuple[Key, ...] = ()


class Unlike(NamedTuple):
    """A place in a record (".deal.id", "[2]") where what is held is not what is true. A side may be ABSENT."""

    place: str
    held: Any
    true: Any


class Rehearsal(ABC):
    """One account. Must be implemented: `credentials`, `answer`, `truth`. Everything else widens what can be checked."""

    url: ClassVar[str] = "https://sandbox.example.test"
    options: ClassVar[Mapping[str, Any]] = {}
    habits: ClassVar[Mapping[str, Habit]] = {}
    tells_counts: ClassVar[bool] = True  # whether the source says how many records there are
    # streams under others of which nothing is taken, or no list tells that it was
    lasting: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, habit: str | None = None) -> None:
        """The account as it is likely, or with one of the `habits`. The same contents each time."""
        self.habit = habit

    @property
    @abstractmethod
    def credentials(self) -> Credentials:
        """What signs in."""

    @abstractmethod
    def answer(self, asked: Asked) -> Answer:
        """The source's answer. Called from several threads, one at a time."""

    @abstractmethod
    def truth(self) -> Iterable[Fact]:
        """All that a complete pull must hold now."""

    def other_credentials(self) -> Credentials | None:
        """The other way to sign in (login and password beside a token), if there is one."""
        return None

    def expire(self) -> bool:
        """Let every session die; whether there was any to die."""
        return False

    def secrets(self) -> Iterable[str]:
        """Every token the source has given out so far: none of them may be met in an archive."""
        return ()

    def change(self) -> set[Key]:
        """Edit some records as a person would, now; which ones."""
        return set()

    def remove(self) -> set[Key]:
        """Delete some records on which no other depends; which ones."""
        return set()

    def restore(self, gone: set[Key]) -> None:
        """Bring removed records back: how records are inserted in mid-pull."""
        raise NotImplementedError

    def writes(self) -> Iterable[Request]:
        """Requests that would change or delete something at the source. The connector's list of reads must refuse them."""
        return ()

    def failures(self) -> Iterable[tuple[str, Answer, frozenset[Verdict]]]:
        """Failures that do not show in the HTTP status: what each is, how it looks, which verdicts are right.

        Such is also a web page of another status than 200 that means more than it: 403 by a firewall, for too much.
        """
        return ()

    def compare(self, stream: str, held: Any, true: Any) -> Iterator[Unlike]:
        """Where a held record is not as the truth says. To be overridden where links are shown short, or not all is asked for."""
        return strictly(held, true)


def strictly(held: Any, true: Any, place: str = "") -> Iterator[Unlike]:
    """Every place where two JSON values differ. A null is not nothing, 1 is not "1", true is not 1."""
    if isinstance(held, dict) and isinstance(true, dict):
        for key in {**held, **true}:
            yield from strictly(held.get(key, ABSENT), true.get(key, ABSENT), f"{place}.{key}")
    elif isinstance(held, list) and isinstance(true, list) and len(held) == len(true):
        for index, (one, other) in enumerate(zip(held, true, strict=True)):
            yield from strictly(one, other, f"{place}[{index}]")
    elif type(held) is not type(true) or held != true:
        yield Unlike(place, held, true)
