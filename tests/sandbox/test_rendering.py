"""Records named in a response are shown once, and never lose their identity (Megaplan reference, §4.3)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.asking import ANY, BY_ID, Client, filtered, small

WHOLE = {"contentType", "id"}


@pytest.fixture(scope="module")
def client() -> Client:
    return small()


def named(value: Any) -> Iterator[dict[str, Any]]:
    """Every object with an id, in the order in which a reader meets them."""
    if isinstance(value, dict):
        if "id" in value:
            yield value
        for part in value.values():
            yield from named(part)
    elif isinstance(value, list):
        for part in value:
            yield from named(part)


def test_an_object_is_shown_at_its_first_mention_and_is_a_link_after_that(client: Client) -> None:
    rows = client.get("deal", {"sortBy": BY_ID, "fields": ["auditors", "userCreated", "userUpdated"]})["data"]
    met: dict[tuple[str, str], int] = {}
    for row in rows:
        for one in list(named(row))[1:]:
            key = (one["contentType"], one["id"])
            met[key] = met.get(key, 0) + 1
            assert (one.keys() == WHOLE) == (met[key] > 1) or one.get("isDropped") or key[1] == "1999001"
    assert max(met.values()) > 10


def test_a_row_is_shown_whole_even_if_it_was_named_before(client: Client) -> None:
    rows = client.get("task", {"limit": 100, "sortBy": BY_ID, "fields": ["parent"], "filter": filtered(ANY)})[
        "data"
    ]
    assert all("status" in row for row in rows)
    parents = [row["parent"] for row in rows if row["parent"]]
    assert any(parent.keys() == WHOLE for parent in parents)


def test_the_included_form_has_links_only_and_shows_each_object_once(client: Client) -> None:
    fields = ["positions", "auditors", "comments", "attaches", "lastComment"]
    ordinary = client.get("deal", {"sortBy": BY_ID, "fields": fields})
    document = client.get("deal", {"sortBy": BY_ID, "fields": fields}, x_use_included_response="true")
    assert "included" not in ordinary
    for row in document["data"]:
        assert all(one.keys() == WHOLE for one in list(named(row))[1:])
    shown = [(one["contentType"], one["id"]) for one in document["included"]]
    assert len(shown) == len(set(shown))
    linked = {(one["contentType"], one["id"]) for row in document["data"] for one in list(named(row))[1:]}
    rows = {(row["contentType"], row["id"]) for row in document["data"]}
    assert linked - rows <= set(shown)
    assert any(one["contentType"] == "OfferRow" for one in document["included"])


@pytest.mark.parametrize(
    ("choice", "without", "with_header"), [("always", True, True), ("never", False, False)]
)
def test_the_included_form_may_be_there_always_or_never(
    choice: str, without: bool, with_header: bool
) -> None:
    client = small(included=choice)
    assert ("included" in client.get("deal/28001")) is without
    assert ("included" in client.get("deal/28001", x_use_included_response="true")) is with_header


def test_the_bytes_have_three_shapes_and_one_meaning() -> None:
    bodies = {
        form: small(json_form=form).answer("deal/28002").body for form in ("compact", "spaced", "escaped")
    }
    assert len({json.dumps(json.loads(body)) for body in bodies.values()}) == 1
    assert b'{"meta":{"status":200,' in bodies["compact"]
    assert b'"meta": {\n' in bodies["spaced"]
    assert bodies["escaped"].isascii()
    assert b"<\\/p>" in bodies["escaped"]


def test_a_short_form_tells_the_same_as_the_card(client: Client) -> None:
    account = client.sandbox.account
    for content_type, kind in account.kinds.items():
        for index in range(kind.count):
            body = kind.body(index)
            if "id" not in body:
                continue  # the right to see a space, which nothing can name
            expected = {name: body[name] for name in kind.in_short if name in body}
            assert kind.short(index) == {"contentType": content_type, "id": body["id"], **expected}
