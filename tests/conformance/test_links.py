"""What the links of records bring hides from no check what the lists have lost; and what a sweep shows by rows is not asked twice."""

from collections.abc import Iterable, Iterator
from typing import Any

from crmexport.conformance import Outcome, all_checks, checked
from crmexport.sandbox.rehearsal import Fact, Rehearsal
from crmexport.source import Announced, Connector, Reading, Request, Response, Row
from tests.acme import Acme, AcmeRehearsal
from tests.acme.rehearsal import Record


class AllLinked(AcmeRehearsal):
    """Deals name everybody and every firm, and nothing is counted."""

    tells_counts = False

    def _deal(self, n: int) -> Record:
        firm, person = 1 + (n - 1) % 6, 1 + (n - 1) % 7
        return {
            **super()._deal(n),
            "party": {"kind": "firm", "id": firm},
            "owner": {"kind": "person", "id": person},
        }


class Uncounted(Acme):
    def announce(self, request: Request, rest: dict[str, Any], reading: Reading) -> None:
        pass


class ReadsOnePageOfParties(Uncounted):
    def go_on(self, request: Request, rest: dict[str, Any], rows: list[Row], reading: Reading) -> None:
        if request.context.get("list") != "parties":
            super().go_on(request, rest, rows, reading)


class WalksThroughNotes(Uncounted):
    """The sweep asks for the notes as well, in words of its own, and reads their rows once more."""

    def sweep(self) -> Iterable[Request]:
        yield from super().sweep()
        for deal in range(1, 10):
            notes = self.notes(str(deal))
            yield notes.replace(path=f"{notes.path}?walk=1", context={**notes.context, "walk": True})

    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        if "walk" in request.context:
            reading.present = {row[:2] for row in reading.records}
        return reading


class TakesTheRouteForTheStream(Acme):
    """And so does whoever wrote it in the rehearsal."""

    def parent_of(self, request: Request) -> tuple[str, str] | None:
        return ("deals", request.context["deal"]) if "deal" in request.context else None


class LikewiseMistaken(AcmeRehearsal):
    def truth(self) -> Iterator[Fact]:
        for fact in super().truth():
            yield fact._replace(parent=("deals", fact.parent[1])) if fact.parent else fact


def outcome(kind: type[Connector], name: str, rehearsal: type[Rehearsal] = AllLinked) -> Outcome:
    checks = [one for one in all_checks() if one.name == name]
    return next(iter(checked(kind, rehearsal, checks=checks))).outcome


def test_a_parent_is_a_record_of_a_declared_stream() -> None:
    assert outcome(TakesTheRouteForTheStream, "parents_are_known", LikewiseMistaken) is Outcome.FAILED


def test_pages_that_are_forgotten_are_missed_though_links_bring_their_records() -> None:
    assert outcome(ReadsOnePageOfParties, "short_pages_end_no_list") is Outcome.FAILED
    assert outcome(Uncounted, "short_pages_end_no_list") is Outcome.PASSED


class CountsItsFirstPage(Uncounted):
    def announce(self, request: Request, rest: dict[str, Any], reading: Reading) -> None:
        if request.context.get("list") == "deals" and "after" not in request.context:
            reading.announced.append(Announced("deal", "list", len(reading.records)))


def test_a_count_is_looked_at_though_the_source_tells_none() -> None:
    assert outcome(CountsItsFirstPage, "counts_are_announced") is Outcome.FAILED


def test_a_sweep_may_show_what_lists_have_shown() -> None:
    assert outcome(WalksThroughNotes, "nothing_is_asked_twice") is Outcome.PASSED
