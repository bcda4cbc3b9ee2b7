"""What hangs under a record is asked where counters say there is something or say nothing, and nowhere else."""

from dataclasses import replace

import pytest
from crmexport_megaplan.cards import whole_one
from crmexport_megaplan.lists import first_page
from crmexport_megaplan.query import query_of

from crmexport.source import Announced, GapKind, Request, Verdict
from crmexport.source.reading import SubList
from tests.megaplan.builders import (
    answer,
    asked_paths,
    connector,
    link,
    listing,
    opening,
    page,
    read,
    refused,
)

TASKS = listing("task")
WHOLE = {"commentsCount": 0, "todos": [], "attaches": []}


def task(id: str, **more: object) -> dict[str, object]:
    return link("Task", id, **{**WHOLE, **more})


def under(value: dict[str, object]) -> list[str]:
    return asked_paths(read(TASKS, page([value])))


@pytest.mark.parametrize(
    ("counters", "asked"),
    [
        ({}, []),
        ({"commentsCount": 3}, ["/task/5/comments"]),
        ({"commentsCount": None}, ["/task/5/comments"]),
        ({"hiddenCommentsCount": 1}, ["/task/5/comments"]),
        ({"todosCount": 1}, ["/task/5/todos"]),
        ({"todos": [link("Todo", "1")], "todosCount": 1}, []),
        ({"attachesCount": 2}, ["/task/5/attaches"]),
        ({"executors": [link("Employee", "1")], "executorsCount": 2}, ["/task/5"]),
        ({"tags": [link("Tag", "1")], "tagsCount": 2}, ["/task/5"]),
        ({"financeOperations": [link("FinOperation", "1")], "financeOperationsCount": 2}, ["/task/5"]),
        ({"participantsCount": 0}, []),
    ],
)
def test_counters_decide(counters: dict[str, object], asked: list[str]) -> None:
    assert under(task("5", **counters)) == asked


@pytest.mark.parametrize("scope", ["offer", "employee", "consignment"])
def test_products_and_people_have_comments_too(scope: str) -> None:
    kind = scope.capitalize()
    silent = {"todosCount": 0, "attaches": [], "rowsCount": 0}
    (counted,) = read(first_page(scope), page([link(kind, "5", commentsCount=2, **silent)])).asks
    (untold,) = read(first_page(scope), page([link(kind, "5", **silent)])).asks
    assert counted.path.startswith(f"/api/v3/{scope}/5/comments") and counted.path == untold.path
    assert (counted.family, untold.family) == ("", scope)  # what is counted and does not come is a loss
    assert read(first_page(scope), page([link(kind, "5", commentsCount=0, **silent)])).asks == []


def test_what_a_row_shows_in_part_is_no_gap_while_its_card_may_show_more() -> None:
    part = task("5", executors=[link("Employee", "1")], executorsCount=2)
    reading = read(TASKS, page([part]))
    assert reading.gaps == []
    (whole,) = reading.asks
    assert [gap.id for gap in read(whole, answer(part)).gaps] == ["5/executors"]


@pytest.mark.parametrize(
    ("scope", "name"), [("offer", "attaches"), ("employee", "todos"), ("consignment", "rows")]
)
def test_what_products_and_people_count_is_a_loss_where_it_does_not_come(scope: str, name: str) -> None:
    """Such a list may not be there for any of them; then nothing is lost but what a counter has told of."""
    first = first_page(scope)
    silent = {"commentsCount": 0, "todosCount": 0, "attachesCount": 0, "rowsCount": 0}

    def asked(**told: object) -> Request:
        row = {key: one for key, one in {**silent, **told}.items() if one is not None}
        found = read(first, page([link(scope.capitalize(), "5", **row)])).asks
        return next(one for one in found if one.path.startswith(f"/api/v3/{scope}/5/{name}"))

    assert asked(**{f"{name}Count": 2}).family == ""
    assert asked(**{f"{name}Count": None}).family == scope


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ({"attachesCount": 3, "attaches": []}, ["0 of 3"]),
        ({}, ["0 of 2"]),
        ({"attachesCount": 0, "attaches": []}, []),
        ({"attaches": [{"id": "1"}, {"id": "2"}]}, []),
    ],
)
def test_what_a_record_counts_is_told_where_its_list_is_not_there(
    card: dict[str, object], told: list[str]
) -> None:
    """It may not count any more what its row in a list has counted; then that has the last word."""
    (whole,) = read(TASKS, page([task("5", attachesCount=2)])).asks
    (recount,) = connector.instead(whole)
    gaps = read(recount, page(link("Task", "5", **card))).gaps
    assert [(gap.stream, gap.id, gap.kind) for gap in gaps] == [("file", "task/5", GapKind.REFUSED)] * len(
        told
    )
    assert [" ".join(gap.reason.split()[3:6]).rstrip(",") for gap in gaps] == told


