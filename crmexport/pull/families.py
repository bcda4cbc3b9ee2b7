"""Requests that stand or fall together: a route that the source does not have is found out once, not for every record."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator

from crmexport.archive.given import Family
from crmexport.pull.missing import subject_of
from crmexport.source import Gap, GapKind, Request
from crmexport.transport.failures import FailureError, FaultyError, PageError, RefusedError, VanishedError

ENOUGH = 3  # so many different requests of a family, and not one answered
TWICE = 2  # a moment's trouble fails a whole batch of them once; what is asked again a moment later fails for another reason


class Families:
    """What this run knows of the families of requests (see `Request.family`). `given` are those of which anything was answered, and
    whether they hang under records.
    """

    def __init__(
        self,
        is_held: Callable[[str, str], bool] = lambda stream, parent: False,
        was_absent: Callable[[str, str], bool] = lambda stream, family: False,
        ever_gave: Callable[[str, str], bool] = lambda stream, family: False,
    ) -> None:
        """Each tells what the archive knows from before this run.

        `is_held`: it holds anything of a stream under records of the stream `parent`, so the route is there. `was_absent`: an earlier
        pull found that there is no such route, so one more failure says the same and is no loss. `ever_gave`: a whole list gave records
        once, so where it “is not there” now, what it holds is lost and not deleted.
        """
        self._is_held = is_held
        self._was_absent = was_absent
        self._ever_gave = ever_gave
        self._answered: set[Family] = set()
        self.given: dict[Family, bool] = {}
        self._failed: dict[Family, Counter[str]] = defaultdict(Counter)
        self._dead: dict[Family, GapKind] = {}
        self._alone: dict[Family, list[Request]] = defaultdict(list)

    def answered(self, request: Request) -> None:
        """The source does give such a thing: from now on each failure of the family is its own."""
        if request.family:
            self._answered.add(_of(request))
            self.given[_of(request)] = _is_of_record(request)

    def failed(self, request: Request, failure: FailureError, *, for_good: bool) -> Gap | None:
        """The one gap for the family, when it is clear now that the source gives none of it (any more); None while it is not."""
        family = _of(request)
        is_of_route = isinstance(failure, FaultyError | RefusedError | VanishedError)
        if not request.family or family in self._answered or not is_of_route:
            return None
        self._failed[family][request.key] += TWICE if for_good else 1
        absent = isinstance(failure, VanishedError) and for_good and not _is_of_record(request)
        if absent and self._ever_gave(*family):
            return Gap(*subject_of(request), GapKind.REFUSED, str(failure))
        is_refused = isinstance(failure, RefusedError | PageError)
        kind = GapKind.REFUSED if is_refused else GapKind.NOT_GIVEN
        is_known = kind is GapKind.NOT_GIVEN and self._was_absent(*family)
        if sum(times >= TWICE for times in self._failed[family].values()) >= (1 if is_known else ENOUGH):
            if self._is_held(*family):
                self._answered.add(family)
                return None
            self._dead[family] = kind
        if absent or family in self._dead:
            return Gap(*family, kind, str(failure))
        self._alone[family] += [request] if for_good else []
        return None

    def given_up_before(self, request: Request) -> list[Request]:
        """Those of its family that were given up each for itself, before it was clear that the source gives none of it."""
        return self._alone.pop(_of(request), [])

    def fate(self, request: Request) -> GapKind | None:
        """Why it is in vain to ask; None when it is not."""
        return self._dead.get(_of(request)) if request.family else None


def whole_lists(requests: Iterable[Request]) -> Iterator[Family]:
    """The families of those requests that ask for a list, of which nobody knows whether the source has it at all."""
    return (_of(one) for one in requests if one.family and not _is_of_record(one))


def _of(request: Request) -> Family:
    return request.stream, request.family


def _is_of_record(request: Request) -> bool:
    """Whether, of a family, a part of one record is asked for. Where that "is not there", the record may be gone, and the route be there."""
    return request.subject is not None and request.subject[1].startswith(f"{request.family}/")
