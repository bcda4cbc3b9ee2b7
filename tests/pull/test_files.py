"""A file that the source replaces is fetched anew: when its size is another, or where the source marks what the bytes are."""

import threading
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from crmexport.archive import Archive, Place
from crmexport.archive.content import digest_of
from crmexport.archive.equation import unexplained
from crmexport.archive.prune import Keep, prune
from crmexport.source import GapKind, Request, Response
from tests.pull.test_engine import LOGIN_PAGE, status
from tests.pull.test_sealing import HOUR, Company
from tests.toy import Toy, ToyServer, fault

OLD, NEW, LONG = b"bytes 2", b"BYTES 2", b"more bytes than ever"
OLD_NAME = sha256(OLD).hexdigest()


GONE = status(404)


class Office(Company):
    """Things with files; that of thing 2 is the one that somebody replaces."""

    def replace(self, *things: str, version: object, content: bytes = NEW) -> None:
        """Put other bytes in the place of f2, as the things that show it say."""
        self.server.contents["f2"] = content
        for thing in things or ("2",):
            self.change(thing, file={"id": "f2", "name": "f2.txt", "size": len(content), "version": version})

    def held(self, id: str = "f2") -> bytes | None:  # type: ignore[override]
        """The bytes held of a file; None for none."""
        with Archive.open(self.place) as archive:
            assert list(archive.check()) == []
            (file,) = [file for file in archive.files() if file.id == id]
            return file.path.read_bytes() if file.path else None

    def gaps(self) -> list[tuple[str, str, GapKind]]:
        """What the archive lacks."""
        with Archive.open(self.place) as archive:
            return [gap[:3] for gap in archive.gaps()]

    def fetched(self) -> list[str]:
        """The files that were asked for since the last look."""
        return [asked for asked in self.asked_since() if asked.startswith("GET /file/")]


class Slow(ToyServer):
    """The file is replaced when it has been asked for, which only a later page of the same list tells.

    Its old bytes have come by then or, `late`, are still on their way.
    """

    def __init__(self, office: Office, late: bool, content: bytes, version: str) -> None:
        super().__init__(incoming=office.folder / "files" / "incoming")
        self._office = office
        self._late = late
        self._content, self._version = content, version
        self._replaced, self._told = threading.Event(), threading.Event()

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """As ever, but for the files at first, and the third page, on which another thing shows the one."""
        if request.path == "/things?after=10":
            assert self._replaced.wait(timeout=10)
        if request.path == "/things?after=15":
            self._told.set()
        answer = super().send(request, headers)
        if request.path == ("/file/f2" if self._late else "/file/f4") and not self._replaced.is_set():
            self._office.replace("2", "12", version=self._version, content=self._content)
            self.changed.clear()  # no list of changes helps
            self._replaced.set()
            assert not self._late or self._told.wait(timeout=10)
        return answer


@pytest.fixture
def office(place: Place, tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path / "archive", place)
    office.replace(version="a", content=OLD)
    assert office.pull().complete
    office.fetched()
    office.clock.now += HOUR
    yield office


@pytest.mark.parametrize("full", [False, True])
def test_other_bytes_of_the_same_length_are_fetched(office: Office, full: bool) -> None:
    """The old ones stay in the archive's folder of files."""
    office.replace(version="b")
    assert office.pull(full=full).complete
    assert (office.held(), office.fetched()) == (NEW, ["GET /file/f2"])
    kept = {digest_of(path) for path in (office.folder / "files").glob("??/*")}
    assert {sha256(OLD).hexdigest(), sha256(NEW).hexdigest()} <= kept


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("version", ["a", None])
def test_bytes_of_another_length_are_fetched(office: Office, full: bool, version: str | None) -> None:
    """Whatever the mark says."""
    office.replace(version=version, content=LONG)
    assert office.pull(full=full).complete
    assert (office.held(), office.fetched()) == (LONG, ["GET /file/f2"])


@pytest.mark.parametrize("full", [False, True])
def test_the_same_mark_means_the_same_bytes(office: Office, full: bool) -> None:
    """However else the description differs."""
    office.change("2", file={"id": "f2", "name": "new name.txt", "size": len(OLD), "version": "a"})
    assert office.pull(full=full).complete
    assert (office.held(), office.fetched()) == (OLD, [])


