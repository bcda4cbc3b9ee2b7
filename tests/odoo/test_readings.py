"""What recorded answers teach stays what it was: records with exact bytes, questions, files, counts, links."""

import json

import pytest
from crmexport_odoo import Odoo

from crmexport.source import Request, Response, Verdict
from crmexport.source.contract import rows_in
from tests.odoo.recordings import (
    URL,
    answer,
    card_asked,
    check_golden,
    definitions_asked,
    made,
    odoo,
    only,
    page_asked,
    records_asked,
    shown,
)

MODELS = ["res.partner", "mail.message", "ir.attachment"]


def test_the_first_questions() -> None:
    """A pull opens with one question; who we are and which companies we see go into all that follow."""
    connector = odoo()
    first = only(connector.opening(None))
    companies = only(connector.read(first, answer("who")).requests)
    check_golden(
        "opening", [shown(connector, first, answer("who")), shown(connector, companies, answer("companies"))]
    )


@pytest.mark.parametrize("model", MODELS)
def test_definitions(model: str) -> None:
    """Every field is a record of its own, and only what can be read of it is asked for."""
    connector = odoo()
    check_golden(
        f"definitions.{model}",
        shown(connector, definitions_asked(connector, model), answer(f"definitions.{model}")),
    )


@pytest.mark.parametrize("model", MODELS)
def test_pages(model: str) -> None:
    """Records, links to pulled records only, parents of messages, files of attachments that have bytes."""
    connector = odoo()
    check_golden(f"page.{model}", shown(connector, records_asked(connector, model), answer(f"page.{model}")))


def test_both_protocols_teach_the_same() -> None:
    """JSON-RPC only wraps the answer: records and links are equal, and lie where they are said to lie."""
    plain, wrapped = odoo(), odoo(api="jsonrpc", database="firm")
    one = plain.read(records_asked(plain), answer("page.res.partner"))
    body = answer("rpc.page.res.partner")
    two = wrapped.read(records_asked(wrapped), body)
    assert [row.value for row in one.records] == [row.value for row in two.records]
    assert [json.loads(body.body[row.start : row.end]) for row in two.records] == [
        row.value for row in two.records
    ]
    assert one.links == two.links


def test_what_was_pulled_in_one_protocol_is_read_by_whoever_speaks_the_other() -> None:
    """An archive may have been pulled in both; its connector is made with the options of the last pull."""
    plain, wrapped = odoo(), odoo(api="jsonrpc", database="firm")
    for old, name in ((plain, "page.res.partner"), (wrapped, "rpc.page.res.partner")):
        asked = records_asked(old)
        assert old.rows(asked, answer(name))
        for one in (plain, wrapped):
            assert one.rows(asked, answer(name)) == old.rows(asked, answer(name))


@pytest.mark.parametrize("model", MODELS)
def test_rows_again_years_later(model: str) -> None:
    """The records can be read again from a stored question and its stored answer alone."""
    connector = odoo()
    request = records_asked(connector, model)
    stored = Request.load(request.dump())
    assert rows_in(Odoo(connector.account), stored, answer(f"page.{model}")) == (
        connector.read(request, answer(f"page.{model}")).records
    )


def test_secrets_of_records_are_not_asked_for() -> None:
    """Whoever holds an attachment's access token can open it without signing in; it stays where it is."""
    connector = odoo()
    fields = records_asked(connector, "ir.attachment").context["fields"]
    assert "write_date" in fields
    assert not {"access_token", "datas", "index_content"} & set(fields)


def test_count() -> None:
    """Odoo's own count is announced for the stream it was asked for."""
    connector = odoo()
    asked = connector.read(
        definitions_asked(connector, "ir.attachment"), answer("definitions.ir.attachment")
    ).requests
    counts = [request for request in asked if request.context["step"] == "count"]
    told = [only(connector.read(request, answer("count")).announced) for request in counts]
    assert told == [("ir.attachment", "all", 510), ("file", "all", 510)]
    assert '["type","=","binary"]' in (counts[1].body or "")


