"""Every way in which Odoo says no is understood: what to do next, and what to tell."""

import pytest
from crmexport_odoo import Odoo
from crmexport_odoo.definitions import plan_of

from crmexport.errors import ConfigurationError
from crmexport.source import GapKind, Request, Response, Verdict
from tests.odoo.recordings import answer, card_asked, definitions_asked, made, odoo, only, page_asked

RPC = {"api": "jsonrpc", "database": "firm"}


def count_asked(connector: Odoo) -> Request:
    return connector._questions._count("res.partner", [], "res.partner", {})


@pytest.mark.parametrize(
    "name, status, verdict",
    [
        ("failure.wrong_key", 401, Verdict.EXPIRED),
        ("failure.no_model", 404, Verdict.VANISHED),
        ("failure.no_method", 404, Verdict.VANISHED),
        ("failure.bad_arguments", 500, Verdict.FAULTY),
    ],
)
def test_verdicts_of_json2(name: str, status: int, verdict: Verdict) -> None:
    """JSON-2 uses HTTP statuses."""
    connector = odoo()
    assert connector.verdict(count_asked(connector), answer(name, status)) is verdict


@pytest.mark.parametrize(
    "model, verdict",
    [
        ("crm.lead", Verdict.ANSWER),
        ("ir.attachment", Verdict.REFUSED),
        ("res.partner", Verdict.REFUSED),
        ("res.users", Verdict.REFUSED),
    ],
)
def test_an_app_may_not_be_there_and_the_base_of_all_apps_always_is(model: str, verdict: Verdict) -> None:
    """Something in between that hides /json/2/ir.attachment would have hidden all files, and the pull have been complete."""
    connector = odoo()
    asked = definitions_asked(connector, model)
    assert connector.verdict(asked, answer("failure.no_model", 404)) is verdict


@pytest.mark.parametrize(
    "name, verdict",
    [
        ("rpc.failure.expired", Verdict.EXPIRED),
        ("rpc.failure.no_access_to_model", Verdict.REFUSED),
        ("rpc.failure.wrong_company", Verdict.REFUSED),
        ("rpc.failure.no_model", Verdict.VANISHED),
        ("rpc.page.res.partner", Verdict.ANSWER),
    ],
)
def test_verdicts_of_jsonrpc(name: str, verdict: Verdict) -> None:
    """JSON-RPC answers 200 and puts the failure inside."""
    connector = odoo(**RPC)
    assert connector.verdict(count_asked(connector), answer(name)) is verdict


@pytest.mark.parametrize(
    "name, status, verdict",
    [
        ("psycopg2.errors.SerializationFailure", 500, Verdict.TRANSIENT),
        ("odoo.exceptions.LockError", 409, Verdict.TRANSIENT),
        ("odoo.exceptions.UserError", 422, Verdict.REFUSED),
        ("werkzeug.exceptions.UnprocessableEntity", 422, Verdict.REFUSED),
        ("odoo.http.SessionExpiredException", 403, Verdict.EXPIRED),
        ("odoo.exceptions.MissingError", 404, Verdict.VANISHED),
        ("werkzeug.exceptions.TooManyRequests", 429, Verdict.THROTTLED),
        ("builtins.ZeroDivisionError", 500, Verdict.FAULTY),
        ("", 502, Verdict.TRANSIENT),
    ],
)
def test_the_exception_decides_before_the_status(name: str, status: int, verdict: Verdict) -> None:
    """A locked row passes, a session that ran out is renewed, whatever number came with it."""
    connector = odoo()
    body = made({"name": name, "message": "…"}).body
    assert connector.verdict(count_asked(connector), Response(status, {}, body)) is verdict


def test_html_from_a_proxy_is_passing() -> None:
    """A gateway's page is no answer of Odoo's, in either protocol."""
    for connector in (odoo(), odoo(**RPC)):
        gateway = Response(502, {}, b"<html>Bad gateway</html>")
        assert connector.verdict(count_asked(connector), gateway) is Verdict.TRANSIENT


@pytest.mark.parametrize("options", [{}, RPC])
def test_a_page_is_no_word_of_odoos(options: dict[str, str]) -> None:
    """A firewall's, or that of a server under repair: for it no app is missing, and no pull has come to a wrong address."""
    connector = odoo(**options)
    later = [
        count_asked(connector),
        definitions_asked(connector, "crm.lead"),
        connector.card("crm.lead", "5"),
        *connector.sweep(),
    ]
    for asked in later:
        assert asked is not None
        for status, verdict in ((200, Verdict.TRANSIENT), (302, Verdict.TRANSIENT), (404, Verdict.FAULTY)):
            assert connector.verdict(asked, Response(status, {}, b"<html>Technical works")) is verdict
        assert connector.verdict(asked, Response(200, {}, b"")) is Verdict.TRANSIENT


