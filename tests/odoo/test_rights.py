"""What rights and companies hide is not lost without a word, and does not stand in the way of the rest."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from crmexport_odoo.hidden import looked
from crmexport_odoo.protocols import Json2
from crmexport_odoo.questions import FIRST, Questions

from crmexport.archive import Archive
from crmexport.archive.equation import balances
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import GapKind, Request
from tests.odoo.firm import Firm
from tests.odoo.recordings import answer, odoo, only


def test_an_archived_company_is_not_named(tmp_path: Path) -> None:
    """Odoo refuses every question that names one; asked without `active_test`, it leaves it out by itself."""
    connector = odoo()
    asked = only(connector.read(only(connector.opening(None)), answer("who")).requests)
    assert "active_test" not in json.loads(asked.body or "")["context"]
    assert asked.context["settings"]["active_test"] is False
    with Firm(tmp_path / "a") as firm:
        assert firm.pull().complete


def hiding(firm: Firm, **hidden: int) -> Callable[[Asked], Answer | None]:
    """An Odoo whose tables have more rows than it shows to this user."""

    def own(asked: Asked) -> Answer | None:
        if not asked.path.endswith("/ir.model/search_read"):
            return None
        rows = json.loads(firm.box.answer(asked).body)
        return Answer(
            200,
            json.dumps(
                [
                    row | {"count": row["count"] + hidden.get(row["model"].replace(".", "_"), 0)}
                    for row in rows
                ]
            ).encode(),
        )

    return own


def test_what_rights_hide_is_counted_and_missed(tmp_path: Path) -> None:
    """Leads of colleagues are a loss with a number; what people keep to themselves is told, and is none."""
    with Firm(tmp_path / "a") as firm:
        firm.own = hiding(firm, crm_lead=5, project_task=2, project_task_type=7)
        assert not firm.pull().complete
        _see_what_is_told(firm)
        firm.own = lambda _asked: None
        assert firm.pull(full=True).complete


def _see_what_is_told(firm: Firm) -> None:
    gaps = firm.gaps()
    assert {key: gap.kind for key, gap in gaps.items() if key[1] == "hidden"} == {
        ("crm.lead", "hidden"): GapKind.REFUSED,
        ("project.task", "hidden"): GapKind.NOT_GIVEN,
        ("project.task.type", "hidden"): GapKind.NOT_GIVEN,
    }
    assert "keeps 13 of these and shows this user 8" in gaps["crm.lead", "hidden"].reason
    with Archive.open(firm.folder) as archive:
        leads = balances(archive, [])["crm.lead"]
    assert (leads.announced, leads.held, leads.refused, leads.unexplained) == (13, 8, 5, 0)


def test_hidden_hours_are_missed(tmp_path: Path) -> None:
    """Whoever may see only the own hours is not told of those of others, nor are they in any count."""
    with Firm(tmp_path / "a") as firm:
        firm.own = hiding(firm, account_analytic_line=4)
        assert not firm.pull().complete
        reason = firm.gaps()["account.analytic.line", "hidden"].reason
        assert "keeps 7 lines of analytic accounting and shows this user 3" in reason
    with Archive.open(firm.folder) as archive:
        hours = balances(archive, [])["account.analytic.line"]
    assert (hours.announced, hours.held, hours.refused, hours.unexplained) == (6, 2, 4, 0)


def test_lines_of_accounting_without_hours_are_not_looked_for(tmp_path: Path) -> None:
    """Where nobody writes hours, the question for all lines names a field that is not there, and nothing is told of them."""
    with Firm(tmp_path / "a") as firm:
        firm.box.unmade.add(("account.analytic.line", "project_id"))
        fails = Answer(500, b'{"name": "builtins.ValueError", "message": "Invalid field"}')
        few = hiding(firm, account_analytic_line=4)
        firm.own = lambda asked: few(asked) or (fails if b'"project_id","!="' in asked.body else None)
        assert firm.pull().complete


@pytest.mark.parametrize("made_again", [True, False])
def test_what_is_deleted_and_made_meanwhile_is_not_hidden(tmp_path: Path, made_again: bool) -> None:
    """A lead goes between the two numbers, and maybe another comes before they are asked for once more."""
    firm, rows = Firm(tmp_path / "a"), list[bytes]()

    def own(asked: Asked) -> Answer | None:
        if asked.path.endswith("/ir.model/search_read"):
            rows.append(asked.body)
            return hiding(firm, crm_lead=int(made_again or len(rows) == 1))(asked)
        return Answer(200, b"9") if made_again and b"crmexport_first" in asked.body else None

    firm.own = own
    with firm:
        firm.pull()
    assert ("crm.lead", "hidden") not in firm.gaps()
    assert sum(b"crm.lead" in body for body in rows) == (2 if made_again else 1)


@pytest.mark.parametrize(
    ("rows", "before", "now", "announced"),
    [(9, 9, 8, []), (9, 10, 8, []), (10, 7, 8, [2]), (10, 8, 7, [2]), (9, 8, 8, [1])],
)
def test_hidden_is_what_neither_look_found(rows: int, before: int, now: int, announced: list[int]) -> None:
    told = {"settings": {}, "model": "crm.lead", "rows": rows, FIRST: before}
    reading = looked(Questions(Json2()), Request("crm.lead", "/", context=told), now)
    assert [one.number for one in reading.announced] == announced
    assert len(reading.gaps) == len(announced) and reading.requests == []


def test_a_pull_of_changes_counts_nothing_of_the_kind(tmp_path: Path) -> None:
    """What is hidden tells of no changes; the sweep looks again."""
    with Firm(tmp_path / "a") as firm:
        looks = []
        for _time in range(2):
            assert firm.pull().complete
            looks.append(any(b"crmexport_rows" in one.body for one in firm.asked))
    assert looks == [True, False]


def test_whoever_may_not_compare_is_not_stopped(tmp_path: Path) -> None:
    """The look is refused, the rest is as ever."""
    refused = Answer(403, b'{"name": "odoo.exceptions.AccessError", "message": "no"}')
    with Firm(tmp_path / "a", lambda asked: refused if b"crmexport_rows" in asked.body else None) as firm:
        assert firm.pull().complete
