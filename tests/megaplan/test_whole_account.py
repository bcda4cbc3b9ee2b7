"""A pull of a whole account gives exactly what the account holds, whichever way Megaplan turns out to behave."""

import hashlib
from collections import defaultdict
from typing import Any

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox
from crmexport_megaplan.sandbox.kinds import DELETED
from crmexport_megaplan.sandbox.truth import LINKS

from crmexport.source import Account, GapKind
from tests.megaplan.mini import Mini, Pulled
from tests.memory import in_memory

Truth = dict[str, dict[str, Any]]

BEHAVIOURS = {
    "as is": {},
    "inclusive pageAfter": {"page_after_inclusive": True},
    "counts of pages": {"count_is": "page", "page_cap": 30},
    "no counts": {"count_is": "absent", "page_cap": 30},
    "no hasMoreNext": {"has_more_flag": False},
    "no hasMoreNext, capped": {
        "has_more_flag": False,
        "page_cap": 30,
        "comments_page_cap": 7,
        "count_is": "absent",
    },
    "capped pages": {"page_cap": 30, "comments_page_cap": 7},
    "no order by id": {"sort_by_id": False},
    "included form": {"included": "always"},
    "foreign fields refused": {"foreign_custom_fields": "refused"},
    "fired people hidden": {"employee_list_hides_fired": True},
    "dropped contractors hidden": {"contractor_list_hides_dropped": True},
    "retired deals hidden": {"deal_list_hides_inactive_programs": True, "page_cap": 30},
    "closed projects hidden": {"project_list_hides_closed": True},
    "closed projects hidden, no filter": {"project_list_hides_closed": True, "project_filter": False},
    "finished events hidden": {"todo_list_hides_finished": True},
    "no bulk": {"bulk": "off"},
    "data of errors null": {"error_data": "null", "sort_by_id": False},
    "files redirected": {"file_redirect": True},
    "json with blanks": {"json_form": "spaced"},
    "json escaped": {"json_form": "escaped"},
    "an empty search finds nothing": {"empty_search": "nothing"},
    "hidden comments not listed": {"hidden_comments_listed": False},
    "documents by their folders": {"folders_apart": True},
    "changes in part": {"cuts_changes": True},
    "letters sent apart": {"sent_apart": True},
    "answers to letters apart": {"threads_apart": True},
    "calls of the history apart": {"calls_apart": True},
    "no fields but those described": {"as_described": True},
    "elements by what they lie in": {"spaces_apart": True},
    "cells of rows in part": {"cuts_cells": True},
}


def pulled(
    sizes: tuple[int, int, int] = (100, 130, 260), options: dict[str, Any] | None = None, **behaviour: Any
) -> tuple[Pulled, Truth]:
    sandbox = MegaplanSandbox(*sizes, behaviour=Behaviour(**behaviour))
    with in_memory(sandbox) as url:
        mini = Mini(Megaplan(Account(url, options or {})), sandbox, has_bulk=behaviour.get("bulk") != "off")
        got = mini.pull()
    truth: Truth = defaultdict(dict)
    for record in sandbox.truth():
        truth[record["stream"]][record["id"]] = record
    return got, truth


def agrees(value: Any, told: Any) -> bool:
    """Whether a value is as the truth tells it; there, records named within are bare links."""
    if isinstance(told, list):
        return isinstance(value, list) and len(value) == len(told) and all(map(agrees, value, told))
    if not isinstance(told, dict):
        return bool(value == told) and type(value) is type(told)
    is_bare = set(told) == {"contentType", "id"}
    return (is_bare or set(value) == set(told)) and all(agrees(value[name], told[name]) for name in told)


def check_same(got: Pulled, truth: Truth) -> None:
    """Every record is there and nothing else; every field that came is as it should be; no extra field is missing."""
    held: dict[str, set[str]] = defaultdict(set)
    for stream, id in got.rows:
        held[stream].add(id)
    for stream, records in truth.items():
        if stream == "file":
            continue
        assert held.pop(stream) == set(records), stream
        for id, record in records.items():
            check_record(got, stream, id, record)
    assert held == {}


def check_record(got: Pulled, stream: str, id: str, record: dict[str, Any]) -> None:
    row, body = got.rows[stream, id], record["body"]
    if stream in LINKS:
        assert (row.value["contentType"], row.value["id"]) == (body["contentType"], body["id"])
    for name, value in row.value.items() if stream not in LINKS else ():
        assert agrees(value, body[name]), (stream, id, name, value, body[name])
    assert {name for name in body if "CustomField" in name} <= set(row.value)
    if "parent" in record:
        assert row.parent == tuple(record["parent"])


# What lists are not asked for: what the reader may do or has seen, the same text once more, and the other end of links that
# stand at their own records.
LEFT_OUT = {
    *("possibleActions", "possibleTransitions", "possibleTriggers", "visibleFields", "editableFields"),
    *("isFavorite", "isUnread", "unreadCommentsCount", "lastComment", "comments"),
    *(
        "textDescription",
        "textStatement",
        "shortDescription",
        "tasks",
        "tasksCount",
        "subProjects",
        "subProjectsCount",
    ),
}


