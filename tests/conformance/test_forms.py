"""Questions in the form of writes, and ids in other spellings: what the kit makes of a connector's own requests and answers."""

import re
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crmexport.conformance import all_checks, checked
from crmexport.conformance.asking import _told_twice
from crmexport.conformance.bench import Answered, Bench
from crmexport.conformance.declared import writing_forms
from crmexport.conformance.reading import _other_id
from crmexport.conformance.wholeness import no_end_is_told_too_early
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Reading, ReadRule, Request, Response, Row
from crmexport.source.reading import SubList
from tests.acme import Acme, AcmeRehearsal


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/crm.deal.list", "/crm.deal.delete"),
        ("/crm.deal.list.json?start=-1", "/crm.deal.delete.json?start=-1"),
        ("/api/deals/search/", "/api/deals/delete/"),
        ("/json/2/res.partner/search_read", "/json/2/res.partner/delete"),
    ],
)
def test_what_is_asked_by_post_may_write_under_another_name(path: str, written: str) -> None:
    """Where every call is a POST, the name of the method is all that tells a read from a deletion."""
    assert written in {form.path for form in writing_forms(Request("deal", path, "POST", body="{}"))}


def test_the_name_may_stand_in_the_body() -> None:
    body = '{"jsonrpc": "2.0", "method": "search_read", "params": {}}'
    forms = {form.body for form in writing_forms(Request("deal", "/jsonrpc", "POST", body=body))}
    assert '{"jsonrpc": "2.0", "method": "unlink", "params": {}}' in forms


def test_every_form_is_another_question() -> None:
    request = Request("deal", "/deals/list", "POST", body="{}")
    assert request.key not in {form.key for form in writing_forms(request)}


class Unwritten(AcmeRehearsal):
    """Its author thought of no writes."""

    def answer(self, asked: Asked) -> Answer:
        return super().answer(replace(asked, method="GET"))

    def writes(self) -> Iterator[Request]:
        yield from ()


class Posting(Acme):
    """Asks all by POST, and lets every POST through."""

    about = replace(Acme.about, reads=(*Acme.about.reads, ReadRule("POST", re.compile(r"/api/[\w.]+"))))

    def page(self, stream: str, name: str, told: dict[str, Any], after: str = "") -> Request:
        return super().page(stream, name, told, after).replace(method="POST")


def test_a_list_of_reads_that_lets_every_name_through_is_told() -> None:
    (meant,) = (one for one in all_checks() if one.name == "writes_are_refused")
    (result,) = checked(Posting, Unwritten, checks=[meant])
    assert "POST /api/add" in result.words


@pytest.mark.parametrize(
    ("told", "otherwise"),
    [
        ('{"id": 5}', '{"id": "5"}'),
        ('{"ID":"5","NAME":"x"}', '{"ID":5,"NAME":"x"}'),
        ('{"parent": {"Id" : 5}, "n": 55}', '{"parent": {"Id" : "5"}, "n": 55}'),
    ],
)
def test_an_id_is_spelt_otherwise_whatever_its_letters(told: str, otherwise: str) -> None:
    """Many sources write ID; the kit passed these by."""
    body = f'{{"items": [{told}]}}'.encode()
    start = body.index(told.encode())
    row = Row("deal", "5", {}, start, start + len(told))
    found = _other_id(Answered(Request("deal", "/deals"), Response(200, {}, body)), row)
    assert found is not None
    assert re.sub(rb"^.*?\[|\]\}$", b"", found).decode() == otherwise


@pytest.mark.parametrize(("parent", "complaints"), [(("deal", ""), 0), (("deal", "1"), 1)])
def test_definitions_are_asked_for_by_every_card_that_needs_them(
    parent: tuple[str, str], complaints: int
) -> None:
    """What hangs under a record is asked for once; the names of fields, by each card that has to name them."""
    found = Reading(records=[Row("field", "deal/name", {"name": "name"}, 0, 1, parent)])
    asked = [Answered(Request("field", f"/fields?card={id}"), Response(200, {}, b"[]")) for id in (1, 2)]
    bench = cast(Bench, SimpleNamespace(readings=[(one, found) for one in asked]))
    assert len(list(_told_twice(bench))) == complaints


@pytest.mark.parametrize(("pages", "complaints"), [((0,), 1), ((1,), 0), ((), 0), ((0, 1), 1)])
def test_an_end_that_is_told_too_early_is_seen(pages: tuple[int, ...], complaints: int) -> None:
    """The page after it may be refused: what stands there would be marked as deleted."""
    asked = [Answered(Request("note", f"/notes?page={n}"), Response(200, {}, b"[]")) for n in (0, 1)]
    found = [Reading(records=[Row("note", str(n), {}, 0, 1, ("deal", "1"))]) for n in (0, 1)]
    found[0].requests.append(asked[1].request)
    for page in pages:
        found[page].ended.append(SubList("note", ("deal", "1")))
    bench = cast(Bench, SimpleNamespace(readings=list(zip(asked, found, strict=True))))
    assert len(list(no_end_is_told_too_early(bench))) == complaints