@pytest.mark.parametrize(
    "options, name, status", [({}, "failure.no_model", 404), (RPC, "rpc.failure.no_model", 200)]
)
def test_an_app_that_is_not_installed(options: dict[str, str], name: str, status: int) -> None:
    """A model that does not exist is an empty stream, not a gap, and no more is asked about it."""
    connector = odoo(**options)
    asked = definitions_asked(connector, "crm.lead")
    missing = answer(name, status)
    assert connector.verdict(asked, missing) is Verdict.ANSWER
    reading = connector.read(asked, missing)
    assert reading.announced == [("fields", "crm.lead", 0), ("crm.lead", "all", 0)]
    assert not reading.gaps and not reading.requests and not connector.rows(asked, missing)


def test_a_record_of_an_app_that_was_removed() -> None:
    """A link to it leads nowhere any more, which is told."""
    connector = odoo()
    asked = definitions_asked(connector, "crm.lead", connector.card("crm.lead", "5"))
    gap = only(connector.read(asked, answer("failure.no_model", 404)).gaps)
    assert gap[:3] == ("crm.lead", "5", GapKind.VANISHED)


@pytest.mark.parametrize("body", [b"<!DOCTYPE html><p>No database is selected", b"{}"])
def test_no_such_api(body: bytes) -> None:
    """An older Odoo, or none at all: the person is told what to set."""
    connector = odoo()
    first = only(connector.opening(None))
    assert connector.verdict(first, Response(404, {}, body)) is Verdict.ANSWER
    with pytest.raises(ConfigurationError, match="--set api=jsonrpc --set database=NAME"):
        connector.read(first, Response(404, {}, body))


def with_fields(
    connector: Odoo, *fields: str, computed: dict[str, list[str]] | None = None, model: str = "res.partner"
) -> Request:
    told = {
        **page_asked(connector).context,
        "model": model,
        "fields": list(fields),
        "computed": computed or {},
    }
    return connector._questions.records({**told, "links": {}, "lists": {}}, [41, 42])


def asked_once_more(connector: Odoo, request: Request, refusal: Response) -> Request:
    """The same question, which differs by nothing but a word that Odoo ignores."""
    again = mended(connector, request, refusal)
    assert again.context["fields"] == request.context["fields"]
    assert again.key != request.key and again.worth < request.worth
    return again


def mended(connector: Odoo, request: Request, refusal: Response) -> Request:
    assert connector.verdict(request, refusal) is Verdict.ANSWER
    reading = connector.read(request, refusal)
    assert not reading.gaps, (
        "nothing is lost before the next answer shows that this was what stood in the way"
    )
    again: Request = only(reading.requests)
    assert again.context["ids"] == [41, 42]
    return again


@pytest.mark.parametrize(
    "refusal, field",
    [("rpc.failure.unreadable_relation", "rtc_session_ids"), ("rpc.failure.secret_field", "totp_secret")],
)
def test_a_field_that_may_not_be_read(refusal: str, field: str) -> None:
    """It is left out, the rest is asked for again, and what was stored in it is a gap with Odoo's own words."""
    connector = odoo(**RPC)
    again = mended(connector, with_fields(connector, "name", field), answer(refusal))
    assert again.context["fields"] == ["name"]
    gap = only(connector.read(again, answer("rpc.page.res.partner")).gaps)
    assert gap[:3] == ("fields", f"res.partner.{field}", GapKind.REFUSED)
    assert field in gap.reason and "\n" not in gap.reason


def test_of_fields_that_are_refused_one_after_the_other_each_is_a_gap() -> None:
    connector = odoo(**RPC)
    request = with_fields(connector, "name", "totp_secret", "rtc_session_ids")
    for refusal in ("rpc.failure.unreadable_relation", "rpc.failure.secret_field"):
        request = mended(connector, request, answer(refusal))
    gaps = connector.read(request, answer("rpc.page.res.partner")).gaps
    assert {gap.id for gap in gaps} == {"res.partner.totp_secret", "res.partner.rtc_session_ids"}


