"""A pull through the older API gives exactly what the account holds, whichever way that API turns out to behave."""

import json
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from crmexport_megaplan.v1 import MegaplanV1

from crmexport.archive import Archive
from crmexport.archive.replay import current_rows
from crmexport.pull.addresses import Addresses
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Account, FileRef, GapKind
from tests.megaplan_v1.truths import differences, losses, pulled, sandbox
from tests.memory import in_memory

BEHAVIOURS: dict[str, dict[str, Any]] = {
    "as is": {},
    "another zone": {"zone": "Asia/Yekaterinburg"},
    "an older install without one-time keys": {"one_time_key": "absent"},
    "the one-time key is the whole of data": {"one_time_key": "data"},
    "pairs die, told by 401": {"pair_requests": 30},
    "pairs die, told by 403": {"pair_requests": 30, "refusal": "403"},
    "pairs die, told inside": {"pair_requests": 30, "refusal": "inside"},
    "Detailed is ignored": {"detailed": False},
    "no order by id": {"sort_by_id": False},
    "newest first": {"sort_by_id": False, "newest_first": True},
    "pages capped at 30": {"page_cap": 30},
    "pages capped at 10": {"page_cap": 10},
    "files only through the API": {"attach_by_url": False},
    "empty lists are empty texts": {"empty_list": '""'},
}


@pytest.fixture(autouse=True)
def private_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))


@pytest.mark.parametrize("behaviour", BEHAVIOURS.values(), ids=BEHAVIOURS)
def test_the_archive_equals_the_truth(behaviour: dict[str, Any], tmp_path: Path) -> None:
    box = sandbox(**behaviour)
    with in_memory(box) as url:
        result = pulled(tmp_path / "archive", box, url)
        assert differences(tmp_path / "archive", box, url) == []
    assert losses(tmp_path / "archive") == []
    assert result.complete


def test_arrays_that_are_written_as_objects_are_read_as_arrays(tmp_path: Path) -> None:
    """PHP writes an array so that has gaps: one from which some members were taken away."""
    box = sandbox()
    respond = box.app.respond

    def gapped(value: Any) -> Any:
        if isinstance(value, list) and len(value) > 1:
            return {str(2 * place + 1): gapped(one) for place, one in enumerate(value)}
        if isinstance(value, list):
            return [*map(gapped, value)]
        return {name: gapped(one) for name, one in value.items()} if isinstance(value, dict) else value

    def responding(asked: Asked) -> Answer:
        answer = respond(asked)
        if not asked.path.partition("?")[0].endswith(".api") or b'"data"' not in answer.body:
            return answer
        return replace(answer, body=json.dumps(gapped(json.loads(answer.body))).encode())

    box.app.respond = responding  # type: ignore[method-assign]
    with in_memory(box) as url:
        for _night in range(2):
            assert pulled(tmp_path / "archive", box, url).complete
        assert differences(tmp_path / "archive", box, url) == []


def test_the_zone_of_all_times_is_kept_where_nothing_tells_who_is_signed_in(tmp_path: Path) -> None:
    box, folder = sandbox(zone="Asia/Yekaterinburg"), tmp_path / "archive"
    respond = box.app.respond

    def responding(asked: Asked) -> Answer:
        return Answer(404, b"<html>404</html>", "text/html") if "UserInfo" in asked.path else respond(asked)

    box.app.respond = responding  # type: ignore[method-assign]
    with in_memory(box) as url:
        for _night in range(2):
            assert pulled(folder, box, url).complete
        with Archive.open(folder) as archive:
            rows = current_rows(archive, MegaplanV1(Account(url)), {"Account"})
            assert [row.value["zone"] for row in rows] == ["Asia/Yekaterinburg"]


