"""What a check is, and how it may end."""

from collections.abc import Callable, Iterable
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from crmexport.conformance.bench import Bench


NO_REHEARSAL = "needs a rehearsal: a sandbox that imitates this source"


class Outcome(Enum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not applicable"
    UNCHECKED = "unchecked"  # something it builds upon has failed


class NotApplicableError(Exception):
    """This connector or its sandbox has nothing to be checked here. Its text is the reason."""


class UncheckableError(Exception):
    """What the check builds upon went wrong. Its text says what; the check meant for it has failed."""


Complaints = Iterable[str]


class Check(NamedTuple):
    """One promise of a connector. `meaning` is its docstring: what must hold, and what is lost where it does not.

    `run` gives a sentence for everything that is not as it should be.
    """

    name: str
    group: str
    meaning: str
    run: "Callable[[Bench], Complaints]"
    slow: bool = False

    @property
    def title(self) -> str:
        """The name in words."""
        return self.name.replace("_", " ")


class Result(NamedTuple):
    """How one check ended, and why: the first complaints, or the reason why it was not applied."""

    check: Check
    outcome: Outcome
    words: str = ""


CHECKS: list[Check] = []


def check(
    group: str, *, slow: bool = False
) -> "Callable[[Callable[[Bench], Complaints]], Callable[[Bench], Complaints]]":
    """Enter a function into the table. `slow` ones are several pulls, and left out by --quick."""

    def enter(run: "Callable[[Bench], Complaints]") -> "Callable[[Bench], Complaints]":
        meaning = " ".join((run.__doc__ or "").split())
        CHECKS.append(Check(run.__name__, group, meaning, run, slow))
        return run

    return enter