@pytest.mark.parametrize("version", [None, False])
def test_where_no_mark_is_told_nothing_is_fetched_again(office: Office, version: object) -> None:
    """Neither when it is not told any more, nor when it is told for the first time: the archive may be of an older program."""
    office.replace(version=version, content=OLD)
    assert office.pull().complete
    office.clock.now += HOUR
    office.replace(version="c", content=OLD)
    assert office.pull().complete
    assert (office.held(), office.fetched()) == (OLD, [])


@pytest.mark.parametrize("full", [False, True])
def test_what_came_of_a_file_whose_size_nobody_tells_is_fetched_anew_by_a_full_pull(
    office: Office, full: bool
) -> None:
    """What came short of it looks whole for ever."""
    office.change("2", file={"id": "f2", "name": "f2.txt", "size": None, "version": "a"})
    office.pull()
    office.fetched()
    office.server.contents["f2"] = NEW
    office.clock.now += HOUR
    assert office.pull(full=full).complete
    assert office.fetched() == (["GET /file/f2"] if full else [])
    assert office.held() == (NEW if full else OLD)


def test_a_replaced_file_that_does_not_come_is_missed(office: Office) -> None:
    """The old bytes are not taken for the new ones: a gap until they come."""
    office.replace(version="b")
    office.server.faults.append(fault("/file/f2", status(403), 1000))
    assert not office.pull().complete
    assert office.held() is None
    office.server.faults.clear()
    assert office.pull().complete
    assert office.held() == NEW


def test_pruning_drops_the_bytes_that_are_no_file_any_more(office: Office) -> None:
    """Not while one waits for new bytes: what it was before may be all that there is of it. One that never came is no reason."""
    office.change("600", name="with a dead file", file={"id": "f600", "name": "f.txt", "size": 3})
    office.server.faults += [fault("/file/f2", status(403), 1000), fault("/file/f600", GONE, 1000)]
    office.replace(version="b")
    office.pull()
    strange = office.folder / "files" / OLD_NAME[:2] / "notes.txt"
    strange.write_text("somebody's own", encoding="utf-8")
    assert pruned(office) == (0, 0)
    del office.server.faults[0]
    office.pull()
    assert pruned(office, really=False) == pruned(office) == (1, len(OLD))
    assert pruned(office) == (0, 0)
    assert (office.held(), office.held("f4"), strange.exists()) == (NEW, b"bytes 4", True)


def pruned(office: Office, really: bool = True) -> tuple[int, int]:
    """How many replaced files were dropped, and their bytes."""
    with Archive.open(office.place, alone=True) as archive:
        found = prune(archive, Keep(), really=really)
    return found.files, found.file_bytes


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(("content", "version"), [(NEW, "b"), (LONG, "a")], ids=["mark", "size"])
def test_a_file_that_is_replaced_during_the_pull_is_fetched_once_more(
    tmp_path: Path, content: bytes, version: str, late: bool
) -> None:
    """Also when its old bytes are on their way while a later page describes the new ones."""
    office = Office(tmp_path / "archive")
    office.server = Slow(office, late, content, version)
    office.replace(version="a", content=OLD)
    assert office.pull().complete
    with Archive.open(office.place) as archive:
        assert unexplained(archive) == {}
    assert office.held() == content


def test_a_file_that_came_by_a_new_address_is_not_asked_for_by_its_old_one(tmp_path: Path) -> None:
    """Its first fetch failed for good; what was lost is asked for again by the next pull."""
    office = Office(tmp_path / "archive")
    office.replace(version="a", content=OLD)
    office.server.contents["new/f2"] = LONG
    moved = {"id": "f2", "name": "f2.txt", "size": len(LONG), "version": "b", "at": "new/"}

    def refuse_until_moved(request: Request) -> Response | None:
        has_moved = office.server.things["2"]["file"] == moved
        if "since" in request.path and not has_moved:
            office.change("2", file=moved)
        return status(403) if request.path == "/file/f2" and not has_moved else None

    office.server.faults.append(refuse_until_moved)
    for _again in range(2):
        assert office.pull().complete
        assert office.held() == LONG
        office.clock.now += HOUR


