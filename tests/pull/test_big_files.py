"""A big file over a bad line: what has come of it is never fetched twice, by no try, no run and no pull."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crmexport.archive import Archive, Place
from crmexport.source import Request
from crmexport.transport.begun import Begun, note
from crmexport.transport.failures import TransientError
from crmexport.transport.incoming import FileResponse, Incoming
from tests.pull.test_engine import Journey
from tests.toy import ToyServer

EACH = 2  # bytes after which the line drops
BIG = bytes(range(100))
PATH = "/file/f2"


class Dropping(ToyServer):
    """Gives of the file f2 `EACH` bytes at a time, as long as it is up."""

    def __init__(self, incoming: Path) -> None:
        super().__init__(incoming=incoming)
        self.contents["f2"] = BIG
        self.things["2"]["file"] = {"id": "f2", "name": "film.avi", "size": len(BIG)}
        self.is_up = True
        self.starts: list[int] = []
        self.files = Incoming(incoming)

    def _file(self, request: Request) -> FileResponse:
        if request.path != PATH:
            return super()._file(request)
        rest = self.files.missing(request)
        start = int(rest["Range"][len("bytes=") : -1]) if rest else 0
        self.starts.append(start)
        headers = {"etag": '"one"', "content-length": str(len(BIG) - start)}
        part = {"content-range": f"bytes {start}-{len(BIG) - 1}/{len(BIG)}"} if rest else {}
        return self.files.take(request, 206 if rest else 200, headers | part, self._pieces(start))

    def _pieces(self, start: int) -> Iterator[bytes]:
        if self.is_up:
            yield BIG[start : start + EACH]
        if start + EACH < len(BIG) or not self.is_up:
            raise TransientError("the answer broke off")


@pytest.fixture
def journey(tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch) -> Journey:
    """Some tries between two waits, and as many waits as ever."""
    monkeypatch.setattr("crmexport.transport.retry.PATIENCE", 3.0)
    monkeypatch.setattr("crmexport.pull.fetching.STRIDE", 1)
    journey = Journey(tmp_path / "archive", place)
    journey.server = Dropping(journey.folder / "files" / "incoming")
    return journey


def server_of(journey: Journey) -> Dropping:
    assert isinstance(journey.server, Dropping)
    return journey.server


def left(journey: Journey) -> list[str]:
    return sorted(path.name for path in (journey.folder / "files" / "incoming").iterdir())


def test_one_that_comes_nearer_to_its_end_is_never_given_up(journey: Journey) -> None:
    assert journey.pull().complete
    starts = server_of(journey).starts
    assert starts == list(range(0, len(BIG), EACH))
    assert left(journey) == []


def test_the_next_pull_goes_on_where_the_last_one_gave_up(journey: Journey) -> None:
    server = server_of(journey)

    def fall(request: Request) -> None:
        server.is_up = server.is_up and not (request.path == PATH and len(server.starts) == 3)

    server.faults.append(fall)
    assert not journey.pull().complete
    assert len(left(journey)) == 2, "the bytes, and the note of them"
    server.faults.clear()
    server.is_up, server.starts, server.files = True, [], Incoming(journey.folder / "files" / "incoming")
    assert journey.pull().complete
    assert server.starts[0] == 3 * EACH
    assert left(journey) == []
    with Archive.open(journey.place) as archive:
        assert list(archive.check()) == []
        (file,) = [file for file in archive.files() if file.id == "f2"]
        assert file.path is not None and file.path.read_bytes() == BIG


def test_what_no_pull_will_ask_for_again_is_not_kept(journey: Journey) -> None:
    """Nor what is nothing to go on from."""
    incoming = journey.folder / "files" / "incoming"
    incoming.mkdir(parents=True)
    for name in ("ab" * 32, "cd" * 32):  # as requests are called
        (incoming / name).write_bytes(b"half")
    begun = Begun('"one"', 100)
    begun.add(b"half")
    note(incoming / ("ab" * 32), begun)
    assert journey.pull().complete
    assert left(journey) == []