def test_a_field_of_a_newer_or_older_version() -> None:
    """A field that is gone when its page comes is left out, once Odoo has said so twice."""
    connector = odoo()
    refusal = answer("failure.no_such_field", 500)
    doubted = asked_once_more(connector, with_fields(connector, "name", "x_gone"), refusal)
    assert mended(connector, doubted, refusal).context["fields"] == ["name"]


def test_a_computed_field_that_comes_from_a_hidden_one() -> None:
    """Odoo names a field that was not asked for: those computed from it go, which is told; it stores none, so nothing is lost."""
    connector = odoo()
    computed = {"is_rotting": ["stage_id.rotting"], "warning": ["is_rotting"], "color": ["partner_id"]}
    request = with_fields(connector, "name", *computed, computed=computed, model="project.project")
    again = mended(connector, request, answer("failure.computed_from_hidden", 403))
    assert again.context["fields"] == ["name", "color"]
    told = {gap[1:3] for gap in connector.read(again, made([{"id": 41}, {"id": 42}])).gaps}
    assert told == {(f"project.project.{name}", GapKind.NOT_GIVEN) for name in ("is_rotting", "warning")}


def test_a_server_that_stumbles_over_some_computed_field() -> None:
    """Where nobody says which, all computed ones go after the second time; if that does not help, they come back, and a single
    record is tried.
    """
    connector = odoo()
    fault = Response(500, {}, made({"name": "builtins.KeyError", "message": "boom"}).body)
    asked = with_fields(connector, "name", "score", computed={"score": []})
    again = mended(connector, asked_once_more(connector, asked, fault), fault)
    assert again.context["fields"] == ["name"]
    assert connector.verdict(again, fault) is Verdict.ANSWER
    sample = only(connector.read(again, fault).requests)
    assert (sample.context["ids"], sample.context["fields"]) == ([42], ["name", "score"])


def test_a_sample_tells_whether_to_look_for_the_record_that_stands_in_the_way() -> None:
    """Each of the others is asked for then, in halves of halves."""
    connector = odoo()
    fault = Response(500, {}, made({"name": "builtins.KeyError", "message": "boom"}).body)
    asked = with_fields(connector, "name")
    asked = connector._questions.records(dict(asked.context), [41, 42, 43, 44])
    sample = only(connector.read(asked, fault).requests)
    assert sample.context["ids"] == [43]
    halves = connector.read(sample, made([{"id": 43}])).requests
    assert [one.context["ids"] for one in halves] == [[41], [42, 44]]
    assert [one.context["ids"] for one in connector.read(halves[1], fault).requests] == [[42], [44]]


def test_a_sample_that_is_left_out_of_its_answer_costs_the_others_nothing() -> None:
    """It alone is asked for without what Odoo works out, and once it has come, none of the others is asked for so."""
    connector = odoo()
    asked = with_fields(connector, "name", "score", computed={"score": []})
    sample = connector._questions.records({**asked.context, "sample_of": [42]}, [41])
    bare, other = connector.read(sample, made([])).requests
    assert (bare.context["ids"], bare.context["fields"]) == ([41], ["name"])
    assert (other.context["ids"], other.context["fields"]) == ([42], ["name", "score"])
    assert connector.read(bare, made([{"id": 41}])).requests == []


def test_the_name_of_a_user_outlives_what_is_read_from_an_employee() -> None:
    """Whoever may not see employees is refused all that Odoo 19 copies from them (`hr`, `res.users`), and told of a field of theirs.

    What a user has from the partner is left out last.
    """
    connector = odoo()
    computed = {"score": [], "name": ["partner_id.name"], "work_email": ["employee_id.work_email"]}
    asked = with_fields(connector, "login", *computed, computed=computed, model="res.users")
    copies = {"copies": ["name", "work_email"], "links": {"partner_id": "res.partner"}}
    asked = asked.replace(context={**asked.context, **copies})
    words = 'You do not have enough rights to access the field "version_id" on Employee (hr.employee).'
    refusal = Response(403, {}, made({"name": "odoo.exceptions.AccessError", "message": words}).body)
    fewer = mended(connector, asked_once_more(connector, asked, refusal), refusal)
    assert fewer.context["fields"] == ["login", "name", "work_email"]
    fewer = mended(connector, asked_once_more(connector, fewer, refusal), refusal)
    assert fewer.context["fields"] == ["login", "name"]
    fewer = mended(connector, asked_once_more(connector, fewer, refusal), refusal)
    assert fewer.context["fields"] == ["login"]
    told = connector.read(fewer, made([{"id": 41}, {"id": 42}])).gaps
    assert {gap.id for gap in told} == {f"res.users.{name}" for name in computed}