@pytest.mark.parametrize("name", ["attaches", "todos"])
def test_a_list_that_surely_is_there_stands_for_itself_though_nothing_counts_it(name: str) -> None:
    told = {key: one for key, one in task("5").items() if not key.startswith(name)}
    (untold,) = read(TASKS, page([told])).asks
    assert untold.path.startswith(f"/api/v3/task/5/{name}") and untold.family == ""


@pytest.mark.parametrize("scope", ["invoice", "doc", "warehouse"])
def test_what_may_have_comments_is_asked_for_them_where_a_counter_tells_of_any(scope: str) -> None:
    """Nobody knows whether invoices and documents can be talked about (§8.6): a counter would say so."""
    kind, silent = scope.capitalize(), {"attaches": [], "versionsCount": 0, "rowsCount": 0}
    first = first_page(scope)
    counted = read(first, page([link(kind, "5", commentsCount=2, **silent)]))
    (asked,) = counted.asks
    assert asked.path.startswith(f"/api/v3/{scope}/5/comments") and asked.family == ""
    assert Announced("comment", f"{scope}/5", 2) in counted.announced
    untold = read(first, page([link(kind, "5", **silent)]))
    of_it = SubList("comment", (scope, "5"))
    assert untold.asks == [] and of_it not in untold.ended, (
        "nothing is asked, and nothing is taken for deleted"
    )
    none = read(first, page([link(kind, "5", commentsCount=0, **silent)]))
    assert none.asks == [] and of_it in none.ended


@pytest.mark.parametrize("scope", ["task", "project"])
def test_operations_that_even_a_card_leaves_out_are_in_a_list_under_tasks_and_projects(scope: str) -> None:
    card = connector.card(scope, "5")
    assert card is not None
    some = {"financeOperations": [link("FinOperation", "1")], "financeOperationsCount": 2}
    told = read(card, answer(link(scope.capitalize(), "5", **WHOLE, **some)))
    (rest,) = told.asks
    assert rest.path.startswith(f"/api/v3/{scope}/5/finOperations") and told.gaps == []
    assert read(rest, page([link("FinOperation", "2", number="7")])).links == {("finOperation", "2")}


@pytest.mark.parametrize(
    ("scope", "row", "asked"),
    [
        ("department", link("Department", "5", vacancies=[{}], vacanciesCount=2), "/department/5"),
        ("employee", link("Employee", "5", extraDepartments=[], extraDepartmentsCount=1), "/employee/5"),
        ("program", link("Program", "5", states=[{}], statesCount=2), "/program/5"),
    ],
)
def test_who_works_where_and_the_stages_of_a_scheme_are_counted_too(
    scope: str, row: dict[str, object], asked: str
) -> None:
    listed = {"department": opening, "program": opening, "employee": listing}[scope](scope)
    assert asked in asked_paths(read(listed, page([{**row, "todos": [], "commentsCount": 0}])))


def test_letters_of_a_comment_beyond_those_shown_are_on_its_card() -> None:
    (comments,) = read(TASKS, page([task("5", commentsCount=1)])).asks
    row = link("Comment", "7", attaches=[], transportMessages=[{}], transportMessagesCount=2)
    assert asked_paths(read(comments, page([row]))) == ["/comment/7"]


def test_links_of_a_comment_are_asked_for_by_name_and_counted() -> None:
    """A list tells of them only where they are named (RAML `Comment`: relationLinks, relationLinksCount)."""
    (comments,) = read(TASKS, page([task("5", commentsCount=1)])).asks
    assert "relationLinks" in query_of(comments.path)["fields"]
    row = link("Comment", "7", attaches=[], relationLinks=[{}], relationLinksCount=2)
    assert asked_paths(read(comments, page([row]))) == ["/comment/7"]


