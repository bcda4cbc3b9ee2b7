"""Histories are asked for where something happened, links where a counter tells of them, closed records included."""

from typing import Any

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.query import query_of

from crmexport.source import Account, Announced, GapKind, Request
from crmexport.source.reading import SubList
from tests.megaplan.builders import HOST, answer, asked_paths, file, link, listing, page, read

connector = Megaplan(Account(HOST))
SILENT = {"commentsCount": 0, "todosCount": 0, "attachesCount": 0}
UNLINKED = {"dealsCount": 0, "tasksCount": 0}


def moment(day: int) -> dict[str, str]:
    return {"contentType": "DateTime", "value": f"2025-10-{day:02d}T00:00:00+00:00"}


UNTOUCHED = {
    "timeCreated": moment(1),
    "timeUpdated": moment(1),
    "stateTimeUpdated": moment(1),
    "activity": moment(1),
    "statusChangeTime": moment(1),
    "program": link("Program", "13"),
}
KINDS = {
    "program/13": "Deal",
    "task": "Task",
    "project": "Project",
    "contractorCompany": "ContractorCompany",
    "contractorHuman": "ContractorHuman",
}


def asked(scope: str, **told: Any) -> list[Request]:
    row = link(KINDS[scope], "1", **{**SILENT, **UNLINKED, **UNTOUCHED, **told})
    return connector.read(listing(scope), page([row])).asks


def routes(requests: list[Request]) -> list[str]:
    return [request.path.partition("?")[0].rpartition("/")[2] for request in requests]


@pytest.mark.parametrize("scope", KINDS)
def test_what_nobody_touched_has_no_history_worth_asking(scope: str) -> None:
    assert routes(asked(scope)) == []


@pytest.mark.parametrize(
    ("scope", "told", "expected"),
    [
        ("program/13", {"timeUpdated": moment(2)}, ["history"]),
        ("program/13", {"stateTimeUpdated": moment(2)}, ["statusHistory"]),
        ("program/13", {"dealsCount": 1}, ["history", "linkedDeals"]),
        ("program/13", {"tasksCount": 1}, ["history", "linkedTasks"]),
        ("program/13", {"dealsCount": None}, ["history", "linkedDeals"]),
        ("program/13", {"tasksCount": "1"}, ["history", "linkedTasks"]),
        ("program/13", {"timeCreated": None}, ["history", "statusHistory"]),
        ("task", {"activity": moment(2)}, ["history"]),
        ("project", {"statusChangeTime": moment(2)}, ["history"]),
        ("contractorCompany", {"timeUpdated": moment(2)}, ["history"]),
        ("contractorHuman", {"timeUpdated": None}, ["history"]),
        ("task", {"relationLinks": [], "relationLinksCount": 1}, ["relationLinks"]),
        ("task", {"relationLinks": [{"url": "x"}], "relationLinksCount": 1}, []),
        ("task", {"relationLinks": [{"url": "x"}]}, ["relationLinks"]),
        ("task", {"relationLinks": []}, []),
    ],
)
def test_what_is_asked(scope: str, told: dict[str, Any], expected: list[str]) -> None:
    assert routes(asked(scope, **told)) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        ({}, ["negotiationItems"]),
        ({"versions": [{}], "versionsCount": 2}, ["negotiationItems"]),
        ({"actualVersion": {}, "versionsCount": 1}, ["negotiationItems"]),
        ({"versions": [{}], "versionsCount": 1}, []),
        ({"versionsCount": 0}, []),
    ],
)
def test_what_is_negotiated_is_asked_for_where_a_task_shows_too_little_of_it(
    item: dict[str, Any], expected: list[str]
) -> None:
    found = asked("task", negotiationItems=[link("NegotiationItem", "7", **item)], negotiationItemsCount=1)
    assert routes(found) == expected


def test_files_of_a_negotiation_belong_to_its_task() -> None:
    (items,) = asked("task", negotiationItems=[link("NegotiationItem", "7")], negotiationItemsCount=1)
    told = connector.read(items, page([link("NegotiationItem", "7", versions=[{"attache": file("3")}])]))
    assert [(row.stream, row.id, row.parent) for row in told.records] == [
        ("negotiationItem", "task/1/NegotiationItem:7", ("task", "1"))
    ]
    assert [(one.id, one.owner) for one in told.files] == [("3", ("task", "1"))]