@pytest.mark.parametrize(
    "status, body, verdict",
    [
        (500, b"<html>Internal Server Error</html>", Verdict.FAULTY),
        (403, b"<html>Forbidden</html>", Verdict.FAULTY),
        (500, b'{"name": "builtins.MemoryError", "message": "\'score\'"}', Verdict.TRANSIENT),
        (500, b'{"name": "builtins.ZeroDivisionError", "message": "\'score\'"}', Verdict.FAULTY),
    ],
)
def test_no_field_is_blamed_for_what_may_pass(status: int, body: bytes, verdict: Verdict) -> None:
    """A page of what stands before Odoo, a lack of memory, another error than the one met before."""
    connector = odoo()
    asked = with_fields(connector, "name", "score", computed={"score": []})
    fault = Response(500, {}, made({"name": "builtins.KeyError", "message": "boom"}).body)
    doubted = asked_once_more(connector, asked, fault)
    assert connector.verdict(doubted, Response(status, {}, body)) is verdict


def test_a_field_that_differs_by_company_is_no_computed_one() -> None:
    """Up to Odoo 17 it is called not stored; a person typed it all the same. From 18 on it is stored."""
    by_company = {"type": "float", "store": False, "company_dependent": True, "depends": []}
    plan = plan_of("res.partner", {"credit_limit": by_company, "score": {"type": "float", "store": False}})
    assert (plan.fields, plan.computed) == (["credit_limit", "score"], {"score": []})


def test_a_model_that_may_not_be_read() -> None:
    """Once only stored fields are asked for, and of a single record, no is no."""
    connector, refusal = odoo(**RPC), answer("rpc.failure.no_access_to_model")
    request = with_fields(connector, "name", model="crm.lead")
    assert connector.verdict(request, refusal) is Verdict.ANSWER
    sample = only(connector.read(request, refusal).requests)
    assert connector.verdict(sample, refusal) is Verdict.REFUSED


def test_a_card_is_mended_too() -> None:
    """The question for one record loses the same fields."""
    connector = odoo()
    request = card_asked(connector, "res.partner", "10")
    refusal = Response(
        403, {}, made({"name": "odoo.exceptions.AccessError", "message": 'the field "comment" on'}).body
    )
    again = only(connector.read(request, refusal).requests)
    assert "comment" in request.context["fields"]
    assert "comment" not in again.context["fields"]
    assert again.path.endswith("/read")


def of_task(connector: Odoo) -> Request:
    """A question for tasks, which have lists of hours, of tasks beneath them, and of what is planned."""
    ends = {
        "timesheet_ids": "account.analytic.line",
        "child_ids": "project.task",
        "activity_ids": "mail.activity",
    }
    asked = with_fields(connector, "name", *ends, model="project.task")
    told = {**asked.context, "ends": [[name, model] for name, model in ends.items()]}
    return connector._questions.records(told, [41, 42])


def hidden(model: str) -> Response:
    """What Odoo 14 says where a rule hides a record of this model, or its rights the model as a whole: it names no field."""
    words = f"You are not allowed to access 'Записи' ({model}) records."
    return Response(403, {}, made({"name": "odoo.exceptions.AccessError", "message": words}).body)


def test_one_task_that_is_hidden_costs_no_list_of_the_others() -> None:
    """The model named is the one asked for: no list leads to what may not be read."""
    connector = odoo()
    sample = only(connector.read(of_task(connector), hidden("project.task")).requests)
    assert sample.context["ids"] == [42]
    assert "child_ids" in sample.context["fields"]
    assert connector.read(sample, made([{"id": 42}])).gaps == []


def test_lists_that_were_not_what_stood_in_the_way_come_back() -> None:
    """Something else that is worked out for one of the tasks looks at what is planned."""
    connector, refusal = odoo(), hidden("mail.activity")
    asked = of_task(connector)
    fewer = mended(connector, asked, refusal)
    assert fewer.context["fields"] == ["name", "timesheet_ids", "child_ids"]
    sample = only(connector.read(fewer, refusal).requests)
    assert (sample.context["ids"], sample.context["fields"]) == ([42], asked.context["fields"])
    assert connector.read(sample, made([{"id": 42}])).gaps == []
