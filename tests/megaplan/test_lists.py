"""Lists: what is asked, how they go on and end, what their counts announce, how a refused question is mended."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from crmexport_megaplan import lists, sweep
from crmexport_megaplan.envelope import MOST_WORDS
from crmexport_megaplan.lists import LISTS, first_page
from crmexport_megaplan.query import LONGEST_PATH, query_of

from crmexport.source import Announced, Gap, GapKind, Request, Response
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

TODO = opening("todo")


def todos(*ids: int) -> list[dict[str, object]]:
    return [link("Todo", str(id), commentsCount=0) for id in ids]


def following(request: Request, response: Response) -> list[Request]:
    return [new for new in read(request, response).asks if new.context["kind"] == "list"]


def test_the_query_is_one_encoded_json_object() -> None:
    assert TODO.path.startswith("/api/v3/todo?%7B%22limit%22%3A100%2C")
    assert query_of(TODO.path)["sortBy"] == [{"contentType": "SortField", "fieldName": "id", "desc": False}]


def test_the_next_page_is_asked_by_a_link_of_exactly_two_keys() -> None:
    (more,) = following(TODO, page(todos(1, 2), more=True))
    assert query_of(more.path) == {**query_of(TODO.path), "pageAfter": {"contentType": "Todo", "id": "2"}}


def test_the_end_is_told_by_the_flag_alone_and_an_empty_page_ends_always() -> None:
    full = todos(*range(100))
    assert following(TODO, page(full, more=False, count=1000)) == []
    assert following(TODO, page(todos(1), more=True)) != []
    assert following(TODO, page([], more=True)) == []


def test_without_the_flag_a_short_page_ends_but_not_while_fewer_came_than_were_told_of() -> None:
    assert following(TODO, page(todos(*range(99)), more=None)) == []
    assert following(TODO, page(todos(*range(100)), more=None)) != []
    assert following(TODO, page(todos(1, 2), more=None, limit=2)) != []
    plain = TODO.replace(path="/api/v3/todo")
    assert following(plain, page(todos(1, 2), more=None, limit=2)) != [], (
        "the answer tells how long a page is"
    )
    assert following(plain, answer(todos(1, 2))) == []
    (more,) = following(TODO, page(todos(1, 2), more=None, count=3))
    assert following(more, page(todos(3), more=None, count=3)) == []


def test_the_cursor_row_at_the_head_of_the_next_page_is_dropped() -> None:
    (more,) = following(TODO, page(todos(1, 2), more=True))
    again = page(todos(2, 3), more=False)
    assert [row.id for row in read(more, again).records] == ["3"]
    assert [row.id for row in connector.rows(more, again)] == ["3"]
    assert [row.id for row in connector.rows(TODO, again)] == ["2", "3"]


@pytest.mark.parametrize("rows", [todos(1, 2), todos(2)], ids=["the page before", "its last row alone"])
def test_a_list_that_does_not_move_on_is_a_failure_and_no_end(rows: list[dict[str, object]]) -> None:
    (more,) = following(TODO, page(todos(1, 2), more=True))
    with pytest.raises(ValueError, match="does not move on"):
        read(more, page(rows, more=True))


def test_a_page_of_the_cursor_row_alone_ends_a_list_that_says_nothing_of_more() -> None:
    """It had told of three; one of them was deleted meanwhile."""
    (more,) = following(TODO, page(todos(1, 2), more=None, count=3))
    assert following(more, page(todos(2), more=None, count=3)) == []


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("todo", "Deal"),
        ("consignment", "Doc"),
        ("duty", "Position"),
        ("tags of task", "EnumField"),
        ("filters of contractor", "Unit"),
    ],
)
def test_rows_of_another_list_are_no_answer(name: str, kind: str) -> None:
    with pytest.raises(ValueError, match="another kind"):
        read(first_page(name), page([link(kind, "1")]))


def test_rows_of_a_type_that_nobody_knows_are_taken() -> None:
    assert [row.id for row in read(first_page("duty"), page([link("NightDuty", "1")])).records] == ["1"]


def test_an_empty_page_after_a_promise_is_asked_again_from_the_row_before() -> None:
    (more,) = following(TODO, page(todos(1, 2), more=True))
    (again,) = following(more, page([], more=False))
    assert query_of(again.path)["pageAfter"] == {"contentType": "Todo", "id": "1"}
    (anew,) = following(again, page([], more=False))
    assert anew.key == TODO.key and anew.goes_on
    assert following(anew, page([], more=False)) == [], "all of them are gone"


def test_an_empty_page_is_asked_again_from_rows_before_though_nothing_promised_more() -> None:
    """A full page may be the last one; but its last row may have been deleted, and those before it, too."""
    full = page(todos(*range(1, 101)), more=None)
    (more,) = following(TODO, full)
    (again,) = following(more, page([], more=None))
    (further,) = following(again, page([], more=None))
    places = [query_of(one.path)["pageAfter"]["id"] for one in (more, again, further)]
    assert places == ["100", "99", "1"]
    (last,) = following(again, page(todos(101, 102), more=True))
    assert query_of(last.path)["pageAfter"]["id"] == "102"


@pytest.mark.parametrize("more", [None, True])
def test_where_the_row_before_is_followed_by_the_cursor_row_alone_the_list_is_over(more: bool | None) -> None:
    (second,) = following(TODO, page(todos(*range(1, 101)), more=more))
    (again,) = following(second, page([], more=more))
    assert following(again, page(todos(100), more=more)) == []
    assert following(again, page(todos(99, 100), more=more)) == []


def test_a_refused_cursor_is_asked_again_from_the_row_before() -> None:
    (more,) = following(TODO, page(todos(1, 2), more=True))
    (again,) = following(more, refused("Entity Todo with id 2 is not found", "pageAfter"))
    assert query_of(again.path)["pageAfter"] == {"contentType": "Todo", "id": "1"}
    (anew,) = following(again, refused("Entity Todo with id 1 is not found", "pageAfter"))
    assert anew.key == TODO.key


@pytest.mark.parametrize(
    ("rows", "more", "count", "announced"),
    [
        (todos(1, 2), True, 7, [Announced("todo", "list", 7)]),
        (todos(1, 2), False, 2, [Announced("todo", "list", 2)]),
        (todos(1, 2), True, 2, []),  # the count of a page: more rows follow, yet it tells of no more
        (todos(1, 2), True, None, []),
    ],
)
def test_counts_are_announced_only_where_they_count_the_list(
    rows: list[object], more: bool, count: int | None, announced: list[Announced]
) -> None:
    assert read(TODO, page(rows, more=more, count=count)).announced == announced


def test_a_last_page_is_not_taken_for_the_whole_where_counts_mean_the_page() -> None:
    (more,) = following(TODO, page(todos(1, 2), more=True, count=2))
    assert read(more, page(todos(3), more=False, count=1)).announced == []


def test_a_mixed_task_list_announces_what_is_left_when_projects_are_taken_off() -> None:
    task = listing("task")
    first = read(task, page([link("Project", "1"), link("Task", "2", commentsCount=0)], more=True, count=4))
    assert first.announced == [Announced("task", "list", 4), Announced("task", "list/elsewhere", -1)]
    rest = read(
        following(task, page([link("Project", "1")], more=True, count=4))[0],
        page([link("Project", "3")], count=4),
    )
    assert rest.announced[1] == Announced("task", "list/elsewhere", -2)


@pytest.mark.parametrize(
    ("name", "kind", "other"),
    [
        ("contractorCompany", "ContractorCompany", "ContractorHuman"),
        ("contractorHuman", "ContractorHuman", "ContractorCompany"),
    ],
)
def test_a_list_of_clients_may_show_both_kinds_and_gives_its_own(name: str, kind: str, other: str) -> None:
    rows = [link(other, "1", name="a"), link(kind, "2", name="b")]
    told = read(listing(name), page(rows, more=True, count=9))
    assert [(row.stream, row.id) for row in told.records] == [(name, "2")]
    assert told.announced[:2] == [Announced(name, "list", 9), Announced(name, "list/elsewhere", -1)]
    assert told.links == {(other[0].lower() + other[1:], "1")}
    (swept,) = (one for one in sweep.requests() if one.context["list"] == name)
    assert read(swept, page(rows)).present == {(name, "2")}


def test_an_unknown_field_is_left_out_here_and_on_all_pages_after() -> None:
    (better,) = following(
        TODO, refused("Entities of type Todo have not this fields: isOverdue, place", "fields")
    )
    names = query_of(better.path)["fields"]
    assert set(query_of(TODO.path)["fields"]) - set(names) == {"isOverdue", "place"}
    (more,) = following(better, page(todos(1), more=True))
    assert query_of(more.path)["fields"] == names


def test_an_unknown_extra_field_is_left_out_and_the_cards_are_asked_instead() -> None:
    name = "Category130CustomFieldEtap"
    (better,) = read(
        listing("task", name), refused(f"Entities of type Task have not this fields: {name}", "fields")
    ).asks
    assert name not in query_of(better.path)["fields"]
    assert "/task/5" in asked_paths(read(better, page([link("Task", "5", commentsCount=0)])))
    words = f"Entities of type Task have not this fields: schedule, {name}"
    (better,) = read(listing("task", name), refused(words, "fields")).asks
    assert "/task/5" in asked_paths(read(better, page([link("Task", "5", commentsCount=0)]))), "among others"


def test_a_parameter_that_is_named_is_left_out_and_no_field_whose_name_stands_in_the_sentence() -> None:
    words = 'There is extra field "limit", which is not defined for content type "CallInfoListRequest"'
    calls = listing("callInfo")
    (better,) = read(calls, refused(words)).asks
    assert "limit" not in query_of(better.path)
    assert (
        query_of(better.path)["fields"] == query_of(calls.path)["fields"]
        and "type" in query_of(calls.path)["fields"]
    )


def test_of_a_long_complaint_no_name_is_cut_short_to_that_of_another_field() -> None:
    words = "Entities of type Task have not this fields: "
    unknown = "Category130CustomField" + "X" * (
        MOST_WORDS - len(words) - len("Category130CustomField, status")
    )
    (better,) = read(listing("task", unknown), refused(f"{words}{unknown}, statusChangeTime")).asks
    left = query_of(better.path)["fields"]
    assert "status" in left and not {unknown, "statusChangeTime"} & set(left)


def test_only_lists_that_an_account_may_do_without_are_said_not_to_be_given() -> None:
    """Of any other "no such thing" is a loss, and so it is of the contents of one folder."""
    certain = [name for name, spec in LISTS.items() if not spec.uncertain]
    assert {"deal", "task", "todo", "contractorCompany", "payer", "employee"} <= {*certain}
    assert {first_page(name).family for name in certain} == {""}
    assert first_page("offer").family == "list /offer"


UNKNOWN_PARAMETER = 'There is extra field "fields", which is not defined for content type "ListRequest"'


@pytest.mark.parametrize("words", ["The place is wrong", "Wrong question", UNKNOWN_PARAMETER])
def test_fields_that_are_only_guessed_at_are_got_by_cards(words: str) -> None:
    """Known ones are among them: without the cards they would be lost in silence."""
    request = TODO
    while (
        "fields" in query_of(request.path)
        and query_of(request.path)["fields"] == query_of(TODO.path)["fields"]
    ):
        reading = read(request, refused(words))
        (request,) = reading.asks
    assert reading.gaps == []
    assert "/todo/1" in asked_paths(read(request, page(todos(1))))


@pytest.mark.parametrize("words", ["Wrong question", UNKNOWN_PARAMETER])
def test_fields_that_are_only_guessed_at_are_told_where_there_are_no_cards(words: str) -> None:
    request = listing("doc")
    gaps: list[Gap] = []
    while "fields" in query_of(request.path):
        reading = read(request, refused(words))
        (request,), gaps = reading.asks, reading.gaps
    assert [(gap.stream, gap.id, gap.kind) for gap in gaps] == [("doc", "", GapKind.REFUSED)]


ONE, TWO, THREE = (link("TodoStatus", id) for id in "123")


@pytest.mark.parametrize(
    ("pages", "is_whole"),
    [
        ([page([ONE, TWO], count=2)], True),
        ([page([ONE, TWO])], True),
        ([page([ONE, TWO], more=True, count=3), page([TWO, THREE], count=3)], True),
        ([page([ONE, TWO], more=True, count=2), page([THREE], count=1)], True),
        ([page([ONE, TWO], more=True, count=4), page([THREE], count=4)], False),
        ([page([ONE, TWO], count=3)], False),
        ([page([ONE, TWO], more=None)], False),
        ([page([], count=0)], False),
    ],
    ids=[
        "as many as counted",
        "not counted",
        "the cursor's row comes twice",
        "each page counts its own",
        "one of two pages is short",
        "one is short",
        "nobody says that it ends",
        "nothing",
    ],
)
def test_a_list_without_cards_is_whole_where_it_ends_and_shows_as_many_as_it_counts(
    pages: list[Response], is_whole: bool
) -> None:
    request = opening("todoStatus")
    for shown in pages[:-1]:
        reading = read(request, shown)
        assert reading.whole == set()
        (request,) = reading.asks
    assert read(request, pages[-1]).whole == ({"todoStatus"} if is_whole else set())


@pytest.mark.parametrize("words", ["Wrong question", UNKNOWN_PARAMETER])
def test_without_its_names_a_list_of_links_says_all_that_it_has_to_say(words: str) -> None:
    """What it names is held by itself."""
    (row,) = [link("Deal", "1", dealsCount=1, commentsCount=0)]
    (request,) = [one for one in read(listing("program/7"), page([row])).asks if one.stream == "linkedDeal"]
    reading = read(request, refused(words))
    (better,) = reading.asks
    assert "fields" not in query_of(better.path) and reading.gaps == []


def test_an_order_by_id_gives_way_to_time_of_creation_and_that_to_none() -> None:
    (by_time,) = following(TODO, refused("Sorting by field id is not available", "sortBy"))
    assert query_of(by_time.path)["sortBy"][0]["fieldName"] == "timeCreated"
    assert "timeCreated" in query_of(by_time.path)["fields"]
    (unsorted,) = following(by_time, refused("Sorting by field timeCreated is not available", "sortBy"))
    assert "sortBy" not in query_of(unsorted.path)
    assert query_of(unsorted.path)["fields"] == query_of(TODO.path)["fields"]


def test_a_page_that_is_refused_without_a_reason_is_asked_from_the_row_before_and_then_in_another_order() -> (
    None
):
    """The row after which it was asked may be gone. In another order all rows come again, and count again."""
    tasks, projects = listing("task"), [link("Project", id) for id in "12"]
    (more,) = following(tasks, page(projects, more=True, count=9))
    (again,) = following(more, refused("Wrong question"))
    assert query_of(again.path)["pageAfter"] == {"contentType": "Project", "id": "1"}
    (anew,) = following(again, refused("Wrong question"))
    assert query_of(anew.path)["sortBy"] != query_of(tasks.path)["sortBy"]
    assert "pageAfter" not in query_of(anew.path)
    told = read(anew, page(projects, more=True, count=9))
    assert [one.number for one in told.announced] == [9, -2]
    assert told.asks[0].context["seen"] == 2


NO_LIMIT = 'There is extra field "limit", which is not defined for content type "TodoListRequest"'


@pytest.mark.parametrize("errors", [{"query": NO_LIMIT}, NO_LIMIT, [[NO_LIMIT]]])
def test_what_is_wrong_is_understood_in_whatever_form_it_is_told(errors: object) -> None:
    meta = {"status": 422, "errors": errors}
    (better,) = following(TODO, Response(422, {}, json.dumps({"meta": meta, "data": None}).encode()))
    assert query_of(better.path) == {k: v for k, v in query_of(TODO.path).items() if k != "limit"}


def test_an_unknown_parameter_is_left_out_and_told_where_it_matters() -> None:
    words = 'There is extra field "{name}", which is not defined for content type "ProgramListRequest"'
    reading = read(opening("program"), refused(words.format(name="withInactivePrograms")))
    assert "withInactivePrograms" not in query_of(reading.asks[0].path)
    assert "withInactivePrograms" in reading.gaps[0].reason
    assert read(TODO, refused(words.format(name="limit"))).gaps == []


def test_what_cannot_be_mended_is_a_gap_in_the_sources_own_words() -> None:
    plain = Request(
        "todo",
        "/api/v3/todo/1/attaches",
        subject=("file", "todo/1"),
        context={"kind": "links", "of": ["todo", "1"]},
    )
    (gap,) = read(plain, refused("Nothing to be done")).gaps
    assert gap == ("file", "todo/1", GapKind.REFUSED, "422 Nothing to be done")


def test_mending_always_comes_to_an_end() -> None:
    request, tries = listing("task"), 0
    while (found := read(request, refused("No words that help")).asks) and tries < 10:
        request, tries = found[0], tries + 1
    assert 0 < tries < 10


def test_extra_fields_that_make_the_path_too_long_are_left_to_the_cards() -> None:
    names = [f"Category130CustomFieldOchenDlinnoeNazvaniePolya{number}" for number in range(200)]
    task = listing("task", *names)
    assert len(task.path) <= LONGEST_PATH and names[0] in query_of(task.path)["fields"]
    assert "/task/5" in asked_paths(read(task, page([link("Task", "5", commentsCount=0)])))


def test_of_thousands_of_extra_fields_as_many_are_named_as_fit_and_few_paths_are_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Taken away one by one, they were two thousand paths of a hundred kilobytes for each list, pass and rebuilding."""
    tried: list[str] = []
    asked = lists.asked

    def counted(route: str, query: Mapping[str, Any]) -> str:
        tried.append(asked(route, query))
        return tried[-1]

    monkeypatch.setattr(lists, "asked", counted)
    names = [f"Category130CustomField{number}" for number in range(2000)]
    request = lists.first_page("deal", custom=names, program="5")
    query = query_of(request.path)
    number = len(query["fields"]) - len(lists.LISTS["deal"].fields)
    assert query["fields"][-number:] == names[:number] and request.context["cards"]
    longer = {**query, "fields": [*query["fields"], names[number]]}
    assert len(request.path) <= LONGEST_PATH < len(asked("/deal", longer))
    assert len(tried) < 20


