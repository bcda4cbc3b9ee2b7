"""A file that comes as base64 within JSON is kept as the bytes it is; an answer that does not hold it is no file."""

import base64
import errno
import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from crmexport.errors import OutputError
from crmexport.pull.unwrapping import unwrapped
from crmexport.source import Request
from crmexport.transport.incoming import FileResponse

CONTENT = bytes(range(256)) * 3


def received(folder: Path, document: object) -> FileResponse:
    path = folder / "arrived"
    body = json.dumps(document).encode()
    path.write_bytes(body)
    return FileResponse(200, {}, body[:10], path=path, sha256="", size=len(body))


@pytest.mark.parametrize(
    ("key", "document", "content"),
    [
        (None, [{"id": 1, "datas": base64.b64encode(CONTENT).decode()}], CONTENT),
        ("result", {"result": [{"datas": base64.encodebytes(CONTENT).decode()}]}, CONTENT),
        (None, [{"datas": False}], b""),
    ],
)
def test_the_bytes_take_the_place_of_the_answer(
    tmp_path: Path, key: str | None, document: object, content: bytes
) -> None:
    request = Request("file", "/f", is_file=True, context={"decode": [key, "datas", "base64"]})
    found = unwrapped(request, received(tmp_path, document))
    assert found.path.read_bytes() == content
    assert (found.size, found.sha256) == (len(content), sha256(content).hexdigest())


def test_the_bytes_are_on_disk_before_the_archive_calls_them_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[bytes] = []
    arrived = tmp_path / "arrived"
    monkeypatch.setattr(
        "crmexport.transport.line.os.fsync", lambda handle: synced.append(arrived.read_bytes())
    )
    request = Request("file", "/f", is_file=True, context={"decode": [None, "datas", "base64"]})
    unwrapped(request, received(tmp_path, [{"datas": base64.b64encode(CONTENT).decode()}]))
    assert synced == [CONTENT]


def test_a_disk_without_room_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("crmexport.transport.line.os.fsync", full)
    request = Request("file", "/f", is_file=True, context={"decode": [None, "datas", "base64"]})
    with pytest.raises(OutputError, match="No space left"):
        unwrapped(request, received(tmp_path, [{"datas": base64.b64encode(CONTENT).decode()}]))


@pytest.mark.parametrize(
    "document", [[], {}, [{"id": 1}], [{"datas": 5}], [{"datas": "not base64!"}], "text", None]
)
def test_an_answer_without_the_file_is_refused(tmp_path: Path, document: object) -> None:
    request = Request("file", "/f", is_file=True, context={"decode": [None, "datas", "base64"]})
    with pytest.raises(ValueError):
        unwrapped(request, received(tmp_path, document))


def test_a_plain_file_stays_as_it_is(tmp_path: Path) -> None:
    response = received(tmp_path, ["plain"])
    assert unwrapped(Request("file", "/f", is_file=True), response) is response


@pytest.mark.parametrize("kind", ["", "application/json", "text/html; charset=utf-8"])
def test_nothing_at_all_is_no_file_where_its_size_is_not_told(tmp_path: Path, kind: str) -> None:
    headers = {"content-type": kind} if kind else {}
    nothing = FileResponse(200, headers, b"", path=tmp_path / "arrived", size=0)
    with pytest.raises(ValueError, match="nothing came"):
        unwrapped(Request("file", "/f", is_file=True), nothing)


@pytest.mark.parametrize(
    ("kind", "context"), [("application/octet-stream", {}), ("image/png", {}), ("", {"size": 0})]
)
def test_an_empty_file_is_one_where_it_is_sent_as_a_file_or_told_to_be_empty(
    tmp_path: Path, kind: str, context: dict[str, int]
) -> None:
    empty = FileResponse(200, {"content-type": kind}, b"", path=tmp_path / "arrived", size=0)
    assert unwrapped(Request("file", "/f", is_file=True, context=context), empty) is empty


def test_what_was_unwrapped_is_on_disk_before_it_is_called_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk may notice only at the end that it is full; a power cut must not leave a name without its bytes."""

    def full(number: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    arrived = received(tmp_path, [{"datas": base64.b64encode(CONTENT).decode()}])
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left"):
        unwrapped(Request("file", "/f", is_file=True, context={"decode": [None, "datas", "base64"]}), arrived)


def test_nor_does_one_that_is_nested_without_end_hold_it(tmp_path: Path) -> None:
    answer = received(tmp_path, [])
    answer.path.write_bytes(b"[" * 200_000)
    with pytest.raises(ValueError, match="does not hold the file"):
        unwrapped(Request("file", "/f", is_file=True, context={"decode": [None, "datas", "base64"]}), answer)