@pytest.mark.parametrize("kind", ["contractorCompany", "contractorHuman"])
@pytest.mark.parametrize("name", ["partners", "competitors"])
def test_whom_a_client_works_with_and_against_is_counted_too(kind: str, name: str) -> None:
    row = link(kind[:1].upper() + kind[1:], "5", **{**WHOLE, name: [{}], f"{name}Count": 2})
    assert asked_paths(read(listing(kind), page([row]))) == [f"/{kind}/5"]


def test_milestones_of_projects_are_asked_for_by_name() -> None:
    assert "milestones" in query_of(listing("project").path)["fields"]


def test_a_client_that_is_shown_in_part_is_named() -> None:
    clients = listing("contractorCompany")
    whole, part = (
        read(clients, page([link("ContractorCompany", "5", canSeeFull=full, **WHOLE)])).gaps
        for full in (True, False)
    )
    assert whole == []
    assert [(gap.stream, gap.id, gap.kind) for gap in part] == [
        ("contractorCompany", "5/canSeeFull", GapKind.REFUSED)
    ]


def test_where_a_row_says_nothing_it_is_asked() -> None:
    assert under(link("Task", "5", name="x")) == ["/task/5/comments", "/task/5/todos", "/task/5/attaches"]


def test_a_row_that_is_a_bare_link_is_no_record_but_shows_one() -> None:
    """An earlier row of the page may have named the record: then its own row says nothing (§4.3)."""
    reading = read(
        TASKS, page([link("Task", "5"), link("Task", "6", name="x", **WHOLE), link("Project", "7")])
    )
    assert [row.id for row in reading.records] == ["6"]
    assert reading.present == {("task", "5")}
    assert ("/api/v3/task/5", True) in [(one.path, one.listed) for one in reading.requests]


def test_a_bare_link_is_counted_with_its_list_and_a_row_of_another_is_not() -> None:
    rows = [
        link("Task", "5"),
        link("Task", "6", name="x", **WHOLE),
        link("Task", "7", isTemplate=True, **WHOLE),
    ]
    told = read(TASKS, page(rows, count=3)).announced
    assert sum(one.number for one in told if one.stream == "task") == 2


def test_sub_lists_go_in_bulk_and_name_what_they_are_about() -> None:
    comments, todos = read(TASKS, page([task("5", commentsCount=3, todosCount=1)])).asks
    assert (comments.bulk, comments.subject, todos.bulk, todos.subject) == (
        True,
        ("comment", "task/5"),
        True,
        ("todo", "task/5"),
    )


def test_comments_are_announced_by_their_record() -> None:
    told = read(TASKS, page([task("5", commentsCount=3, hiddenCommentsCount=2), task("6")])).announced
    assert told == [Announced("comment", "task/5", 3), Announced("comment", "task/5/hidden", 2)]


def test_payers_beyond_the_preview_are_asked_of_the_contractor() -> None:
    company = link("ContractorCompany", "9", **WHOLE, payers=[], payersCount=1)
    assert asked_paths(read(listing("contractorCompany"), page([company]))) == ["/contractor/9/payers"]


def test_contacts_and_invoices_beyond_the_preview_are_asked_of_their_owner() -> None:
    """All of them have a list of their own; a company that shows a few was told to be lost in part."""
    company = link(
        "ContractorCompany", "9", **WHOLE, contacts=[link("ContractorHuman", "1")], contactsCount=2
    )
    assert asked_paths(read(listing("contractorCompany"), page([company]))) == ["/contractor/9/contacts"]
    free = {"program": link("Program", "13"), "dealsCount": 0, "tasksCount": 0}
    deal = link("Deal", "9", **WHOLE, **free, invoices=[], invoicesCount=1)
    (rest,) = read(listing("program/13"), page([deal])).asks
    assert rest.path.startswith("/api/v3/deal/9/invoices")
    assert read(rest, page([link("Invoice", "5")])).links == {("invoice", "5")}


