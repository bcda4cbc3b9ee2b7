"""Pages follow each other by number until the end, and the end is not mistaken."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from crmexport.source import Request
from tests.odoo.recordings import made, odoo, only, page_asked


def following(request: Request, numbers: range) -> list[Request]:
    """What a listed page makes ask: records, and the next page."""
    return odoo().read(request, made([{"id": number} for number in numbers])).requests


def pages(asked: list[Request]) -> list[Request]:
    return [one for one in asked if one.context["step"] == "page"]


def test_a_full_page_is_followed_by_the_next() -> None:
    """The next page begins behind the last number, and leads to the same fields."""
    first = page_asked(odoo())
    second = only(pages(following(first, range(11, 5_011))))
    assert '["id",">",0]' in (first.body or "")
    assert '["id",">",5010]' in (second.body or "")
    assert second.context["fields"] == first.context["fields"]


def test_every_listed_number_is_asked_for_once() -> None:
    """Some hundreds of records at a time, with the settings under which archived people stay visible."""
    asked = [
        one for one in following(page_asked(odoo()), range(1, 1_202)) if one.context["step"] == "records"
    ]
    bodies = [json.loads(one.body or "") for one in asked]
    assert [number for body in bodies for number in body["ids"]] == list(range(1, 1_202))
    assert max(len(body["ids"]) for body in bodies) == 500
    assert all(one.path.endswith("/read") for one in asked)
    assert all(body["context"]["active_test"] is False for body in bodies)


@pytest.mark.parametrize("numbers", [range(0), range(1, 5_000)])
def test_a_short_page_is_the_last(numbers: range) -> None:
    """Of ordinary models the server gives full pages as long as there is more."""
    assert pages(following(page_asked(odoo()), numbers)) == []


def test_a_sieved_page_may_be_short() -> None:
    """Messages that the user may not see are taken out after the page was cut: fewer than asked for is not the end."""
    first = page_asked(odoo(), "mail.message")
    assert '["id",">",3]' in (only(pages(following(first, range(1, 4)))).body or "")


def test_an_empty_sieved_page_widens_the_view() -> None:
    """A whole page of hidden messages does not end the stream; only an empty page of the widest kind does."""
    limits = []
    asked = [page_asked(odoo(), "mail.message")]
    while asked:
        limits.append(asked[0].context["limit"])
        asked = following(asked[0], range(0))
    assert limits == [5_000, 50_000]
    wide = following(page_asked(odoo(), "mail.message"), range(0))
    assert only(pages(following(wide[0], range(700, 701)))).context["limit"] == 5_000


def test_only_what_changed() -> None:
    """A pull of changes names the time as Odoo writes it: UTC, and the same time on every page."""
    connector = odoo()
    since = datetime(2026, 11, 25, 23, 0, 1, 999, timezone(timedelta(hours=3)))
    first = only(connector.opening(since))
    assert first.context["since"] == "2026-11-25 20:00:01"
    request = page_asked(connector)
    changed = connector._questions.page({**request.context, "since": first.context["since"]})
    second = only(pages(following(changed, range(1, 5_001))))
    assert '["write_date",">=","2026-11-25 20:00:01"]' in (second.body or "")
