"""Each trap of the Megaplan reference, §20, by its number, as it is laid in the sandbox: a careless question loses something
there, and the archive of a pull holds it.

`test_traps.py` holds the guards one by one; `test_guards.py` takes each away. docs/megaplan-traps.md names them all.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox, V1Behaviour
from crmexport_megaplan.sandbox.kinds import DELETED
from crmexport_megaplan.sandbox.people import is_seen

from crmexport.sandbox.exchange import Asked
from crmexport.source import Account, GapKind
from tests.megaplan.laid import HOSTILE, SIZES, Laid, asked_of_v1, keys
from tests.megaplan.mini import Mini
from tests.memory import in_memory
from tests.sandbox.asking import ANY, filtered

CLOSED = {"completed", "rejected", "cancelled"}
CONTRACTORS = ("contractorCompany", "contractorHuman")


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRMEXPORT_STATE", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture(scope="module")
def laid(state: None, tmp_path_factory: pytest.TempPathFactory) -> Laid:
    """An account that hides and cuts whatever it can, pulled once."""
    made = Laid(MegaplanSandbox(*SIZES, behaviour=HOSTILE), tmp_path_factory.mktemp("laid") / "archive")
    with in_memory(made.box) as url:
        assert made.pull(url).complete
    return made


@pytest.fixture(scope="module")
def older(state: None, tmp_path_factory: pytest.TempPathFactory) -> Laid:
    """The same company, pulled through the older API, far from Moscow."""
    box = MegaplanSandbox(40, 60, 80, v1=V1Behaviour(zone="Asia/Yekaterinburg"))
    made = Laid(box, tmp_path_factory.mktemp("older") / "archive", "v1")
    with in_memory(made.box) as url:
        assert made.pull(url).complete
    return made


def fresh(folder: Path, **behaviour: Any) -> Laid:
    """An account of its own, not pulled yet."""
    return Laid(MegaplanSandbox(24, 30, 40, behaviour=Behaviour(**behaviour)), folder / "archive")


def test_trap_1_tasks_without_a_filter_are_the_active_ones(laid: Laid) -> None:
    closed = {("task", id) for id, task in laid.true("task").items() if task["status"] in CLOSED}
    laid.sprung(keys(laid.client.walk("task")), closed)


def test_trap_2_retired_schemes_are_not_listed(laid: Laid) -> None:
    laid.sprung(keys(laid.client.walk("program")), {("program", id) for id in laid.true("program")})
    with in_memory(laid.box) as url:
        mini = Mini(Megaplan(Account(url)), laid.box)
        mini.add(mini.connector.opening(None))
        while mini.waiting:
            mini.step()
    assert {id for stream, id in mini.got.rows if stream == "program"} == set(laid.true("program")), "no card"
    fields = {key for key, line in laid.truth.items() if line.get("parent") == ["program", "16"]}
    assert fields and not fields - laid.held.keys()


def test_trap_3_the_fields_of_one_scheme_are_not_those_of_another(laid: Laid) -> None:
    fields = [row["name"] for row in laid.client.get("program/13/fields")["data"]]
    careless = {
        (row["id"], name) for row in laid.client.walk("deal", {"fields": fields}) for name in customs(row)
    }
    true = {(id, name) for id, deal in laid.true("deal").items() for name in customs(deal)}
    assert true - careless
    assert true == {
        (id, name) for (stream, id), deal in laid.held.items() if stream == "deal" for name in customs(deal)
    }


def test_trap_3_the_older_api_gives_no_field_that_is_not_named(older: Laid) -> None:
    careless = asked_of_v1(older.box, "/BumsTradeApiV01/Deal/list.api?Limit=100")["deals"]
    true = {(id, name) for id, deal in older.true("Deal").items() for name in customs(deal)}
    assert len(careless) == len(older.true("Deal")) and not [
        name for row in careless for name in customs(row)
    ]
    assert true and not {(id, name) for id, name in true if name not in older.held["Deal", id]}


def customs(row: dict[str, Any]) -> list[str]:
    return [name for name in row if "CustomField" in name and not name.endswith("Count")]


def test_trap_4_a_row_is_not_the_card_and_absent_is_not_empty(laid: Laid) -> None:
    wanted = ("positions", "payer", "tags", "auditors")
    assert not [row for row in laid.client.walk("deal") if set(wanted) & row.keys()]
    hidden, empty = 0, 0
    for id, deal in laid.true("deal").items():
        held = laid.held["deal", id]
        assert set(wanted) <= held.keys() and ("cost" in deal) is ("cost" in held)
        assert len(held["positions"]) == deal["positionsCount"]
        hidden, empty = hidden + ("cost" not in deal), empty + (held["payer"] is None)
    assert hidden and empty


def test_trap_5_what_was_shown_once_is_a_bare_link_after_that(laid: Laid) -> None:
    bare = [row["manager"] for row in laid.client.walk("deal") if "name" not in row["manager"]]
    assert any(manager["id"] != DELETED["Employee"] for manager in bare)
    for (stream, _id), deal in laid.held.items():
        manager = deal["manager"] if stream == "deal" else None
        assert manager is None or manager["id"] == DELETED["Employee"] or manager["name"]


def test_trap_6_months_count_from_nought(laid: Laid) -> None:
    told = {id: invoice["invoiceDate"] for id, invoice in laid.true("invoice").items()}
    assert 0 in {day["month"] for day in told.values()}, "January, or no month at all"
    made = {id: invoice["date"] for id, invoice in laid.entities("invoice").items()}
    assert made == {id: date(day["year"], day["month"] + 1, day["day"]) for id, day in told.items()}


def test_trap_7_an_abstract_cursor_is_refused_and_an_order_that_moves_skips_rows(tmp_path: Path) -> None:
    account = fresh(tmp_path, page_cap=2)
    abstract = {"pageAfter": {"contentType": "Contractor", "id": "1000501"}}
    assert account.client.answer("contractor", abstract).status == 422
    deals = sorted(account.true("deal"))
    by_change: dict[str, Any] = {
        "sortBy": [{"contentType": "SortField", "fieldName": "timeUpdated", "desc": False}]
    }
    page = account.client.get("deal", by_change)["data"]
    account.box.edits.change("deal", page[-1]["id"], name="the last one moves to the end")
    by_change["pageAfter"] = {"contentType": "Deal", "id": page[-1]["id"]}
    assert account.client.get("deal", by_change)["data"] == [] and len(page) < len(deals)
    with in_memory(account.box) as url:
        mini = Mini(Megaplan(Account(url)), account.box)
        mini.add(mini.connector.opening(None))
        while mini.waiting:  # what the lists give by themselves: links would lead to the others
            mini.step()
            account.box.edits.change("deal", deals[len(mini.got.asked) % len(deals)], name="somebody works")
    assert sorted(id for stream, id in mini.got.rows if stream == "deal") == deals


def test_trap_8_lists_are_mixed_and_ids_meet_in_them(laid: Laid) -> None:
    rows = laid.client.walk("task/1000002/comments")
    assert len({row["id"] for row in rows}) < len(rows) and len({row["contentType"] for row in rows}) > 1
    page = laid.client.get("task", {"limit": 30})["data"]
    assert {row["contentType"] for row in page} == {"Task", "Project"}
    for stream in ("task", "project", "comment", *CONTRACTORS):
        assert {id for of, id in laid.held if of == stream} == set(laid.true(stream)) != set()


def test_trap_9_requisites_stand_at_payers(laid: Laid) -> None:
    assert "inn" not in laid.client.get("contractorCompany/1000501")["data"]
    true = {id: (payer["inn"], payer["kpp"], payer["bik"]) for id, payer in laid.true("payer").items()}
    made = laid.entities("requisite")
    assert any(all(parts) for parts in true.values())
    for id, parts in true.items():
        assert tuple(made[id].get(name) or "" for name in ("inn", "kpp", "bik")) == parts


def test_trap_10_finished_events_are_hidden_and_their_results_are_comments(laid: Laid) -> None:
    owners = [f"deal/{id}" for id in laid.true("deal")]
    careless = keys(row for owner in owners for row in laid.client.walk(f"{owner}/todos"))
    careless |= keys(laid.client.walk("todo"))
    laid.sprung(careless, {("todo", id) for id in laid.true("todo")})
    results = {key for key, line in laid.truth.items() if line.get("parent", [""])[0] == "todo"}
    assert results and not results - laid.held.keys()


def test_trap_11_files_hide_and_a_sign_in_page_looks_like_one(laid: Laid) -> None:
    true = {id: line["sha256"] for (stream, id), line in laid.truth.items() if stream == "file"}
    careless = {
        file["id"]
        for stream in ("deal", "task", "project", *CONTRACTORS)
        for id in laid.true(stream)
        for file in laid.client.walk(f"{stream}/{id}/attaches")
    }
    assert set(true) - careless, "some hang on comments, events, and in extra fields"
    some = next(iter(laid.true("file").values()))
    answer = laid.box.site(Asked("GET", some["path"], "", {"authorization": "Bearer dead"}))
    assert answer.status == 200 and sha256(answer.body).hexdigest() not in true.values()
    assert laid.files == true
    owners = {(id, owner) for id in true if (owner := laid.owner_of(id))}
    assert owners <= laid.owners and {"comment", "deal"} <= {stream for _id, (stream, _record) in owners}


def test_trap_12_a_failure_within_a_success_and_an_empty_array_for_pagination(laid: Laid) -> None:
    dead = laid.client.answer("deal", authorization="Bearer dead")
    told = json.loads(dead.body)
    assert (dead.status, told["meta"]["status"], told["data"]) == (200, 401, [])
    assert laid.client.get("deal/28001")["meta"]["pagination"] == []
    assert laid.box.tokens.issued > 3, "tokens died in mid-pull, and nothing was taken for an empty list"
    assert {id for stream, id in laid.held if stream == "deal"} == set(laid.true("deal"))


def test_trap_13_what_a_filter_says_may_be_ignored(tmp_path: Path) -> None:
    account = fresh(tmp_path, program_filter=False)
    misspelt = {
        "contentType": "FilterTermString",
        "field": "timeChanged",
        "comparison": "equals",
        "value": "x",
    }
    for query in ({"q": "x"}, {"filter": filtered([misspelt], "TradeFilter")}):
        assert account.client.walk("deal", query) == account.client.walk("deal")
    with in_memory(account.box) as url:
        got = Mini(Megaplan(Account(url)), account.box).pull()
    for id, deal in account.true("deal").items():
        held = got.rows["deal", id].value
        assert held["program"]["id"] == deal["program"]["id"] and set(customs(deal)) <= held.keys()


@pytest.mark.parametrize("day_offset", [-12, 12])
def test_trap_13_a_day_begins_at_a_midnight_that_nobody_tells(day_offset: int, tmp_path: Path) -> None:
    account = fresh(tmp_path, day_offset=day_offset)
    noon = datetime(2027, 1, 1, 12, tzinfo=UTC)
    moments = [noon + timedelta(hours=hour) for hour in range(0, 24, 3)]
    changed = dict(zip(sorted(account.true("deal")), moments, strict=False))
    for id, at in changed.items():
        account.box.edits.change("deal", id, at=at.timestamp(), name=f"Изменено: {at}")
    for since in moments[::4]:
        with in_memory(account.box) as url:
            got = Mini(Megaplan(Account(url)), account.box).pull(since)
        told = {id for stream, id in got.rows if stream == "deal"}
        assert {id for id, at in changed.items() if at >= since} <= told


def test_trap_14_a_refresh_token_dies_with_its_use(state: None, tmp_path: Path) -> None:
    account = fresh(tmp_path, token_requests=40)
    first = account.box.tokens.grant(
        {"grant_type": "password", "username": account.box.login, "password": account.box.password}
    )
    account.box.tokens.grant({"grant_type": "refresh_token", "refresh_token": first["refresh_token"]})
    with pytest.raises(ValueError, match="invalid_grant"):
        account.box.tokens.grant({"grant_type": "refresh_token", "refresh_token": first["refresh_token"]})
    with in_memory(account.box) as url:
        assert account.pull(url).complete and account.box.tokens.issued > 3
        assert account.pull(url, password="forgotten").complete, "the newest pair was kept, and still opens"


def test_trap_15_comments_of_clients_come_by_their_concrete_route(laid: Laid) -> None:
    assert laid.client.answer("contractor/1000501/comments").status == 500
    comments = {key for key, line in laid.truth.items() if line.get("parent", [""])[0] in CONTRACTORS}
    assert comments and not comments - laid.held.keys()


def test_trap_15_a_route_that_always_fails_is_named_and_stops_nothing(state: None, tmp_path: Path) -> None:
    account = fresh(tmp_path, contractor_comments=False, contractor_history=False)
    company = next(iter(account.true("contractorCompany")))
    for route in ("contractor", "contractorCompany"):
        for child in ("comments", "history"):
            assert account.client.answer(f"{route}/{company}/{child}").status == 500
    with in_memory(account.box) as url:
        assert not account.pull(url).complete
    lost = account.truth.keys() - account.held.keys() - {("file", id) for id in account.files}
    assert {key[0] for key in lost} <= {"comment", "history", "file"} and lost
    named = {(gap.stream, gap.kind) for gap in account.gaps()}
    assert ("comment", GapKind.REFUSED) in named and "history" in {stream for stream, _kind in named}


def test_trap_16_whoever_may_not_see_everything_is_told_nothing(state: None, tmp_path: Path) -> None:
    account = fresh(tmp_path, restricted=True)
    page = account.client.get("deal", {"limit": 100})
    assert page["meta"]["status"] == 200 and page["meta"]["pagination"]["count"] < len(account.true("deal"))
    hidden = {
        (kind[:1].lower() + kind[1:], known.id(index))
        for kind, known in account.box.account.kinds.items()
        for index in range(known.count)
        if not is_seen(kind, index)
    }
    with in_memory(account.box) as url:
        assert not account.pull(url).complete
    assert not hidden & account.held.keys()
    refused = {(gap.stream, gap.id) for gap in account.gaps() if gap.kind is GapKind.REFUSED}
    assert {stream for stream, _id in refused & hidden} >= {"employee", "contractorCompany"}
    linked = {key for row in account.held.values() for key in named_in(row)}
    assert linked & hidden <= refused
    assert any("may not see" in one.title for one in Megaplan.about.not_given)


def named_in(value: Any) -> Iterator[tuple[str, str]]:
    """Every record that a value names."""
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from named_in(part)
    if isinstance(value, dict) and "contentType" in value and isinstance(value.get("id"), str):
        yield from keys([value])


def test_trap_17_who_left_and_what_is_a_template_is_not_listed(laid: Laid) -> None:
    fired = {("employee", id) for id, one in laid.true("employee").items() if not one["isWorking"]}
    laid.sprung(keys(laid.client.walk("employee")), fired)
    dropped = {
        ("contractorCompany", id) for id, one in laid.true("contractorCompany").items() if one["isDropped"]
    }
    laid.sprung(keys(laid.client.walk("contractor")), dropped)
    templates = {("task", id) for id, one in laid.true("task").items() if one["isTemplate"]}
    laid.sprung(keys(laid.client.walk("task", {"filter": filtered(ANY)})), templates)


def test_trap_18_hours_are_comments_dated_at_a_local_midnight(laid: Laid) -> None:
    true = {id: one for id, one in laid.true("comment").items() if one["workTime"]}
    careless = {id: one["workDate"]["value"][:10] for id, one in true.items()}
    made = laid.entities("time_entry")
    assert true and made.keys() == true.keys()
    for id, one in made.items():
        at = datetime.fromisoformat(true[id]["workDate"]["value"])
        assert one["date"] == (at + timedelta(hours=3)).date() != date.fromisoformat(careless[id])
        assert one["minutes"] * 60 == true[id]["workTime"]["value"]


def test_trap_19_a_link_changes_and_no_mark_tells_of_it(state: None, tmp_path: Path) -> None:
    account = fresh(tmp_path)
    before = account.true("deal")
    linked, free = (next(id for id, deal in before.items() if deal["dealsCount"] == n) for n in (1, 0))
    after = Laid(account.box, account.folder)
    with in_memory(account.box) as url:
        account.pull(url)
        start = f"deal/{linked}/Deal:"
        partner = next(id.removeprefix(start) for _stream, id in account.held if id.startswith(start))
        account.box.edits.link(linked, "deal", partner)  # no more
        account.box.edits.link(free, "deal", linked)
        account.box.edits.link(free, "task", "1000002")
        account.box.edits.change_quietly(
            "deal", free, contact={"contentType": "ContractorHuman", "id": "1000508"}
        )
        assert after.pull(url, full=True).complete
    assert times(before) == times(after.true("deal"))
    rows = {id for stream, id in after.held if stream.startswith("linked")}
    assert {id for id in rows if id.startswith(f"deal/{free}/")} == {
        f"deal/{free}/Deal:{linked}",
        f"deal/{free}/Task:1000002",
    }
    assert {id for id in rows if id.startswith(start)} == {start + free}
    assert after.true("deal")[partner]["dealsCount"] == 0
    assert not {id for id in rows if id.startswith(f"deal/{partner}/Deal:")}
    assert after.held["deal", free]["contact"]["id"] == "1000508"


def times(deals: dict[str, dict[str, Any]]) -> list[str]:
    return [deal["timeUpdated"]["value"] for deal in deals.values()]


def test_trap_20_operations_and_articles_have_no_list(laid: Laid) -> None:
    for route in (
        "finOperation",
        "knowledgeArticle",
    ):  # nor has this account the tree of its knowledge base: texts lead to articles
        assert laid.client.answer(route).status == 404
    for stream in ("finOperation", "knowledgeArticle"):
        assert {id for of, id in laid.held if of == stream} == set(laid.true(stream)) != set()
    titles = " ".join(one.title for one in Megaplan.about.not_given)
    assert "knowledge base that nothing leads to" in titles and "operations that belong to nothing" in titles


def test_trap_21_the_older_api_tells_local_times_without_saying_so(older: Laid) -> None:
    careless = asked_of_v1(older.box, "/BumsTradeApiV01/Deal/list.api?Limit=100")["deals"]
    newer = {id: deal["timeCreated"]["value"] for id, deal in _newer(older).items()}
    assert all(row["TimeCreated"].replace(" ", "T") != newer[str(row["Id"])][:19] for row in careless)
    made = {id: deal["created_at"].at for id, deal in older.entities("deal").items()}
    assert made == {id: datetime.fromisoformat(told) for id, told in newer.items()}


def _newer(account: Laid) -> dict[str, dict[str, Any]]:
    return {line["id"]: line["body"] for line in account.box.truth() if line["stream"] == "deal"}


def test_trap_22_neither_a_count_nor_a_short_page_is_the_end(laid: Laid) -> None:
    page = laid.client.get("task", {"limit": 100, "filter": filtered(ANY)})
    told = page["meta"]["pagination"]
    assert len(page["data"]) < 100 and told["count"] == len(page["data"]) and told["hasMoreNext"]
    laid.sprung(keys(page["data"]), {("task", id) for id in laid.true("task")})