def test_lists_of_records_that_have_a_list_of_their_own_give_links_only() -> None:
    (todos,) = read(TASKS, page([task("5", todosCount=9)])).asks
    reading = read(todos, page([link("Todo", "1", name="Созвон")], more=True))
    assert (reading.records, reading.links) == ([], {("todo", "1")})
    assert query_of(reading.asks[0].path) == {
        "limit": 100,
        "all": True,
        "pageAfter": {"contentType": "Todo", "id": "1"},
    }


def test_an_invoice_without_its_rows_is_asked_by_card_and_the_card_asks_no_more() -> None:
    invoice = link("Invoice", "3", rowsCount=2)
    (card,) = read(opening("invoice"), page([invoice])).asks
    assert card.path == "/api/v3/invoice/3"
    assert read(card, answer(invoice)).asks == []
    assert read(opening("invoice"), page([link("Invoice", "3", rows=[1, 2], rowsCount=2)])).asks == []


@pytest.mark.parametrize(
    ("stream", "kind", "shown"),
    [
        ("contractorHuman", "ContractorHuman", "contractorHuman"),
        ("contractorHuman", "ContractorCompany", "contractorCompany"),
        ("task", "Project", "project"),
    ],
)
def test_what_was_merged_or_has_become_another_record_is_gone(stream: str, kind: str, shown: str) -> None:
    card = connector.card(stream, "3")
    assert card is not None
    told = answer(link(kind, "4", name="Пётр"))
    reading = read(card, told)
    (gap,) = reading.gaps
    assert (gap.stream, gap.id, gap.kind) == (stream, "3", GapKind.VANISHED)
    assert (reading.records, reading.links, connector.rows(card, told)) == ([], {(shown, "4")}, [])


def test_within_a_batch_another_card_than_the_one_asked_is_no_answer() -> None:
    """Two answers may have changed places."""
    card = connector.card("invoice", "3")
    assert card is not None
    with pytest.raises(ValueError, match="Another record"):
        read(card, replace(answer(link("Invoice", "4")), offset=70))


def test_rows_of_another_kind_are_no_answer() -> None:
    """Something between may mix up who asked what."""
    card = connector.card("invoice", "3")
    assert card is not None
    for request, response in (
        (card, answer(link("Deal", "3"))),
        (comments_of("5"), page([link("Deal", "3", workTime=None)])),
        (TASKS, page([link("Deal", "3", **WHOLE)])),
    ):
        with pytest.raises(ValueError, match="another kind"):
            read(request, response)


def test_templates_are_for_their_own_lists_to_give() -> None:
    for name, kind in (("task", "Task"), ("project", "Project")):
        template = link(kind, "7", isTemplate=True, **WHOLE)
        assert read(listing(name), page([template])).records == []


def test_a_card_without_a_record_is_no_answer() -> None:
    card = connector.card("invoice", "3")
    assert card is not None
    for nothing in (None, []):
        with pytest.raises(ValueError, match="Nothing came"):
            read(card, answer(nothing))


HISTORY = [link("FieldChange", "50"), link("BasedOnHistory", "7")]  # which stands between comments


def comments_of(id: str, number: int = 3) -> Request:
    return read(TASKS, page([task(id, commentsCount=number)])).asks[0]


def test_rows_of_history_without_ids_at_the_end_of_a_page_cost_none_of_its_comments() -> None:
    """The next page is asked after the last row that can be named (§4.1); the whole page was thrown away, night after night."""
    change = {"contentType": "FieldChange", "field": "status", "oldValue": "1", "newValue": "2"}
    first, second, third, last = (link("Comment", str(id), workTime=None) for id in (48, 49, 50, 51))
    reading = read(comments_of("5", 4), page([first, change, second, third, change], more=True))
    assert [row.id for row in reading.records] == ["48", "49", "50"]
    more = reading.requests[-1]
    assert query_of(more.path)["pageAfter"] == {"contentType": "Comment", "id": "50"}
    assert [one["id"] for one in more.context["spares"]] == ["49", "48"]
    assert read(more, page([change, last, change])).requests == []