def lengthen(office: Office, until: float = float("inf")) -> list[str]:
    """Let f2 come with other bytes than are told of, and note when it is asked for."""
    came: list[str] = []
    office.server.things["2"]["file"] = {"id": "f2", "name": "f2.txt", "size": len(OLD)}

    def look(request: Request) -> None:
        if request.path == "/file/f2":
            came.append(request.path)
            office.server.contents["f2"] = LONG if office.clock.now < until else OLD

    office.server.faults.append(look)
    return came


def test_a_file_of_another_length_than_is_told_is_fetched_twice_and_kept(tmp_path: Path) -> None:
    """It may be big, and a source may tell wrong lengths of all of them."""
    office = Office(tmp_path / "archive")
    came = lengthen(office)
    assert not office.pull().complete
    assert office.held() == LONG and len(came) == 2
    kind, reason = gap_of_file(office) or (None, "")
    assert kind is GapKind.REFUSED and "what it sent is kept" in reason


def test_where_it_is_given_rightly_after_some_minutes_nothing_is_missing(tmp_path: Path) -> None:
    """What lies between may remember the bytes of before."""
    office = Office(tmp_path / "archive")
    lengthen(office, until=office.clock.now + 550)
    assert office.pull().complete
    assert office.held() == OLD


def expired(office: Office, *, moved: bool, answer: Response = GONE) -> None:
    """From the first fetch of f2 on its address does not give it any more; what names it may tell another one by then."""
    file = {"id": "f2", "name": "f2.txt", "size": len(OLD)}
    office.server.things["2"]["file"] = file

    def expire(request: Request) -> Response | None:
        if request.path != "/file/f2":
            return None
        if moved:
            office.server.things["2"] = {**office.server.things["2"], "file": {**file, "at": "new/"}}
        return answer

    office.server.faults.append(expire)


def gap_of_file(office: Office) -> tuple[GapKind, str] | None:
    with Archive.open(office.place) as archive:
        return next(((gap.kind, gap.reason) for gap in archive.gaps() if gap.stream == "file"), None)


@pytest.mark.parametrize("answer", [GONE, status(403), status(500), LOGIN_PAGE], ids=lambda one: one.status)
def test_a_file_is_fetched_by_its_new_address_where_the_old_one_holds_no_more(
    place: Place, tmp_path: Path, answer: Response
) -> None:
    """However it says so."""
    office = Office(tmp_path / "archive", place)
    expired(office, moved=True, answer=answer)
    assert office.pull().complete
    assert (office.held(), gap_of_file(office)) == (OLD, None)
    assert office.server.asked["GET /file/new/f2 "] == 1


