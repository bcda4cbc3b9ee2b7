"""One record that Odoo cannot give, or gives without a word about it, costs itself at most."""

import json
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from crmexport_odoo import mending
from crmexport_odoo.definitions import plan_of
from crmexport_odoo.sandbox import data, rehearsal

from crmexport.archive import Archive
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import GapKind, Response, Verdict
from tests.odoo.firm import Firm
from tests.odoo.recordings import odoo, records_asked

Told = dict[str, Any]
BAD = 5
FORBIDDEN = Answer(403, b'{"name": "odoo.exceptions.AccessError", "message": "top-secret records"}')
CRASHED = Answer(500, b'{"name": "builtins.KeyError", "message": "boom"}')
NO_MEMORY = Answer(500, b'{"name": "builtins.MemoryError", "message": ""}')
NO_TIME = Answer(500, b'{"name": "builtins.Exception", "message": "CPU time limit exceeded."}')
GONE = Answer(404, b'{"name": "odoo.exceptions.MissingError", "message": "Record does not exist"}')


@pytest.fixture(autouse=True)
def _worked_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Partners have a field that Odoo works out."""
    known = data.definitions
    score = {"name": "score", "string": "score", "type": "float", "store": False, "depends": ["name"]}

    def definitions(model: str) -> dict[str, data.Record]:
        return known(model) | ({"score": score} if model == "res.partner" else {})

    monkeypatch.setattr(rehearsal, "definitions", definitions)
    yield


def reads_partners(asked: Asked) -> Told | None:
    return json.loads(asked.body) if asked.path.endswith("/res.partner/read") else None


def with_bad(refusal: Answer, bad: Collection[int] = (BAD,)) -> Callable[[Asked], Answer | None]:
    """Whatever asks for one of these is refused as a whole."""
    return lambda asked: refusal if (told := reads_partners(asked)) and {*bad} & {*told["ids"]} else None


def held(firm: Firm) -> dict[int, Told]:
    with Archive.open(firm.folder) as archive:
        return {int(id): json.loads(body) for id, body, *_more in archive.records("res.partner")}


@pytest.mark.parametrize("refusal", [FORBIDDEN, CRASHED, GONE], ids=["forbidden", "crashed", "gone"])
def test_the_others_come_with_all_their_fields(tmp_path: Path, refusal: Answer) -> None:
    """And the gap names the one that does not. A later pull that may have it asks for it alone, or a sweep does."""
    with Firm(tmp_path / "a", with_bad(refusal)) as firm:
        assert firm.pull().complete is (refusal is GONE)
        assert set(held(firm)) == set(range(1, 13)) - {BAD}
        assert all("score" in partner for partner in held(firm).values())
        assert ("res.partner", "") not in firm.gaps()
        assert [key for key in firm.gaps() if key[0] == "res.partner" and key[1].isdecimal()] == [
            ("res.partner", str(BAD))
        ]
        assert not [key for key in firm.gaps() if key[0] == "fields" and key[1] != "other models"]
        firm.own = lambda _asked: None
        assert firm.pull(full=refusal is GONE).complete
        assert set(held(firm)) == set(range(1, 13))


@pytest.mark.parametrize(
    ("refusal", "field"), [(NO_MEMORY, "name"), (NO_TIME, "score")], ids=["memory", "time"]
)
def test_what_is_too_much_at_once_comes_in_parts(tmp_path: Path, refusal: Answer, field: str) -> None:
    """Long texts, or fields that take long to work out, of five hundred records: a few of them come, and with all fields."""

    def own(asked: Asked) -> Answer | None:
        told = reads_partners(asked)
        return refusal if told and field in told["fields"] and len(told["ids"]) > 3 else None

    with Firm(tmp_path / "a", own) as firm:
        assert firm.pull().complete
        assert set(held(firm)) == set(range(1, 13))
        assert all("score" in partner for partner in held(firm).values())


@pytest.mark.parametrize("status", [504, 524])
def test_what_a_proxy_does_not_wait_for_comes_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """Five hundred partners of a big company take Odoo longer than that, each time they are asked for."""
    monkeypatch.setattr(mending, "FEW", 2)
    gave_up = Answer(status, b"<html>Gateway Time-out</html>")

    def own(asked: Asked) -> Answer | None:
        told = reads_partners(asked)
        return gave_up if told and "score" in told["fields"] and len(told["ids"]) > 3 else None

    with Firm(tmp_path / "a", own) as firm:
        assert firm.pull().complete
        assert set(held(firm)) == set(range(1, 13))
        assert all("score" in partner for partner in held(firm).values())


def test_a_proxy_that_waits_for_no_few_records_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where even those do not come, nothing is divided any more."""
    request = records_asked(odoo())
    gave_up = Response(504, {}, b"<html>Gateway Time-out</html>")
    assert odoo().verdict(request, gave_up) is Verdict.TRANSIENT
    monkeypatch.setattr(mending, "FEW", 2)
    assert odoo().verdict(request, gave_up) is Verdict.ANSWER


def test_where_no_record_can_be_had_that_is_a_gap_of_the_list(tmp_path: Path) -> None:
    """A right that was taken away in mid-pull: after one sample, nothing is divided."""
    with Firm(tmp_path / "a", with_bad(FORBIDDEN, range(1, 13))) as firm:
        assert not firm.pull().complete
        assert ("res.partner", "") in firm.gaps()
        sizes = {len(told["ids"]) for asked in firm.asked if (told := reads_partners(asked))}
        assert sizes == {12, 1}


def without_bad(firm: Firm) -> Callable[[Asked], Answer | None]:
    """Odoo leaves a record out of an answer where a field would come from another record that is gone."""

    def own(asked: Asked) -> Answer | None:
        told = reads_partners(asked)
        if not told or "score" not in told["fields"]:
            return None
        rows = json.loads(firm.box.answer(asked).body)
        return Answer(200, json.dumps([row for row in rows if row["id"] != BAD]).encode())

    return own


def test_a_record_that_is_left_out_of_an_answer_is_asked_for_once_more(tmp_path: Path) -> None:
    """Without what Odoo works out, of which it says nothing but that the record is not there."""
    with Firm(tmp_path / "a") as firm:
        firm.own = without_bad(firm)
        assert firm.pull().complete
        partners = held(firm)
        assert set(partners) == set(range(1, 13))
        assert [number for number, partner in partners.items() if "score" not in partner] == [BAD]
        gap = firm.gaps()["fields", "res.partner.score"]
        assert gap.kind is GapKind.NOT_GIVEN and "not there any more" in gap.reason


def test_what_is_deleted_meanwhile_leaves_no_trace(tmp_path: Path) -> None:
    """Nothing came, so nothing was left out of it; whoever links to it learns that it is gone."""

    def own(asked: Asked) -> None:
        if reads_partners(asked):
            firm.box.records["res.partner"].pop(BAD, None)

    with Firm(tmp_path / "a", own) as firm:
        assert firm.pull().complete
        assert set(held(firm)) == set(range(1, 13)) - {BAD}
        assert not [key for key in firm.gaps() if key[0] == "fields" and key[1] != "other models"]


def test_what_repeats_another_record_is_left_out_last() -> None:
    """The name of a product stands in its template; Odoo calls it not stored, as it does the quantity in stock."""
    name = {
        "type": "char",
        "store": False,
        "related": "product_tmpl_id.name",
        "depends": ["product_tmpl_id.name"],
    }
    plan = plan_of("product.product", {"name": name, "qty": {"type": "float", "store": False}})
    assert (set(plan.computed), plan.copies) == ({"name", "qty"}, ["name"])