def test_card() -> None:
    """One record is asked for by number, and its questions differ from those of every other card and of the pull."""
    connector = odoo()
    asked = card_asked(connector, "res.partner", "10")
    assert asked.subject == ("res.partner", "10")
    assert '"ids":[10]' in (asked.body or "")
    reading = connector.read(asked, answer("page.res.partner"))
    assert [row.id for row in reading.records]
    assert not reading.requests
    first = [
        only(connector.opening(None)),
        connector.card("res.partner", "10"),
        connector.card("res.partner", "11"),
    ]
    assert len({request.key for request in first if request}) == 3


def test_card_of_what_is_gone() -> None:
    """Two empty answers to questions for one record mean that it has vanished: one may come of a field that is worked out."""
    connector = odoo()
    again = only(connector.read(card_asked(connector, "res.partner", "999999"), answer("gone")).requests)
    assert "im_status" not in again.context["fields"] and "comment" in again.context["fields"]
    reading = connector.read(again, answer("gone"))
    assert [gap[:2] for gap in reading.gaps] == [("res.partner", "999999")]
    assert reading.gaps[0].kind.value == "vanished"


@pytest.mark.parametrize(
    "stream, id", [("fields", "res.partner.name"), ("res.partner", "False"), ("helpdesk.ticket", "1")]
)
def test_no_card(stream: str, id: str) -> None:
    """What cannot be asked for by number has no card."""
    assert odoo().card(stream, id) is None


def test_bytes_that_are_gone() -> None:
    """A deleted attachment is told apart from an empty one, in both protocols."""
    for options, gone in (({}, "gone"), ({"api": "jsonrpc", "database": "firm"}, "rpc.gone")):
        connector = odoo(**options)
        request = connector._questions.bytes_of(999999, 5)
        assert connector.verdict(request, answer(gone)) is Verdict.VANISHED
    assert odoo().verdict(odoo()._questions.bytes_of(55, 0), answer("bytes.empty")) is Verdict.ANSWER


def test_where_the_bytes_lie() -> None:
    """The request for a file says where in its answer the bytes are, and how many there must be."""
    plain, wrapped = odoo(), odoo(api="jsonrpc")
    assert plain._questions.bytes_of(7, 0).context == {"decode": [None, "datas", "base64"], "size": 0}
    assert wrapped._questions.bytes_of(7, None).context == {"decode": ["result", "datas", "base64"]}


@pytest.mark.parametrize("body", [b"", b"[{", b"<html></html>", b'[{"name": "no number"}]', b"[1]"])
def test_foreign_bodies(body: bytes) -> None:
    """What is not a list of records is refused, not taken for an empty page."""
    connector = odoo()
    with pytest.raises(ValueError):
        connector.read(records_asked(connector), Response(200, {}, body))
    with pytest.raises(ValueError):
        connector.read(page_asked(connector), Response(200, {}, body))


NO_LISTS = [b"null", b"5", b"[5]", b"{}"]


