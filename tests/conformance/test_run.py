"""What the kit tells of a connector that stumbles."""

import re
from collections.abc import Iterator

import pytest

from crmexport.conformance import Outcome, all_checks, checked
from crmexport.sandbox.exchange import HTML, Answer, Asked
from crmexport.source import Key, Request, Response, Row, Verdict
from crmexport.source.slices import Piece
from tests.acme import Acme, AcmeRehearsal
from tests.broken_connectors import asks_without_end


class Stumbling(Acme):
    """Falls over a field that it does not know."""

    def row(self, request: Request, piece: Piece) -> Row:
        if "x_unheard_of" in piece.value:
            raise KeyError("nobody thought of it")
        return super().row(request, piece)


def test_what_a_connector_raises_is_told_with_its_own_line() -> None:
    checks = [one for one in all_checks() if one.name == "unknown_fields_are_carried"]
    (result,) = checked(Stumbling, AcmeRehearsal, checks=checks)
    assert result.outcome is Outcome.FAILED
    assert re.fullmatch(r"KeyError: 'nobody thought of it' \(test_run.py, line \d+, in row\)", result.words)


class Mistaken(AcmeRehearsal):
    """Its own author's mistake."""

    def answer(self, asked: Asked) -> Answer:
        raise KeyError("a mistake of the rehearsal")


def test_what_ends_the_first_pull_is_told_with_the_authors_own_line() -> None:
    """Nearly nothing can be checked then, and the author has nothing else to go by."""
    (meant,) = (one for one in all_checks() if one.name == "a_pull_ends_complete")
    (result,) = checked(Acme, Mistaken, checks=[meant])
    told = r"the pull ended in KeyError: 'a mistake of the rehearsal' \(test_run.py, line \d+, in answer\)"
    assert re.fullmatch(told, result.words)


class Walled(Acme):
    """Takes the page of a firewall for what it says: that it was too much."""

    def verdict(self, request: Request, response: Response) -> Verdict:
        is_wall = response.is_page and response.status == 403
        return Verdict.THROTTLED if is_wall else super().verdict(request, response)


class WalledRehearsal(AcmeRehearsal):
    """Stands behind a firewall, as Pipedrive does (its documentation of rate limiting: 403 by Cloudflare after many 429)."""

    def failures(self) -> Iterator[tuple[str, Answer, frozenset[Verdict]]]:
        yield from super().failures()
        yield "a firewall", Answer(403, b"<!DOCTYPE html><p>blocked", HTML), frozenset({Verdict.THROTTLED})


class TwiceWalledRehearsal(WalledRehearsal):
    """Has another page of that status, too: at a sign-in that is none."""

    def failures(self) -> Iterator[tuple[str, Answer, frozenset[Verdict]]]:
        yield from super().failures()
        yield "an outsider", Answer(403, b"<html>Sign in", HTML), frozenset({Verdict.EXPIRED})


@pytest.mark.parametrize(
    ("rehearsal", "outcome"),
    [
        (WalledRehearsal, Outcome.PASSED),
        (TwiceWalledRehearsal, Outcome.PASSED),
        (AcmeRehearsal, Outcome.FAILED),
    ],
)
def test_a_page_means_what_the_rehearsal_tells_of_it(
    rehearsal: type[AcmeRehearsal], outcome: Outcome
) -> None:
    (meant,) = (one for one in all_checks() if one.name == "refusals_are_no_answers")
    (result,) = checked(Walled, rehearsal, checks=[meant])
    assert result.outcome is outcome, result.words


class Listing(AcmeRehearsal):
    """Tells what it removed as a list."""

    def remove(self) -> list[Key]:  # type: ignore[override]
        return sorted(super().remove())


def test_what_was_removed_may_be_told_as_a_list() -> None:
    (meant,) = (one for one in all_checks() if one.name == "deletions_are_marked")
    (result,) = checked(Acme, Listing, checks=[meant])
    assert result.outcome is Outcome.PASSED, result.words


def test_a_pull_without_end_is_told_by_the_route_that_has_none() -> None:
    (meant,) = (one for one in all_checks() if one.name == "a_pull_ends_complete")
    (result,) = checked(asks_without_end.Broken, AcmeRehearsal, checks=[meant])
    assert re.search(
        r"1001 requests .* no end: 9\d\d to /api/deals, the last of them /api/deals\?.*&number=9\d\d",
        result.words,
    )
