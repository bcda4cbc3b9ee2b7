"""The least number of requests is plain arithmetic, and follows the behaviour."""

from typing import Any

from crmexport_megaplan.sandbox import MegaplanSandbox

from tests.sandbox.asking import Client, small


def least(**behaviour: Any) -> int:
    return small(**behaviour).sandbox.least()


def test_it_is_what_a_patient_hand_counts() -> None:
    client = small()
    lists = {
        "employee": 1,
        "department": 1,
        "program": 1,
        "contractor": 2,
        "payer": 1,
        "deal": 1,
        "todo": 1,
        "invoice": 1,
    }
    lists |= {"doc": 1, "knowledgeBase": 1, "callInfo": 1, "message": 1, "fileStorage": 1, "clientChat": 1}
    lists |= {"offer": 1, "warehouse": 1, "consignment": 1}
    lists |= {"task": 4, "task/templates": 1, "project/templates": 1}
    definitions = (
        5 + 6 + 2 + 4 + 2
    )  # schemes; entities; forms of requisites; categories; rows of deals, and warehouses
    tree = 1 + 4
    assert _pages(client, lists) == {name: pages for name, pages in lists.items() if name != "task"}
    parents = ("deal", "task", "project", "todo", "contractorCompany", "contractorHuman", "offer", "employee")
    holders = parents[:-2]
    records = [record for record in client.sandbox.truth() if record["stream"] in parents]
    comments = (
        sum(
            bool(record["body"]["commentsCount"] + record["body"].get("hiddenCommentsCount", 0))
            for record in records
        )
        + 1
    )  # task 1000002 has two pages
    attaches = sum(
        record["body"].get("attachesCount", 99) > 5 for record in records if record["stream"] in holders
    )
    deleted = 6
    chats, threads = 4, 1  # the comments of each chat, and the answers that a letter does not show
    files = client.sandbox.account.counts["File"] + 1  # the one that a cell of a table shows by its address
    spaces = (
        5 + 2 + 2 + 4 + 1 + 2 * 3
    )  # lists; what lies in spaces; members; notes; a frame; columns, views, rows of two tables
    papers = 5 + 2 + 4 + 4  # articles, those of sections, documents that have versions, what lies in folders
    dictionaries = 31 + 8  # with rows, and without
    counts = client.sandbox.account.counts
    money = counts["FinOperation"] + 1 + counts["ConsignmentRow"]  # cards, and one page of the search
    pasts = ("history", "statusHistory", "groupMember", "relationLink", "vacation")
    past = len({(one["stream"], *one["parent"]) for one in client.sandbox.truth() if one["stream"] in pasts})
    links = {
        (record["stream"], *record["parent"])
        for record in client.sandbox.truth()
        if "linked" in record["stream"]
    }
    packed = -(
        -(
            papers
            + past
            + counts["Employee"]
            + counts["Consignment"]
            + len(links)
            + money
            + comments
            + attaches
            + deleted
            + chats
            + threads
            + spaces
            + dictionaries
        )
        // 20
    )
    once = sum(lists.values()) + definitions + tree + packed + files
    told = ("contractor", "deal", "task")
    newest = ("callInfo", "message", "fileStorage")
    again = -(-(dictionaries + 4 + 1 + spaces) // 20)  # what lies in folders as well, and the search
    look = definitions + tree + again + len(told) + len(newest)
    look += sum(pages for name, pages in lists.items() if name not in (*told, *newest))
    sweep = sum(lists[name] for name in told)
    greetings = 2  # who is signed in, and until when
    assert client.sandbox.least() == greetings + once + look + sweep


def _pages(client: Client, lists: dict[str, int]) -> dict[str, int]:
    """How many pages each list has, by asking (tasks apart, which need a filter)."""
    query = {"withInactivePrograms": True}
    counts = {
        name: client.get(name, query if name == "program" else None)["meta"]["pagination"]["count"]
        for name in lists
        if name != "task"
    }
    return {name: max(1, -(-count // 100)) for name, count in counts.items()}


def test_it_grows_with_what_makes_a_pull_longer() -> None:
    usual = least()
    assert least(page_cap=50) > usual
    assert least(bulk_max=5) > usual
    assert least(bulk="off") > least(bulk_max=2)
    assert least(todo_list_hides_finished=True) > usual
    assert least(deal_list_hides_inactive_programs=True) == usual + 3 * 4
    assert least(employee_list_hides_fired=True, contractor_list_hides_dropped=True, bulk="off") > least(
        bulk="off"
    )


def test_it_is_counted_once_for_each_state_of_the_account() -> None:
    sandbox = MegaplanSandbox(200, 300, 600)
    first = sandbox.least()
    assert sandbox.least() == first
