"""The truth is what a complete pull finds, no more and no less, and it is the same each time."""

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests
from crmexport_megaplan.sandbox import PRESETS, Behaviour, MegaplanSandbox, spaces
from crmexport_megaplan.sandbox.site import CARDS
from crmexport_megaplan.sandbox.small import PAPERS, ROUTES

from crmexport.errors import ConfigurationError
from crmexport.sandbox.exchange import Asked
from tests.sandbox.asking import ANY, Client, filtered, small

PARTS = ("Milestone", "NegotiationItem", "NegotiationItemVersion", "RelationLink")
GOLDEN = Path(__file__).parent / "golden" / "first-records.json"
STREAMS = {
    "employee", "department", "program", "extraField", "contractorCompany", "contractorHuman", "payer", "deal",
    "task", "project", "todo", "comment", "invoice", "file", "group", "position", "duty", "holiday", "holidayDay", "contractorType",
    "addressType", "todoStatus", "tag", "unit", "currency", "payForm", "finOperationType", "realAccount", "filterGroup",
    "filter", "offerCategory", "offer", "warehouse", "consignment", "consignmentRow", "finOperation",
    "history", "statusHistory", "linkedDeal", "linkedTask", "docFolder", "doc", "docVersion", "knowledgeBase",
    "knowledgeArticle", "callInfo", "message", "groupMember", "relationLink", "contractorStatus", "employeeStatus",
    "todoCategory", "place", "vacation", "commentTemplate", "invoiceTemplate", "clientChat",
    "element", "elementMember", "noteEdition", "iframeUrl", "widgetField", "widgetLayout", "widgetRow",
}  # fmt: skip


@pytest.fixture(scope="module")
def client() -> Client:
    return small()


@pytest.fixture(scope="module")
def truth(client: Client) -> dict[tuple[str, str], dict[str, Any]]:
    return {(record["stream"], record["id"]): record for record in client.sandbox.truth()}


def bare(value: Any) -> Any:
    """A card as the truth tells it: named records are links, but parts without a life of their own stay whole."""
    if isinstance(value, list):
        return [bare(part) for part in value]
    if not isinstance(value, dict):
        return value
    if "id" in value and value["contentType"] not in ("OfferRow", "ProgramState", *PARTS):
        return {"contentType": value["contentType"], "id": value["id"]}
    return {name: bare(part) for name, part in value.items()}


def test_all_streams_are_there_and_ids_are_unique(client: Client, truth: dict[tuple[str, str], Any]) -> None:
    assert {stream for stream, _ in truth} == STREAMS
    assert len(truth) == len(list(client.sandbox.truth()))


def test_every_card_is_the_truth(client: Client, truth: dict[tuple[str, str], Any]) -> None:
    for (stream, id), record in truth.items():
        if stream in CARDS:
            card = client.get(f"{stream}/{id}")["data"]
            shown = {name: part if stream == "program" else bare(part) for name, part in card.items()}
            if stream == "deal" and card["state"]:
                shown["state"] = {"contentType": "ProgramState", "id": card["state"]["id"]}
            expected = record["body"]
            if stream == "program":
                shown.pop("transitions")
                expected = {name: part for name, part in expected.items() if name != "transitions"}
            assert shown == expected


def test_a_patient_walk_finds_all_records(client: Client, truth: dict[tuple[str, str], Any]) -> None:
    found: set[tuple[str, str]] = set()
    every = {"filter": filtered(ANY), "fields": ["attaches", "commentsCount", "hiddenCommentsCount"]}
    lists: dict[str, dict[str, Any]] = {
        "employee": {"fields": ["commentsCount"]},
        "department": {},
        "program": {"withInactivePrograms": True},
        "contractor": {"fields": ["attaches", "commentsCount"]},
        "payer": {},
        "deal": {"fields": ["attaches", "commentsCount"]},
        "task": every,
        "task/templates": {"fields": ["attaches", "commentsCount"]},
        "todo": {"fields": ["attaches", "commentsCount"]},
        "invoice": {},
        "offer": {"fields": ["commentsCount"]},
        "warehouse": {},
        "consignment": {},
        **{route: {} for route in (*ROUTES, *PAPERS, *spaces.LISTS)},
    }
    for path, query in lists.items():
        for row in client.walk(path, query):
            stream = client.sandbox.account.kinds[row["contentType"]].stream
            found.add((stream, f"{row['contentType']}:{row['id']}" if stream == "filter" else row["id"]))
            if row.get("commentsCount") or row.get("hiddenCommentsCount") or stream == "clientChat":
                comments = client.walk(f"{stream}/{row['id']}/comments")
                found |= {("comment", one["id"]) for one in comments if one["contentType"] == "Comment"}
    elsewhere = {
        "file",
        "extraField",
        "offerCategory",
        "consignmentRow",
        "finOperation",
        "history",
        "statusHistory",
    }
    elsewhere |= {
        "linkedDeal",
        "linkedTask",
        "groupMember",
        "relationLink",
        "docVersion",
        "vacation",
        "knowledgeArticle",
        *spaces.STREAMS.values(),
    }
    assert not {(stream, id) for stream, id in truth if stream not in elsewhere} - found