def test_an_order_that_the_database_does_not_know_costs_no_record(tmp_path: Path) -> None:
    """Failures come with status 500 as well as within 200, in the database's own words (Megaplan reference, §12)."""
    box = sandbox()
    respond, said = (
        box.app.respond,
        b'{"status":{"code":"error","message":"SQLSTATE[42S22]: Column not found"}}',
    )
    box.app.respond = lambda asked: Answer(500, said) if "SortBy" in asked.query else respond(asked)  # type: ignore[method-assign]
    with in_memory(box) as url:
        assert pulled(tmp_path / "archive", box, url).complete
        assert differences(tmp_path / "archive", box, url) == []


def test_files_come_by_the_route_without_an_ending_where_that_alone_is_there(tmp_path: Path) -> None:
    """The client that knows this way wrote it so, and of all other routes says “.api”."""
    box, plain = sandbox(attach_by_url=False), "/BumsCommonApiV01/File/downloadAttach"
    respond = box.app.respond

    def responding(asked: Asked) -> Answer:
        if asked.path == f"{plain}.api":
            return Answer(404, b"<html>404</html>", "text/html")
        if asked.path != plain:
            return respond(asked)
        return box.v1._bytes(dict(parse_qsl(asked.query))["url"])

    box.app.respond = responding  # type: ignore[method-assign]
    with in_memory(box) as url:
        for _night in range(2):
            assert pulled(tmp_path / "archive", box, url).complete
        assert differences(tmp_path / "archive", box, url) == []


