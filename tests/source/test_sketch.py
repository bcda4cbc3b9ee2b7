"""The sketch of a connector in CONTRIBUTING works as it stands, but for the sign-in."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import crmexport.source
from crmexport.source import Account, Announced, Connector, Request, Response, SignIn, Verdict
from crmexport.source.slices import pieces
from crmexport.text import N_

PAGE = Path(__file__).parents[2] / "CONTRIBUTING.md"


@pytest.fixture
def acme() -> Connector:
    code = re.findall(
        r"```python\n(class Acme\(Connector\).+?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL
    )[0]
    known: dict[str, Any] = {name: getattr(crmexport.source, name) for name in crmexport.source.__all__}
    known |= {"re": re, "replace": replace, "pieces": pieces, "N_": N_}
    exec(code, known)

    class Complete(known["Acme"]):  # type: ignore[misc]
        def sign_in(self) -> SignIn:
            raise NotImplementedError

    return Complete(Account("https://acme.test"))


def answer(told: object) -> Response:
    return Response(200, {}, json.dumps(told).encode())


def test_a_page_teaches_its_records_the_next_page_and_the_count(acme: Connector) -> None:
    people, _deals = acme.opening(None)
    page = answer({"items": [{"id": 7}], "next": "/api/v2/users?page=2", "total": 9})
    assert acme.verdict(people, page) is Verdict.ANSWER
    reading = acme.read(people, page)
    (row,) = reading.records
    assert (row.stream, row.id, page.body[row.start : row.end]) == ("user", "7", b'{"id": 7}')
    assert reading.requests == [replace(people, path="/api/v2/users?page=2")]
    assert reading.announced == [Announced("user", "all", 9)]
    assert acme.read(people, answer({"items": [], "total": 9})).requests == []


def test_a_card_is_read_and_every_request_only_reads(acme: Connector) -> None:
    card = acme.card("deal", "5")
    assert card is not None
    assert [row.id for row in acme.read(card, answer({"items": {"id": 5}})).records] == ["5"]
    asked = [*acme.opening(None), card]
    assert all(any(rule.allows(one) for rule in acme.about.reads) for one in asked)
    assert not any(
        rule.allows(Request("deal", one.path, "POST")) for rule in acme.about.reads for one in asked
    )