def test_every_file_hangs_somewhere_and_has_its_bytes(
    client: Client, truth: dict[tuple[str, str], Any]
) -> None:
    hung = _files([record["body"] for record in truth.values() if record["stream"] != "file"])
    for stream, id in truth:
        if stream in ("deal", "task", "contractorCompany", "contractorHuman", "project", "todo"):
            hung |= {row["id"] for row in client.walk(f"{stream}/{id}/attaches")}
    files = {id: record for (stream, id), record in truth.items() if stream == "file"}
    pictures = {id for id in files if id.startswith("path-")}
    assert len(pictures) == 2  # one within a text, and nowhere else; one in a cell of a table
    assert len(files.keys() - hung - pictures) == 1  # one stands in the account's own inventory only
    assert {row["id"] for row in client.walk("fileStorage")} == files.keys() - pictures
    for record in files.values():
        answer = client.sandbox.site(Asked("GET", record["body"]["path"], "", client.headers))
        assert answer.status == 200
        assert (sha256(answer.body).hexdigest(), len(answer.body)) == (record["sha256"], record["size"])
        assert record["body"]["size"] == record["size"]


def _files(value: Any) -> set[str]:
    if isinstance(value, list):
        return {id for part in value for id in _files(part)}
    if not isinstance(value, dict):
        return set()
    if value.get("contentType") == "File":
        return {value["id"]}
    return {id for part in value.values() for id in _files(part)}


def test_comments_and_definitions_tell_their_parents(
    client: Client, truth: dict[tuple[str, str], Any]
) -> None:
    stream, id = truth["comment", "50001"]["parent"]
    assert "50001" in {row["id"] for row in client.walk(f"{stream}/{id}/comments")}
    assert truth["extraField", "program/13:Category1000060CustomFieldIstochnik"]["parent"] == [
        "program",
        "13",
    ]
    assert truth["extraField", "task:Category130CustomFieldEtap"]["parent"] == ["task", ""]


def test_the_same_seed_gives_the_same_company_and_another_another() -> None:
    def digest(seed: int) -> str:
        text = json.dumps(list(MegaplanSandbox(60, 60, 60, seed).truth()))
        return sha256(text.encode()).hexdigest()

    assert digest(1) == digest(1) != digest(2)


def test_the_first_records_are_as_recorded(truth: dict[tuple[str, str], Any]) -> None:
    """The golden file is written anew with CRMEXPORT_GOLDEN=write."""
    first: dict[str, Any] = {}
    for record in truth.values():
        first.setdefault(record["stream"], record)
    text = json.dumps(first, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if os.environ.get("CRMEXPORT_GOLDEN") == "write":
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_a_file_needs_a_sign_in_and_a_right_path(client: Client, truth: dict[tuple[str, str], Any]) -> None:
    path = truth["file", "700"]["body"]["path"]
    stranger = client.sandbox.site(Asked("GET", path))
    assert (stranger.status, stranger.content_type) == (200, "text/html; charset=utf-8")
    for wrong in (path.replace("/00/0", "/00/f"), path[:40], "/attach/SdfFileM_File/File/00/zz"):
        assert client.sandbox.site(Asked("GET", wrong, "", client.headers)).status == 404


def test_a_download_may_lead_elsewhere() -> None:
    sandbox = MegaplanSandbox(200, 300, 600, behaviour=Behaviour(file_redirect=True))
    record = next(record for record in sandbox.truth() if record["stream"] == "file" and record["size"])
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    with sandbox.running() as url:
        answer = requests.get(url + record["body"]["path"], headers=headers, timeout=10)
    assert [step.status_code for step in answer.history] == [302]
    assert sha256(answer.content).hexdigest() == record["sha256"]


def test_the_control_pages_tell_the_ledger_and_the_truth(truth: dict[tuple[str, str], Any]) -> None:
    sandbox = MegaplanSandbox(200, 300, 600)
    with sandbox.running() as url:
        assert requests.get(f"{url}/api/v3/currentUser", timeout=10).status_code == 401
        ledger = requests.get(f"{url}/__sandbox__/ledger", timeout=10).json()
        lines = (
            requests.get(f"{url}/__sandbox__/truth", timeout=10)
            .content.decode()
            .removesuffix("\n")
            .split("\n")
        )
    assert ledger.keys() == {"requests", "calls", "statuses", "first", "last", "least"}
    assert (ledger["requests"], ledger["statuses"]) == (1, {"401": 1})
    told = [json.loads(line) for line in lines]
    assert {(record["stream"], record["id"]): record for record in told} == truth


def test_the_full_preset_holds_nothing_and_starts_at_once() -> None:
    import tracemalloc
    from time import process_time

    tracemalloc.start()
    began = process_time()
    client = Client(MegaplanSandbox.preset("full"))
    page = client.get("deal", {"limit": 100})
    spent = process_time() - began
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert page["meta"]["pagination"]["count"] == 80_000
    assert spent < 2
    assert memory < 16_000_000


def test_sizes() -> None:
    for sizes in PRESETS.values():
        account = MegaplanSandbox(sizes.cards, sizes.tasks, sizes.comments).account
        counts = account.counts
        cards = counts["ContractorCompany"] + counts["ContractorHuman"] + counts["Deal"]
        assert (cards, counts["Task"], counts["Comment"]) == (sizes.cards, sizes.tasks, sizes.comments)
    with pytest.raises(ConfigurationError, match="20"):
        MegaplanSandbox(19, 20, 0)
    assert list(MegaplanSandbox(20, 20, 0).truth())