def test_a_way_to_a_file_that_fails_when_the_others_have_does_not_say_that_it_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later pull asks by the way that was left over, and by the others: a record that names it was asked anew, and answered, before these failed."""
    box, is_left_over, named = sandbox(), Event(), Event()
    respond, is_missing = box.app.respond, Addresses._is_missing

    def responding(asked: Asked) -> Answer:
        if "no_extension" not in unquote(f"{asked.path}?{asked.query}"):
            return respond(asked)
        is_late = is_left_over.is_set() and asked.path.endswith(".api") and not named.is_set()
        return Answer(503 if is_late else 404)

    def noted(self: Addresses, file: FileRef) -> bool:
        found = is_missing(self, file)
        if is_left_over.is_set():
            named.set()
        return found

    box.app.respond = responding  # type: ignore[method-assign]
    monkeypatch.setattr(Addresses, "_is_missing", noted)
    with in_memory(box) as url:
        assert not pulled(tmp_path / "archive", box, url).complete
        is_left_over.set()
        assert not pulled(tmp_path / "archive", box, url).complete
    assert named.is_set()


@pytest.mark.parametrize("is_named", [False, True])
@pytest.mark.parametrize(
    "nothing", [Answer(404), Answer(200, b"<html>Sign in</html>", "text/html")], ids=["404", "page"]
)
def test_a_file_that_is_not_there_is_missed_if_a_record_names_it(
    tmp_path: Path, nothing: Answer, is_named: bool
) -> None:
    """It may have been taken off before it was fetched. Of the route of which nobody knows whether it is there, the refusal says nothing."""
    box, taken_off = sandbox(), "no_extension"
    respond, told = box.app.respond, []

    def without(value: Any) -> Any:
        if isinstance(value, list):
            return [
                without(one) for one in value if not (isinstance(one, dict) and one.get("Name") == taken_off)
            ]
        return {name: without(one) for name, one in value.items()} if isinstance(value, dict) else value

    def responding(asked: Asked) -> Answer:
        if taken_off in unquote(f"{asked.path}?{asked.query}"):
            told.append(asked.path.rpartition("/")[2])
            return Answer(404) if asked.path.endswith((taken_off, ".api")) else nothing
        answer = respond(asked)
        if is_named or not told or b'"data"' not in answer.body:
            return answer
        return replace(answer, body=json.dumps(without(json.loads(answer.body))).encode())

    box.app.respond = responding  # type: ignore[method-assign]
    with in_memory(box) as url:
        for _night in range(2):
            assert pulled(tmp_path / "archive", box, url).complete is not is_named
    with Archive.open(tmp_path / "archive") as archive:
        assert [("still names it" in gap.reason) for gap in archive.gaps() if gap.stream == "file"] == [
            is_named
        ]
    assert set(told) == {taken_off, "downloadAttach.api", "downloadAttach"}


@pytest.mark.parametrize("status", [200, 403])
def test_a_file_that_is_kept_back_is_missed_though_a_route_that_is_not_there_says_404(
    tmp_path: Path, status: int
) -> None:
    """No card of a letter tells once more that it names the file: both nights ended complete, or the second one."""
    box = sandbox()
    respond = box.app.respond
    kept = Answer(status, b'{"status":{"code":"error","message":"Access denied"}}')

    def responding(asked: Asked) -> Answer:
        if "letter.pdf" in unquote(f"{asked.path}?{asked.query}"):
            return Answer(404, b"<html>404</html>", "text/html") if asked.path.endswith(".api") else kept
        answer = respond(asked)
        if "Message/list" not in asked.path:
            return answer
        told = json.loads(answer.body)
        for letter in told["data"]["messages"][:1]:
            letter["Attaches"] = [{"Id": 77001, "Name": "letter.pdf", "Url": "/attach/letter.pdf"}]
        return replace(answer, body=json.dumps(told).encode())

    box.app.respond = responding  # type: ignore[method-assign]
    with in_memory(box) as url:
        for _night in range(3):
            assert not pulled(tmp_path / "archive", box, url).complete
            with Archive.open(tmp_path / "archive") as archive:
                (gap,) = (gap for gap in archive.gaps() if gap.stream == "file")
            assert (gap.id, gap.kind) == ("77001", GapKind.REFUSED)


def test_history_record_by_record_gives_the_changes_of_each(tmp_path: Path) -> None:
    box = sandbox()
    with in_memory(box) as url:
        result = pulled(tmp_path / "archive", box, url, {"history": "true"})
    asked = [entry.path for entry in box.ledger.entries if "History/list" in entry.path]
    assert len(asked) == sum(result.records[stream] for stream in ("Task", "Project", "Contractor", "Deal"))
    assert result.complete


def test_a_company_with_more_schemes_than_a_page_holds_has_all_of_them(tmp_path: Path) -> None:
    """Clients that ran live tell a list of schemes where to begin and how many to give; unasked, it is a default number."""
    box, schemes = sandbox(), [{"Id": 500 + place, "Name": f"Схема {place}"} for place in range(130)]
    respond = box.app.respond

    def responding(asked: Asked) -> Answer:
        answer = respond(asked)
        if "Program/list" not in asked.path:
            return answer
        query = dict(parse_qsl(asked.query))
        limit, offset = int(query.get("Limit", 50)), int(query.get("Offset", 0))
        told = json.loads(answer.body)
        schemes[:0] = told["data"]["programs"] if len(schemes) == 130 else []
        rows = schemes[offset : offset + limit]
        return replace(answer, body=json.dumps({**told, "data": {"programs": rows}}).encode())

    box.app.respond = responding  # type: ignore[method-assign]
    with in_memory(box) as url:
        assert pulled(tmp_path / "archive", box, url).records["Program"] == 135


def test_deals_of_schemes_that_are_not_listed_come_whole_and_the_schemes_are_named(tmp_path: Path) -> None:
    """Their extra fields are found by the scheme that the deals themselves name; the scheme's own record cannot be had."""
    box = sandbox(retired_programs=False)
    with in_memory(box) as url:
        result = pulled(tmp_path / "archive", box, url)
        missing = differences(tmp_path / "archive", box, url)
    assert missing == ["Program 16 is true, but not held", "Program 17 is true, but not held"]
    assert [gap[:2] for gap in losses(tmp_path / "archive")] == [("Program", "16"), ("Program", "17")]
    assert not result.complete