def test_every_field_of_every_card_is_asked_for() -> None:
    got, truth = pulled()
    lacking = {
        (stream, name)
        for stream, records in truth.items()
        if stream not in (*LINKS, "file")
        for id, record in records.items()
        for name in record["body"].keys() - got.rows[stream, id].value.keys() - LEFT_OUT
    }
    assert lacking == set()


def check_files(got: Pulled, truth: Truth) -> None:
    assert set(got.files) == set(truth["file"])
    for id, (ref, contents) in got.files.items():
        record = truth["file"][id]
        assert (hashlib.sha256(contents).hexdigest(), len(contents)) == (record["sha256"], record["size"])
        assert (ref.name or ref.id) == (record["body"]["name"] or id)
        assert ref.size == record["size"] or (ref.size is None and id.startswith("path-"))


@pytest.mark.parametrize("behaviour", BEHAVIOURS.values(), ids=BEHAVIOURS)
def test_the_pull_equals_the_truth(behaviour: dict[str, Any]) -> None:
    got, truth = pulled(**behaviour)
    check_same(got, truth)
    check_files(got, truth)
    assert set(got.gaps) <= {(kind[:1].lower() + kind[1:], id) for kind, id in DELETED.items()}
    assert {gap.kind for gap in got.gaps.values()} == {GapKind.VANISHED}


def test_what_a_list_of_tasks_does_not_show_of_negotiations_comes_with_its_files() -> None:
    got, truth = pulled(talks_bare=True)
    check_files(got, truth)
    items = {
        id: row.value["versions"] for (stream, id), row in got.rows.items() if stream == "negotiationItem"
    }
    tasks = {id for id, record in truth["task"].items() if record["body"]["isNegotiation"]}
    assert {id.split("/")[1] for id in items} == tasks and all(items.values())


def test_what_the_lists_of_consignments_and_calls_pass_over_is_found_by_links() -> None:
    got, truth = pulled((220, 60, 60), passes_over=True)
    check_same(got, truth)
    check_files(got, truth)


@pytest.mark.parametrize(
    "absent",
    [
        ("knowledgeBase/all",),
        ("sectionArticles",),
        ("knowledgeBase/all", "sectionArticles"),
        ("knowledgeBase/trash",),
    ],
)
def test_articles_are_found_whichever_ways_to_them_there_are(absent: tuple[str, ...]) -> None:
    got, truth = pulled((20, 20, 20), absent=absent)
    articles = {id for stream, id in got.rows if stream == "knowledgeArticle"}
    assert articles == set(truth["knowledgeArticle"])
    assert len(articles) == 5 - ("knowledgeBase/trash" in absent) - (len(absent) == 2)


@pytest.mark.parametrize(("spaces", "kind"), [("absent", GapKind.VANISHED), ("refused", GapKind.NOT_GIVEN)])
def test_an_account_that_gives_no_spaces_is_asked_once_and_lacks_nothing(spaces: str, kind: GapKind) -> None:
    """Of what is absent the engine makes a gap of its family, which is not given either."""
    got, truth = pulled((20, 20, 20), spaces=spaces)
    check_same(got, truth)
    check_files(got, truth)
    assert got.gaps.pop(("element", "spaces")).kind is kind
    assert {gap.kind for gap in got.gaps.values()} == {GapKind.VANISHED}
    assert sum("/spaces/" in f"{one.path} {one.body}" for one in got.asked) == 1


@pytest.mark.parametrize("views", ["filtered", "mute"])
def test_a_table_is_read_through_all_of_its_views_where_none_says_that_it_hides_nothing(views: str) -> None:
    got, truth = pulled((20, 20, 20), views=views)
    assert {id for stream, id in got.rows if stream == "widgetRow"} == set(truth["widgetRow"])
    told = {id for (stream, id), gap in got.gaps.items() if gap.kind is GapKind.NOT_GIVEN}
    assert told == {"element/w-1", "element/w-2"}


def test_the_included_form_asked_for_gives_the_same() -> None:
    got, truth = pulled(options={"included": True})
    check_same(got, truth)
    check_files(got, truth)


def test_what_is_announced_is_what_there_is() -> None:
    got, truth = pulled()
    for stream, records in truth.items():
        if stream not in (
            "file",
            "extraField",
            "tag",
            "offerCategory",
            "finOperation",
            "history",
            "statusHistory",
            "groupMember",
            "vacation",
            "knowledgeArticle",
            *("element", "elementMember", "noteEdition", "iframeUrl", "widgetField", "widgetLayout"),
        ):
            assert got.announced_of(stream) == len(records), stream


def test_failing_contractor_comments_are_gaps_and_stop_nothing() -> None:
    got, truth = pulled(contractor_comments=False)
    lost = {
        ("comment", "/".join(one["parent"]))
        for one in truth["comment"].values()
        if one["parent"][0].startswith("contractor")
    }
    assert lost and lost <= set(got.gaps)
    held = {id for stream, id in got.rows if stream == "comment"}
    assert held == {
        id for id, one in truth["comment"].items() if not one["parent"][0].startswith("contractor")
    }
    assert all(
        len(truth[stream]) == len([1 for of, _id in got.rows if of == stream])
        for stream in ("deal", "task", "todo")
    )