def test_a_change_of_more_fields_than_are_shown_is_asked_for_whole() -> None:
    (history,) = asked("task", activity=moment(2))
    part = link("Changeset", "7", changes=[{"field": "name"}], changesCount=2)
    (whole,) = connector.read(
        history, page([part, link("Changeset", "8", changes=[{}], changesCount=1)])
    ).asks
    assert whole.path == "/api/v3/changeset/7" and whole.bulk
    rest = {**part, "changes": [{"field": "name"}, {"field": "deadline"}]}
    told = connector.read(whole, answer(rest))
    assert [(row.stream, row.id, row.parent) for row in told.records] == [
        ("history", "task/1/Changeset:7", ("task", "1"))
    ]
    assert told.asks == [] and told.gaps == []
    (gap,) = connector.read(whole, answer(part)).gaps
    assert (gap.stream, gap.id, gap.kind) == ("history", "task/1/Changeset:7/changes", GapKind.REFUSED)


def test_links_that_nothing_counts_are_found_out_once_where_there_are_none_of_their_kind() -> None:
    """They were not asked for, and none would tell."""
    told, untold = ({"dealsCount": number, "tasksCount": 0} for number in (1, None))
    assert [one.family for one in asked("program/13", **told) if one.stream == "linkedDeal"] == [""]
    assert [one.family for one in asked("program/13", **untold) if one.stream == "linkedDeal"] == ["deal"]


def test_the_links_of_a_deal_are_counted_and_their_records_are_told_with_closed_ones_asked_for() -> None:
    row = link("Deal", "1", **SILENT, **UNTOUCHED, dealsCount=2, actualDealsCount=0, tasksCount=0)
    reading = connector.read(listing("program/13"), page([row]))
    assert Announced("linkedDeal", "deal/1", 2) in reading.announced
    assert SubList("linkedTask", ("deal", "1")) in reading.ended
    deals = reading.asks[-1]
    assert query_of(deals.path)["filters"] == [
        {"contentType": "DealResultTypeFilter", "types": ["active", "positive", "negative"]}
    ]
    told = connector.read(deals, page([link("Deal", "5", name="Другая")]))
    assert [(one.stream, one.id, one.parent) for one in told.records] == [
        ("linkedDeal", "deal/1/Deal:5", ("deal", "1"))
    ]
    assert ("deal", "5") in told.links
    assert told.ended == [SubList("linkedDeal", ("deal", "1"))]


def test_closed_tasks_of_a_deal_are_asked_for_in_the_words_that_tasks_have() -> None:
    """The vendor's description knows no “positive” and “negative” tasks."""
    row = link("Deal", "1", **SILENT, **UNTOUCHED, tasksCount=2)
    tasks = connector.read(listing("program/13"), page([row])).asks[-1]
    assert query_of(tasks.path)["filters"] == [
        {"contentType": "TaskResultTypeFilter", "types": ["active", "completed"]}
    ]


def test_a_record_that_shows_all_its_links_ends_the_list_that_gave_the_rest() -> None:
    row = link("Task", "1", **SILENT, **UNTOUCHED, relationLinks=[link("RelationLink", "5")])
    beyond = connector.read(listing("task"), page([{**row, "relationLinksCount": 2}]))
    assert Announced("relationLink", "task/1", 2) in beyond.announced
    assert SubList("relationLink", ("task", "1")) not in beyond.ended
    card = connector.card("task", "1")
    assert card
    whole = connector.read(card, page({**row, "relationLinksCount": 1}))
    assert Announced("relationLink", "task/1", 0) in whole.announced
    assert SubList("relationLink", ("task", "1")) in whole.ended


def test_links_of_a_client_are_asked_for_by_the_route_of_all_clients() -> None:
    (links,) = asked("contractorCompany", relationLinks=[], relationLinksCount=1)
    assert links.path.startswith("/api/v3/contractor/1/relationLinks?")