def test_a_list_that_is_read_whole_by_a_pull_of_changes_is_counted_there_too() -> None:
    """What is announced no more would be held against nothing."""
    since = datetime(2026, 1, 1, 12, tzinfo=UTC)
    (departments,) = [one for one in connector.opening(since) if one.stream == "department"]
    told = read(departments, page([link("Department", "1", vacanciesCount=0)], count=2)).announced
    assert [(one.stream, one.number) for one in told] == [("department", 2)]


def test_a_pull_of_changes_asks_by_date_where_there_is_one_and_by_activity_where_not() -> None:
    since = datetime(2026, 1, 1, 12, tzinfo=UTC)
    definitions = {request.context.get("scope"): request for request in connector.opening(since)}
    (company,) = read(definitions["contractorCompany"], page([])).asks
    term = query_of(company.path)["filter"]["config"]["termGroup"]["terms"][0]
    assert term["value"]["from"] == {"contentType": "DateOnly", "year": 2025, "month": 11, "day": 31}
    task = read(definitions["task"], page([])).asks[0]
    assert query_of(task.path)["sortBy"][0] == {
        "contentType": "SortField",
        "fieldName": "activity",
        "desc": True,
    }
    recent, old = (
        link("Task", str(day), activity={"value": f"2025-12-{day}T18:00:00+00:00"}, commentsCount=0)
        for day in (31, 30)
    )
    asked_late = task.replace(late=True)
    told = [*read(company, page([], count=3)).announced, *read(asked_late, page([recent], count=3)).announced]
    assert told == [Announced("comment", "task/31", 0)], "nothing of the lists themselves"
    assert len(following(task, page([recent], more=True))) == 1
    assert following(task, page([recent, old], more=True)) == []
    for value, pages in (
        (None, 1),
        (7, 1),
        ("soon", 1),
        ("2025-12-31T18:00:00", 1),
        ("2025-12-30T18:00:00", 0),
    ):
        odd = page(
            [recent, {**old, "activity": {"value": value}}], more=True
        )  # no moment, or one without a zone
        assert len(following(task, odd)) == pages