def test_a_comment_knows_whose_it_is() -> None:
    (row,) = connector.rows(
        comments_of("5"), page([link("Comment", "50", timeUpdated={"value": "2025-10-02T10:30:00+00:00"})])
    )
    assert (row.stream, row.id, row.parent, row.modified) == (
        "comment",
        "50",
        ("task", "5"),
        "2025-10-02T10:30:00+00:00",
    )


def test_what_a_comment_names_is_not_where_it_stands() -> None:
    """But in a chat, which shows comments of the client's cards as well."""
    named = link("Comment", "50", subject=link("Deal", "9"))
    (row,) = connector.rows(comments_of("5"), page([named]))
    assert row.parent == ("task", "5")


def test_comments_go_on_until_all_that_were_told_of_have_come_where_no_flag_ends_them() -> None:
    short = page([link("Comment", "50", workTime=None)], more=None, limit=None)
    assert len(read(comments_of("5", 3), short).asks) == 1
    assert read(comments_of("5", 1), short).asks == []
    mixed = page([link("Comment", "50", workTime=None), *HISTORY], more=None, limit=None)
    assert len(read(comments_of("5", 2), mixed).asks) == 1


def test_comments_fewer_than_were_told_of_are_no_sign_that_the_others_were_deleted() -> None:
    both = [link("Comment", id, workTime=None) for id in ("50", "51")]
    (more,) = read(comments_of("5", 3), page(both, more=True)).asks
    ended = [
        read(comments_of("5", 2), page(both)).ended,
        read(comments_of("5", 3), page(both)).ended,
        read(more, page([link("Comment", "52", workTime=None)])).ended,
        read(more, page([])).ended,
        read(comments_of("5", 2), page([both[0], *HISTORY])).ended,
        read(more, page(HISTORY)).ended,
    ]
    all_came = [SubList("comment", ("task", "5"))]
    assert ended == [all_came, [], all_came, [], [], []]
    assert read(comments_of("5", 2), page(both)).announced == [], "the task has told how many there are"


def test_a_comment_that_is_a_bare_link_has_come_and_is_asked_for_under_its_record() -> None:
    reading = read(comments_of("5", 2), page([link("Comment", "50"), link("Comment", "51", workTime=None)]))
    assert [row.id for row in reading.records] == ["51"]
    assert reading.present == {("comment", "50")}
    (whole,) = reading.requests
    assert (whole.path, whole.listed, whole.context["of"]) == ("/api/v3/comment/50", True, ["task", "5"])
    assert reading.ended == [SubList("comment", ("task", "5"))]


def test_comments_of_what_surely_has_them_stand_for_themselves_though_nothing_counts_them() -> None:
    (untold,) = [one for one in read(TASKS, page([task("5", commentsCount=None)])).asks]
    assert untold.family == ""


def test_comments_that_refuse_their_fields_are_asked_without_and_completed_by_card() -> None:
    (plain,) = read(
        comments_of("5"), refused("Entities of type FieldChange have not this fields: likes", "fields")
    ).asks
    assert "fields" not in query_of(plain.path)
    reading = read(plain, page([link("Comment", "50", content="x"), link("Comment", "51", workTime=None)]))
    assert asked_paths(reading) == ["/comment/50"]
    (row,) = read(reading.asks[0], answer(link("Comment", "50", workTime={"value": 60}))).records
    assert (row.stream, row.parent) == ("comment", ("task", "5"))


def test_a_failing_comment_route_is_a_gap_of_the_comments_of_that_record() -> None:
    company = link("ContractorCompany", "9", **{**WHOLE, "commentsCount": 2})
    (comments,) = read(listing("contractorCompany"), page([company])).asks
    assert connector.verdict(comments, answer([], status=500)) is Verdict.FAULTY
    assert comments.subject == ("comment", "contractorCompany/9")


def test_only_a_comment_is_asked_for_under_its_record() -> None:
    """Rows of consignments stand under a record as well, and have a card of their own all the same (§7)."""
    of = ("deal", "5")
    assert [
        (one.stream, one.path.split("?")[0], one.context.get("of"))
        for one in (whole_one("consignmentRow", "7", of), whole_one("comment", "8", of))
        if one
    ] == [
        ("consignmentRow", "/api/v3/consignmentRow/7", None),
        ("comment", "/api/v3/comment/8", ["deal", "5"]),
    ]
    assert whole_one("comment", "8", None) is None
