"""Changes in the order in which they were made, in pages that are counted: an edit meanwhile draws the rows behind it forward."""

from typing import Any

import pytest

from crmexport.conformance import Outcome, all_checks, checked
from crmexport.source import Reading, Request, Row
from tests.acme import Acme, AcmeRehearsal
from tests.acme.connector import LIMIT
from tests.acme.rehearsal import Record


class InTheirOrder(AcmeRehearsal):
    """Tells what changed since a moment in the order of changes, the page with a number of it."""

    def _page(self, name: str, told: Record) -> Record:
        if "since" not in told:
            return super()._page(name, told)
        shown = [one for one in self._listed(name) if one["changed"] >= told["since"]]
        shown.sort(key=lambda one: (one["changed"], one["kind"]))
        first = int(told.get("number", 0)) * LIMIT
        return {"items": shown[first : first + LIMIT], "more": first + LIMIT < len(shown)}


class CountsPages(Acme):
    def go_on(self, request: Request, rest: dict[str, Any], rows: list[Row], reading: Reading) -> None:
        if "since" not in request.context.get("told", {}):
            super().go_on(request, rest, rows, reading)
        elif rest["more"]:
            reading.requests.append(self.further(request, rows))

    def further(self, request: Request, rows: list[Row]) -> Request:
        return self.numbered(request, request.context.get("number", 0) + 1)

    def numbered(self, request: Request, number: int) -> Request:
        path = f"{request.path.partition('&number')[0]}&number={number}"
        return request.replace(path=path, context={**request.context, "number": number})


class GoesOnFromTheLastChange(CountsPages):
    """And counts pages only among what changed at one moment."""

    def further(self, request: Request, rows: list[Row]) -> Request:
        since = str(rows[-1].modified)
        if since == request.context["told"]["since"]:
            return super().further(request, rows)
        return self.page(request.stream, request.context["list"], {"since": since})


@pytest.mark.parametrize(
    ("kind", "expected"), [(CountsPages, Outcome.FAILED), (GoesOnFromTheLastChange, Outcome.PASSED)]
)
def test_what_an_edit_draws_forward_is_missed(kind: type[Acme], expected: Outcome) -> None:
    checks = [one for one in all_checks() if one.name == "edits_hide_no_other_changes"]
    (result,) = checked(kind, InTheirOrder, checks=checks)
    assert result.outcome is expected, result.words


def test_every_page_is_read_while_nobody_edits() -> None:
    for kind in (CountsPages, GoesOnFromTheLastChange):
        checks = [one for one in all_checks() if one.name == "what_ever_changed_is_listed"]
        (result,) = checked(kind, InTheirOrder, checks=checks)
        assert result.outcome is Outcome.PASSED, result.words