def test_rows_that_hide_their_mark_do_not_have_the_whole_list_read_every_night() -> None:
    """A row need not show what the reader's rights or the settings of a scheme hide, and one that nobody touched may have no mark."""
    since = datetime(2026, 1, 1, 12, tzinfo=UTC)
    definitions = {request.context.get("scope"): request for request in connector.opening(since)}
    task = read(definitions["task"], page([])).asks[0]
    at = {day: {"value": f"2025-12-{day}T18:00:00+00:00"} for day in (29, 30, 31)}
    recent, old, older = (link("Task", str(day), activity=at[day], commentsCount=0) for day in (31, 30, 29))
    mute, empty = link("Task", "1", commentsCount=0), link("Task", "2", activity=None, commentsCount=0)
    assert following(task, page([mute, recent, old, empty, older], more=True)) == []
    for rows in ([mute, empty], [recent, mute]):
        (further,) = following(task, page(rows, more=True))
        assert following(further, page([old, older], more=True)) == []
    for rows in ([old, mute], [recent, old, mute, older, recent]):
        (further,) = following(task, page(rows, more=True))
    assert len(following(further, page([old, older], more=True))) == 1
    (further,) = following(task, page([recent], more=True))
    newer = link("Task", "4", activity={"value": "2026-01-01T10:00:00+00:00"}, commentsCount=0)
    assert len(following(further, page([newer, old], more=True))) == 1, (
        "it begins later: its cursor has moved"
    )
    (unsorted,) = following(task, refused("Sorting by field activity is not available", "sortBy"))
    assert len(following(unsorted, page([recent, old], more=True))) == 1


