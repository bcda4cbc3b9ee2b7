"""The connector sketched in CONTRIBUTING.md is a working one: what newcomers copy must run."""

import re
from pathlib import Path
from typing import Any

import crmexport.source as source
from crmexport.source import Account, Connector, Response, SignIn
from crmexport.source.slices import pieces
from crmexport.text import N_

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"
FIRST = b'{"total": 3, "next": "/api/v2/deals?page=2", "items": [{"id": 1}, {"id": 2}]}'


def sketched() -> Connector:
    """The sketch with a sign-in added, for an account that does not exist."""
    (code,) = re.findall(r"```python\n(class .*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names: dict[str, Any] = {**vars(source), "re": re, "pieces": pieces, "N_": N_}
    exec(code, names)

    class Whole(names["Acme"]):  # type: ignore[misc]
        def sign_in(self) -> SignIn:
            raise AssertionError("nobody signs in here")

    return Whole(Account("https://acme.example.com"))


def test_the_sketch_asks_reads_and_goes_on() -> None:
    connector = sketched()
    first = next(request for request in connector.opening(None) if request.stream == "deal")
    reading = connector.read(first, Response(200, {}, FIRST))
    assert [(row.stream, row.id, FIRST[row.start : row.end]) for row in reading.records] == [
        ("deal", "1", b'{"id": 1}'),
        ("deal", "2", b'{"id": 2}'),
    ]
    assert [request.path for request in reading.requests] == ["/api/v2/deals?page=2"]
    assert [one.number for one in reading.announced] == [3]


def test_the_sketch_asks_nothing_that_it_does_not_declare() -> None:
    connector = sketched()
    card = connector.card("deal", "5")
    assert card is not None
    asked = [*connector.opening(None), card]
    assert all(any(rule.allows(request) for rule in connector.about.reads) for request in asked)


def test_the_sketch_reads_a_card_too() -> None:
    connector = sketched()
    card = connector.card("deal", "5")
    assert card is not None
    reading = connector.read(card, Response(200, {}, b'{"items": {"id": 5}}'))
    assert [row.id for row in reading.records] == ["5"]
    assert (reading.requests, reading.announced) == ([], [])


def test_the_sketch_has_no_card_for_what_it_does_not_know() -> None:
    assert sketched().card("invoice", "5") is None