def test_the_members_of_a_group_are_asked_for_whatever_its_card_shows() -> None:
    groups = next(one for one in connector.opening(None) if one.stream == "group")
    (members,) = connector.read(groups, page([link("Group", "7", children=[link("Employee", "1")])])).asks
    assert members.path.startswith("/api/v3/group/7/participants")
    told = connector.read(members, page([link("Employee", "1", name="Пётр"), link("ContractorHuman", "2")]))
    assert [(one.stream, one.id, one.parent) for one in told.records] == [
        ("groupMember", "group/7/Employee:1", ("group", "7")),
        ("groupMember", "group/7/ContractorHuman:2", ("group", "7")),
    ]
    assert told.links >= {("employee", "1"), ("contractorHuman", "2")}
    assert told.ended == [SubList("groupMember", ("group", "7"))]


def test_rows_of_a_history_without_ids_are_known_by_what_they_say() -> None:
    (history,) = asked("contractorCompany", timeUpdated=moment(2))
    author, seen = link("Employee", "7", name="Пётр"), [link("Deal", "8", name="Сделка"), "a word"]
    change = {"contentType": "Changeset", "type": "drop", "author": author, "changes": [{"to": seen}]}
    bare = {**change, "author": link("Employee", "7"), "changes": [{"to": [link("Deal", "8"), "a word"]}]}
    others = [
        {**change, "type": "restore"},
        {**change, "author": {"id": "7"}},
        {**change, "changes": [{"to": seen[:1]}]},
    ]
    ids = [next(row.id for row in connector.rows(history, page([one]))) for one in (change, bare, *others)]
    assert ids[0] == ids[1] and len(set(ids)) == 4
    assert ids[0].startswith("contractorCompany/1/Changeset:")


def test_a_history_without_ids_that_has_more_cannot_be_gone_through_and_does_not_end_in_silence() -> None:
    (history,) = asked("contractorCompany", timeUpdated=moment(2))
    nameless = page([{"contentType": "Changeset", "type": "drop"}], more=True)
    (more,) = read(history, page([link("Changeset", "5")], more=True)).asks
    for request in (history, more):
        with pytest.raises(ValueError, match="does not move on"):
            read(request, nameless)


def test_comments_among_a_history_are_left_to_the_comments() -> None:
    (history,) = asked("task", activity=moment(2))
    rows = connector.rows(history, page([link("Comment", "5"), link("Changeset", "5")]))
    assert [row.id for row in rows] == ["task/1/Changeset:5"]


def test_letters_and_calls_among_a_history_stand_there_too() -> None:
    (history,) = asked("contractorCompany", timeUpdated=moment(2))
    found = connector.rows(
        history, page([link("Message", "5"), link("CallInfo", "6"), link("Changeset", "7")])
    )
    assert [(row.stream, row.id.rpartition("/")[2]) for row in found] == [
        ("history", "Message:5"),
        ("history", "CallInfo:6"),
        ("history", "Changeset:7"),
    ]


def test_rows_of_another_list_are_no_history() -> None:
    (history,) = asked("contractorCompany", timeUpdated=moment(2))
    for kind in ("DealStatusHistory", "Deal", "Payer"):
        with pytest.raises(ValueError, match=kind):
            connector.rows(history, page([link(kind, "4")]))


def test_whoever_wants_no_history_asks_for_none() -> None:
    without = Megaplan(Account(HOST, {"history": False}))
    row = link("Deal", "1", **SILENT, **{**UNTOUCHED, "timeUpdated": moment(2)}, dealsCount=1, tasksCount=0)
    assert routes(without.read(listing("program/13"), page([row])).asks) == ["linkedDeals"]


def test_only_a_person_with_a_vacation_to_come_is_asked_for_all_of_them() -> None:
    whole = {"todos": [], "todosCount": 0, "commentsCount": 0}
    away = link("Employee", "5", nearestVacation={"contentType": "Vacation", "id": "1"}, **whole)
    told = read(listing("employee"), page([away, link("Employee", "6", nearestVacation=None, **whole)]))
    assert asked_paths(told) == ["/employee/5/vacations"]
    (asked,) = told.asks
    rows = read(asked, page([link("Vacation", "1", type="a"), link("Vacation", "2", type="b")])).records
    assert [(row.stream, row.id, row.parent) for row in rows] == [
        ("vacation", f"employee/5/Vacation:{id}", ("employee", "5")) for id in ("1", "2")
    ]