def test_a_body_that_is_no_envelope_raises() -> None:
    for body in (
        b"#%RAML 1.0",
        b'{"data":[]}',
        b'{"meta":{"status":200},"data":[1]}',
        b'{"meta":{"status":200},"data":[{}',
    ):
        with pytest.raises(ValueError):
            connector.rows(TODO, Response(200, {}, body))


def test_a_refusal_holds_no_records() -> None:
    assert connector.rows(TODO, answer(todos(1), status=422)) == []


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("contractorCompany", "hiddenCommentsCount position"),
        ("task", "hiddenCommentsCount kpiPlanned kpiActual kpiUnit"),
        ("todo", "hiddenCommentsCount relationLinks schedule contactInfo"),
        ("offer", "photo avatar userCreated"),
        ("employee", "description address megaMail smoking drinking"),
        ("doc", "commentsCount hiddenCommentsCount"),
        ("warehouse", "commentsCount"),
        ("consignment", "state plannedTime actualTime price taxSum manager"),
        ("callInfo", "fromPhone toPhone fromUser toUser timeFrom timeTo recordLinks"),
        ("message", "text copy blindCopy timeSent convertedTo messageId lastErrorMessage"),
        ("knowledgeBase", "lastUpdated lastUpdateBy"),
    ],
)
def test_fields_are_asked_for_by_the_names_of_the_vendors_own_description(name: str, wanted: str) -> None:
    """A list gives what is named; what goes by another name than anybody guessed would be lost without a word."""
    assert set(wanted.split()) <= set(query_of(first_page(name).path)["fields"])


def test_a_record_with_hidden_comments_only_is_swept_for_their_number() -> None:
    for name in ("task", "project", "contractorCompany", "contractorHuman"):
        asked = next(one for one in sweep.requests() if one.context["list"] == name)
        assert "hiddenCommentsCount" in query_of(asked.path)["fields"]