def test_a_file_that_comes_another_way_is_not_missed(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = Office(tmp_path / "archive", place)
    monkeypatch.setattr(
        Toy,
        "instead",
        lambda self, request: [request.replace(path="/file/other/f4")] if request.path == "/file/f4" else [],
    )
    office.server.faults.append(fault("/file/f4", status(403), 1000))
    assert office.pull().complete
    assert office.held("f4") == b"bytes 4"
    office.fetched()
    assert office.pull().complete
    assert office.fetched() == []


def test_a_file_that_is_still_named_but_not_there_is_refused(place: Place, tmp_path: Path) -> None:
    """Nobody deleted it. The next pull asks again."""
    office = Office(tmp_path / "archive", place)
    expired(office, moved=False)
    assert not office.pull().complete
    kind, reason = gap_of_file(office) or (None, "")
    assert kind is GapKind.REFUSED and "still names it" in reason and '404 {"error": "words"}' in reason
    assert office.server.asked["GET /thing/2 "] == 1
    office.server.faults.clear()
    office.clock.now += HOUR
    assert office.pull().complete
    assert (office.held(), gap_of_file(office)) == (OLD, None)


@pytest.mark.parametrize("named", [True, False])
def test_a_file_that_is_forbidden_stays_so_whoever_names_it(tmp_path: Path, named: bool) -> None:
    """No word of a deletion was said: a loss, in the source's own words."""
    office = Office(tmp_path / "archive")
    if not named:
        office.at("/file/f2", lambda: office.server.things["2"].pop("file"))
    expired(office, moved=False, answer=status(403))
    assert not office.pull().complete
    assert gap_of_file(office) == (GapKind.REFUSED, '403 {"error": "words"}')
    assert office.server.asked["GET /thing/2 "] == 1


def test_a_file_that_nobody_names_any_more_was_deleted(place: Place, tmp_path: Path) -> None:
    """After a full pull as well, which meets it nowhere."""
    office = Office(tmp_path / "archive", place)
    office.at("/file/f2", lambda: office.server.things["2"].pop("file"))
    expired(office, moved=False)
    assert office.pull().complete
    assert gap_of_file(office) == (GapKind.VANISHED, '404 {"error": "words"}')
    office.clock.now += HOUR
    assert office.pull(full=True).complete


def test_an_answer_that_does_not_tell_where_a_file_lies_is_no_file(tmp_path: Path) -> None:
    """Read as any other answer it would teach nothing, and the file be crossed out."""
    office = Office(tmp_path / "archive")
    told = office.server.things["2"]["file"]
    office.server.things["2"]["file"] = {**told, "link": ["at"]}  # type: ignore[dict-item]
    office.server.faults.append(fault("/file/f2", Response(200, {}, b'{"data": []}'), 99))
    assert not office.pull().complete
    kind, reason = gap_of_file(office) or (None, "")
    assert kind is GapKind.BROKEN and "where the file lies" in reason


@pytest.mark.parametrize("moved", [True, False])
def test_the_file_of_a_note_is_looked_for_where_its_thing_has_it(tmp_path: Path, moved: bool) -> None:
    """Notes have no card: their thing is read anew, and its notes with it."""
    office = Office(tmp_path / "archive")
    file = {"id": "f99", "name": "f99.txt", "size": 8}
    note = office.server.notes["4"][0]
    note["file"] = file  # type: ignore[assignment]

    def expire(request: Request) -> Response | None:
        if moved:
            note["file"] = {**file, "at": "new/"}  # type: ignore[assignment]
        return status(404)

    office.server.faults.append(lambda request: expire(request) if request.path == "/file/f99" else None)
    assert office.pull().complete is moved
    assert (office.held("f99") == b"bytes 99") is moved


def test_a_file_that_the_disk_has_lost_is_missed_until_a_full_pull_brings_it(office: Office) -> None:
    """A pull of changes does not come by it: no change tells of it."""
    lost = sha256(b"bytes 4").hexdigest()
    (path,) = (path for path in (office.folder / "files").glob("??/*") if digest_of(path) == lost)
    path.unlink()
    result = office.pull()
    assert not result.complete and result.unexplained == {"file": 1}
    assert office.pull(full=True).complete
    assert office.held("f4") == b"bytes 4"


def stop(request: Request) -> None:
    if request.is_file:
        raise KeyboardInterrupt


@pytest.mark.parametrize("is_stopped", [True, False])
def test_a_file_that_did_not_come_and_that_no_record_names_any_more_is_gone(
    place: Place, tmp_path: Path, is_stopped: bool
) -> None:
    """A full pull asks for the files that it meets, so for this one never again: it would be missing for ever."""
    office = Office(tmp_path / "archive", place)
    office.server.faults.append(stop if is_stopped else fault("/file/f2", status(403)))
    if is_stopped:
        with pytest.raises(KeyboardInterrupt):
            office.pull()
        office.server.faults.clear()
    else:
        assert not office.pull().complete
    office.change("2", file=None)
    assert office.pull(full=True).complete
    assert office.held() is None
    assert ("file", "f2", GapKind.VANISHED) in office.gaps()
    office.replace(version="b")
    assert office.pull().complete
    assert office.held() == NEW


def test_a_file_that_did_not_come_goes_with_its_record(place: Place, tmp_path: Path) -> None:
    """Which is missed after everything was asked for."""
    office = Office(tmp_path / "archive", place)
    office.server.faults.append(fault("/file/f2", status(403)))
    assert not office.pull().complete
    office.delete("2")
    assert office.pull(full=True).complete
    assert ("file", "f2", GapKind.VANISHED) in office.gaps()


def test_a_file_may_still_be_named_by_what_a_full_pull_is_not_shown(place: Place, tmp_path: Path) -> None:
    office = Office(tmp_path / "archive", place)
    office.server.faults.append(fault("/file/f8", status(403)))
    assert not office.pull().complete
    office.server.faults.append(fault("/things?after=5", status(403)))
    assert not office.pull(full=True).complete
    assert not {gap for gap in office.gaps() if gap[:2] == ("file", "f8")}