@pytest.mark.parametrize(
    "step, bodies",
    [
        ("who", [b"null", b"5", b"[]", b'{"uid": "5"}']),
        ("companies", [*NO_LISTS, b"[]"]),
        ("definitions", [b"null", b"5", b"[]", b"[5]", b"[{}, {}]"]),
        ("count", [b"null", b"[]", b'"5"']),
        ("page", [*NO_LISTS, b'[{"name": "5"}]']),
        ("records", [b"null", b"5", b"[5]", b"{}", b'[{"name": "5"}]']),
        ("else", [*NO_LISTS, b'[{"count": 5}]']),
        ("glimpse", [*NO_LISTS, b'[{"name": "5"}]']),
    ],
)
@pytest.mark.parametrize("api", ["json2", "jsonrpc"])
def test_what_is_no_answer_to_a_question_teaches_nothing(api: str, step: str, bodies: list[bytes]) -> None:
    """Taken for an empty one it would end a list, or a model, without a word."""
    connector = odoo() if api == "json2" else odoo(api=api, database="firm")
    page = page_asked(connector)
    told = dict(page.context)
    asked = [
        only(connector.opening(None)),
        connector._questions.companies({}, 2, {}),
        definitions_asked(connector, "res.partner"),
        *connector._questions.counts(told),
        page,
        records_asked(connector),
        connector._questions.others({}, {}),
        connector._questions.glimpse({**told, "linking": ["parent_id"]}, [41]),
    ]
    request = next(one for one in asked if one.context["step"] == step)
    for body in bodies:
        whole = body if api == "json2" else b'{"jsonrpc": "2.0", "id": null, "result": %b}' % body
        with pytest.raises(ValueError):
            connector.read(request, Response(200, {}, whole))


def test_false_is_no_link() -> None:
    """Odoo writes false for "none", and false for the title of a record that has none."""
    connector = odoo()
    page = made(
        [{"id": 1, "parent_id": [7, False], "user_id": False, "child_ids": [8, 9], "write_date": False}]
    )
    reading = connector.read(records_asked(connector), page)
    assert reading.links == {("res.partner", "7"), ("res.partner", "8"), ("res.partner", "9")}
    assert reading.records[0].modified is None


def test_what_a_text_shows_is_fetched() -> None:
    """A picture picked from the library hangs on another record, or on none; what another database shows is not ours."""
    connector = odoo()
    text = """<img src="/web/image/55-a1b2/plan.png?access_token=x"><a href='/web/content/56?download=true'>…</a>
        <img src="/web/image/res.partner/57/image_128"><img src="https://other.odoo.example/web/image/58">"""
    reading = connector.read(records_asked(connector), made([{"id": 1, "comment": text}]))
    assert reading.links == {("ir.attachment", "55"), ("ir.attachment", "56")}


@pytest.mark.parametrize(
    "text, number",
    [
        (f'<img src="{URL}/web/image/55-a1b2/plan.png">', "55"),
        (f'<a href="{URL.upper()}/web/content/55?download=true">…</a>', "55"),
        ('<p style="background: url(&quot;/web/image/55&quot;)">…</p>', "55"),
        ('<p style="background: url(&#39;/web/image/55&#39;)">…</p>', "55"),
        (
            '<span data-embedded="file" data-embedded-props="{&quot;fileData&quot;:{&quot;checksum&quot;:&quot;ab&quot;,'
            '&quot;id&quot;:55,&quot;name&quot;:&quot;plan.pdf&quot;,&quot;url&quot;:&quot;&quot;}}"></span>',
            "55",
        ),
        (f'<img src="https://old.example/?{URL}/web/image/55">', None),
        ('<img src="https://firm.odoo.example.evil.example/web/image/55">', None),
        ("at /web/image/55", None),
    ],
)
def test_every_spelling_of_an_address_within_the_own_database(text: str, number: str | None) -> None:
    """As an editor copies it, as an attribute quotes it, as a box for a file names it."""
    connector = odoo()
    reading = connector.read(records_asked(connector), made([{"id": 1, "comment": text}]))
    assert reading.links == ({("ir.attachment", number)} if number else set())


@pytest.mark.parametrize(
    "stream, url",
    [
        ("res.partner", "https://firm.odoo.example/web#id=7&model=res.partner&view_type=form"),
        ("mail.message", "https://firm.odoo.example/mail/message/7"),
        ("ir.attachment", "https://firm.odoo.example/web/content/7?download=true"),
        ("fields", None),
    ],
)
def test_source_url(stream: str, url: str | None) -> None:
    """A person finds the record again in Odoo's own pages."""
    assert odoo().source_url(stream, "7") == url
