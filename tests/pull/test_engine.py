"""The engine pulls everything once, survives what passes, names what does not, and goes on where it was stopped."""

import gc
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from sqlalchemy import func, select

from crmexport.archive import Archive, Place, Source
from crmexport.archive.answers import Answers
from crmexport.archive.schema import responses
from crmexport.errors import (
    ArchiveInUseError,
    ConfigurationError,
    OutputError,
    SignInRefusedError,
    SourceError,
)
from crmexport.pull import PullResult, pull
from crmexport.source import Account, Credentials, GapKind, Reading, Request, Response
from crmexport.transport.clock import Clock
from crmexport.transport.failures import FailureError
from tests.toy import BROKEN_LINE, TestClock, Toy, ToyServer, fault, toy

LOGIN_PAGE = Response(200, {"content-type": "text/html"}, b"<html>please sign in</html>")
HTML_502 = Response(502, {"content-type": "text/html"}, b"<html><body>Bad <b>Gateway</b></body></html>")

HIDDEN_CARD = "GET /thing/900"  # asked for when it is met, and by the sweep: nothing else tells whether it is still there


def status(code: int, **headers: str) -> Response:
    return Response(
        code, {name.replace("_", "-"): value for name, value in headers.items()}, b'{"error": "words"}'
    )


class Journey:
    """A toy server, an archive and a clock; `pull` runs once more on them. `folder` holds the files of the archive."""

    def __init__(self, folder: Path, place: Place | None = None) -> None:
        self.place = place or folder
        self.folder = folder
        self.server = ToyServer(incoming=folder / "files" / "incoming")
        self.clock = TestClock()
        self.events: list[dict[str, object]] = []
        self.connector: Toy = toy()

    def pull(self, **options: object) -> PullResult:
        return pull(
            self.place,
            self.connector,
            Credentials(token="secret-token"),
            clock=self.clock,
            line=self.server,
            watch=lambda event: self.events.append(event.as_dict()),
            **options,  # type: ignore[arg-type]
        )

    def asked_twice(self) -> list[str]:
        return [asked.strip() for asked, times in self.server.asked.items() if times > 1]

    def content(self) -> dict[str, object]:
        """Everything the archive holds, in a comparable form."""
        with Archive.open(self.place) as archive:
            assert list(archive.check()) == []
            return {
                "records": {
                    stream: sorted(
                        (id, body, parent) for id, body, _modified, parent in archive.records(stream)
                    )
                    for stream in ("thing", "note")
                },
                "files": [(file.id, file.sha256, tuple(file.owners)) for file in archive.files()],
                "gaps": archive.gaps(),
                "announced": archive.announced(),
                "waiting": archive.waiting(),
            }


@pytest.fixture
def journey(place: Place, tmp_path: Path) -> Iterator[Journey]:
    yield Journey(tmp_path / "archive", place)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    journey = Journey(tmp_path_factory.mktemp("undisturbed"))
    assert journey.pull().complete
    return journey.content()


def test_everything_is_held_once(journey: Journey) -> None:
    result = journey.pull()
    content = journey.content()
    assert result.complete
    assert len(content["records"]["thing"]) == 24  # 23 listed and one only linked
    assert content["announced"] == {"thing": (23, 2), "note": (len(content["records"]["note"]), 0)}
    assert content["gaps"][0][:3] == ("thing", "901", GapKind.VANISHED)
    assert all(sha256 for _id, sha256, _owners in content["files"])
    assert journey.asked_twice() == [HIDDEN_CARD]


def test_requests_are_counted_while_the_pull_goes_on(journey: Journey) -> None:
    """A process that is killed says nothing afterwards: what it sent must be written down by then."""
    sent: list[int] = []

    def look(request: Request) -> Response | None:
        with Archive.open(journey.place) as archive:
            sent.append(archive.runs()[-1]["requests"])
        return None

    journey.server.faults.append(look)
    result = journey.pull()
    assert sent == sorted(sent) and 0 < sent[-1] <= result.requests


@pytest.mark.skipif(sys.platform == "win32", reason="Windows moves nothing that is open")
@pytest.mark.parametrize("gone", ["archive.sqlite", "."])
@pytest.mark.parametrize("asked", ["/ids", "/file/f2"])
def test_an_archive_that_is_deleted_or_moved_meanwhile_is_told_and_not_called_complete(
    tmp_path: Path, gone: str, asked: str
) -> None:
    journey = Journey(tmp_path / "archive")

    def take_away(request: Request) -> Response | None:
        path = journey.folder / gone
        if request.path.startswith(asked) and path.exists():
            path.resolve().rename(tmp_path / "elsewhere")
        return None

    journey.server.faults.append(take_away)
    with pytest.raises(OutputError, match="moved or deleted meanwhile"):
        journey.pull()


class Claiming(ToyServer):
    """Says that it has two things more than it shows."""

    def _get(self, path: str) -> tuple[int, dict[str, object]]:
        status, told = super()._get(path)
        return status, {**told, "total": len(self.things) + 2} if "total" in told else told


def test_what_was_announced_and_never_came_is_told_though_nothing_failed(journey: Journey) -> None:
    journey.server = Claiming(incoming=journey.folder / "files" / "incoming")
    result = journey.pull()
    assert (result.complete, result.gaps, dict(result.unexplained)) == (False, 0, {"thing": 2})
    finished = journey.events[-1]
    assert (finished["complete"], finished["unexplained"]) == (False, {"thing": 2})
    with Archive.open(journey.place) as archive:
        assert archive.runs()[-1]["outcome"] == "gaps"


def test_no_thread_of_a_pull_that_is_over_waits_to_ask_again(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[Clock] = []
    monkeypatch.setattr(Clock, "stop", lambda clock: stopped.append(clock))
    journey.pull()
    assert stopped == [journey.clock]


def test_batches_are_full(journey: Journey) -> None:
    journey.pull()
    batches = [key for key in journey.server.asked if key.startswith("POST /bulk")]
    assert len(batches) == 3  # 11 things with notes, four calls at most in one
    assert not any(key.startswith("GET /notes") for key in journey.server.asked)


@pytest.mark.parametrize(
    "answer",
    [
        status(429, retry_after="2"),
        status(429, retry_after="Wed, 15 Nov 2023 22:13:25 GMT"),
        status(429),
        status(500),
        HTML_502,
        status(503),
        status(401),
        LOGIN_PAGE,
        Response(200, {}, b'{"data": [{"id": "1", "na'),
        Response(200, {}, b""),
        BROKEN_LINE,
    ],
    ids=[
        "429",
        "429-date",
        "429-bare",
        "500",
        "502-html",
        "503",
        "401",
        "login-page",
        "cut",
        "empty",
        "reset",
    ],
)
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("where", ["/things", "/bulk", "/thing/900"])
@pytest.mark.parametrize(
    "naming", ["folder", pytest.param("postgresql", marks=pytest.mark.soak)], indirect=True
)
def test_what_passes_is_survived(
    journey: Journey, undisturbed: dict[str, object], answer: Response, times: int, where: str
) -> None:
    faulty = getattr(answer, "status", 0) == 500  # three times 500 on one route is a gap, tested below
    journey.server.faults.append(fault(where, answer, min(times, 2) if faulty else times))
    assert journey.pull().complete
    assert journey.content() == undisturbed


def test_a_pull_leaves_nothing_for_the_cycle_collector(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes seldom meanwhile: what refers to itself would stay in memory, with the answers it knows."""
    left: list[int] = []
    keep = Answers.keep

    def counting(answers: Answers, *what: Any) -> set[tuple[str, str]]:
        left.append(gc.collect())
        return keep(answers, *what)

    monkeypatch.setattr(Answers, "keep", counting)
    journey.pull()
    assert len(left) > 10 and median(left) == 0  # what is done once leaves something: statements are compiled


def test_a_number_that_no_database_holds_is_an_answer_that_cannot_be_read(
    journey: Journey, undisturbed: dict[str, object]
) -> None:
    beyond = Response(200, {}, b'{"data": [], "next": null, "total": 1%s}' % (b"0" * 40))
    journey.server.faults.append(fault("/things", beyond, 2))
    assert journey.pull().complete
    assert journey.content() == undisturbed


@pytest.mark.parametrize(
    ("name", "fault_of_ours"),
    [
        ("read", TypeError),
        ("read", KeyError),
        ("read", AttributeError),
        ("read", RecursionError),
        ("verdict", KeyError),
    ],
)
def test_a_connector_that_stumbles_over_one_answer_ends_no_pull(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, name: str, fault_of_ours: type[Exception]
) -> None:
    """All the other answers are still to be had, maybe for some days only."""
    usual = getattr(Toy, name)

    def stumbling(connector: Toy, request: Request, response: Response) -> object:
        if request.path == "/thing/900":
            raise fault_of_ours("nobody thought of this")
        return usual(connector, request, response)

    monkeypatch.setattr(Toy, name, stumbling)
    result = journey.pull()
    assert not result.complete and result.records["thing"] == 23
    with Archive.open(journey.place) as archive:
        (gap,) = [one for one in archive.gaps() if one.kind is GapKind.BROKEN]
    assert (gap.stream, gap.id) == ("thing", "900")
    assert "cannot be read" in gap.reason and fault_of_ours.__name__ in gap.reason


ELSEWHERE = Request("note", "/notes/elsewhere", bulk=True), Response(200, {}, b'{"data": []}')


@pytest.mark.parametrize(
    "split",
    [
        lambda answer: {}["nobody thought of this"],
        lambda answer: [ELSEWHERE],
        lambda answer: [],
    ],
    ids=["not at all", "an answer to what was not asked", "none of the answers"],
)
def test_a_connector_that_cannot_take_batches_apart_is_asked_one_by_one(
    journey: Journey,
    undisturbed: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
    split: Callable[[Response], Any],
) -> None:
    monkeypatch.setattr(Toy, "split", lambda connector, request, response: split(response))
    assert journey.pull().complete
    assert journey.content() == undisturbed


def test_what_was_taken_back_with_an_answer_is_not_remembered_as_kept(journey: Journey) -> None:
    """A page cannot be stored at first, for a moment's nonsense in it: the links that it tells again a moment later are new."""
    journey.server.unlisted["902"] = {"id": "902", "name": "only linked"}
    journey.server.things["1"]["link"] = "902"
    thing = json.dumps({"data": [journey.server.things["1"]], "next": None, "total": 10**40})
    journey.server.faults.append(fault("/things", Response(200, {}, thing.encode())))
    journey.pull()
    with Archive.open(journey.place) as archive:
        assert "902" in {id for id, *_more in archive.records("thing")}


@pytest.mark.parametrize(
    ("code", "kind"), [(403, GapKind.REFUSED), (500, GapKind.REFUSED), (502, GapKind.BROKEN)]
)
def test_what_stays_becomes_a_gap_with_its_reason(journey: Journey, code: int, kind: GapKind) -> None:
    journey.server.faults.append(fault("/thing/900", status(code), 1000))
    result = journey.pull()
    assert not result.complete
    (gap,) = [gap for gap in journey.content()["gaps"] if gap.id == "900"]
    assert gap.kind is kind
    assert gap.reason == f'{code} {{"error": "words"}}'


def test_what_is_linked_and_cannot_be_asked_for_is_a_gap(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Toy.read

    def linking(connector: Toy, request: Request, response: Response) -> Reading:
        reading = read(connector, request, response)
        reading.links |= {("note", "9-9")} if request.path == "/thing/900" else set()
        return reading

    monkeypatch.setattr(Toy, "read", linking)
    assert not journey.pull().complete
    assert ("note", "9-9", GapKind.REFUSED) in [gap[:3] for gap in journey.content()["gaps"]]


def put_notes_into_one_family(monkeypatch: pytest.MonkeyPatch) -> None:
    """All lists of notes under things stand or fall together."""
    read = Toy.read

    def of_family(connector: Toy, request: Request, response: Response) -> Reading:
        reading = read(connector, request, response)
        reading.under = [(key, one.replace(family="thing")) for key, one in reading.under]
        return reading

    monkeypatch.setattr(Toy, "read", of_family)


@pytest.mark.parametrize("bulk", [True, False])
def test_a_few_lists_that_fail_are_gaps_of_their_own_where_one_was_answered(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, bulk: bool
) -> None:
    """Though none of a kind holds anything: else nobody would hear of those that do."""
    put_notes_into_one_family(monkeypatch)
    journey.server.no_bulk = not bulk
    refused = {f"/notes/{id}" for id in ("8", "10", "12", "14")}
    get = journey.server._get
    monkeypatch.setattr(
        journey.server,
        "_get",
        lambda path: (
            (403, {"error": "no"})
            if path in refused
            else (200, {"data": []})
            if "note" in path
            else get(path)
        ),
    )
    assert not journey.pull().complete
    gaps = {
        gap.id for gap in journey.content()["gaps"] if gap.stream == "note" and gap.kind is GapKind.REFUSED
    }
    assert gaps == {f"thing/{path.rsplit('/', 1)[1]}" for path in refused}


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize(
    ("code", "kind"), [(500, GapKind.NOT_GIVEN), (404, GapKind.NOT_GIVEN), (403, GapKind.REFUSED)]
)
def test_lists_of_which_the_source_gives_none_are_one_gap(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, bulk: bool, code: int, kind: GapKind
) -> None:
    """Those that failed before it was clear are no losses of their own."""
    put_notes_into_one_family(monkeypatch)
    get = journey.server._get
    journey.server.no_bulk = not bulk
    monkeypatch.setattr(
        journey.server, "_get", lambda path: (code, {"error": "no"}) if "note" in path else get(path)
    )
    journey.pull()
    assert [gap[:3] for gap in journey.content()["gaps"] if gap.stream == "note"] == [("note", "thing", kind)]


def test_broken_gaps_are_asked_again_by_the_next_run(
    journey: Journey, undisturbed: dict[str, object]
) -> None:
    journey.server.faults.append(fault("/things?after=10", status(502), 1000))
    assert not journey.pull().complete
    journey.server.faults.clear()
    assert journey.pull().complete
    assert journey.content() == undisturbed
    first = "GET /things?after=0&since="  # by which the second pull, of a source without a greeting, learns that it answers
    sweep = (
        "GET /ids"  # nobody knows what was deleted from a list that was not whole when the first one looked
    )
    again = [one for one in journey.asked_twice() if one not in (HIDDEN_CARD, sweep)]
    twice = [one for one in again if not one.startswith(first)]
    assert len(set(twice)) <= 1, "nothing but the probe whether the source is there at all"


def test_what_is_asked_another_way_is_asked_its_own_way_by_the_next_pull(
    journey: Journey, undisturbed: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other way may bring less: that of a list, some of its records."""
    page = "/things?after=10"
    others = {page: Request("thing", "/thing/11", subject=("thing", "11"))}
    monkeypatch.setattr(
        Toy, "instead", lambda self, request: [others[request.path]] if request.path in others else []
    )
    journey.server.faults.append(fault(page, status(403), 1000))
    result = journey.pull()
    assert not result.complete and "GET /thing/11" in [asked.strip() for asked in journey.server.asked]
    journey.server.faults.clear()
    assert journey.pull().complete
    assert journey.content()["records"] == undisturbed["records"]


def test_a_source_without_bulk_is_asked_one_by_one(journey: Journey, undisturbed: dict[str, object]) -> None:
    journey.server.no_bulk = True
    assert journey.pull().complete
    assert journey.content() == undisturbed


@pytest.mark.parametrize("answer", [BROKEN_LINE, status(502), Response(200, {}, b"")])
def test_what_no_batch_brings_is_asked_for_alone_before_it_is_given_up(
    journey: Journey,
    undisturbed: dict[str, object],
    answer: Response | FailureError,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However big the first batch was: half, and half of that, may still be several when the last try fails."""
    big = replace(Toy.about, limits=replace(Toy.about.limits, bulk_calls=100))
    monkeypatch.setattr(Toy, "about", big)
    journey.server.faults.append(fault("/bulk", answer, 1000))
    assert journey.pull().complete
    assert journey.content() == undisturbed


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it, nothing is cleaned up."""


@pytest.mark.parametrize("moment", range(0, 30, 3))
def test_killed_and_started_again_ends_the_same(
    journey: Journey, undisturbed: dict[str, object], moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crmexport.archive.database import Database

    commits = [0]
    commit = Database.transaction

    def counted(self: Database) -> object:
        commits[0] += 1
        if commits[0] == moment + 3:
            raise Killed
        return commit(self)

    monkeypatch.setattr(Database, "transaction", counted)
    with pytest.raises(Killed):
        journey.pull()
        raise Killed  # the pull was shorter than the moment
    monkeypatch.setattr(Database, "transaction", commit)
    assert journey.pull().complete
    assert journey.content() == undisturbed


def stored(journey: Journey) -> int:
    """Bytes of the answers in the archive."""
    with Archive.open(journey.place) as archive:
        return int(archive.database.connection.scalar(select(func.sum(func.length(responses.c.body)))) or 0)


def test_a_second_pull_keeps_nothing_twice(journey: Journey) -> None:
    journey.pull()
    size = stored(journey)
    journey.server.things["3"]["name"] = "changed"
    journey.server.changed["3"] = journey.clock.time()
    assert journey.pull().complete
    with Archive.open(journey.place) as archive:
        bodies = {id: body for id, body, _modified, _parent in archive.records("thing")}
        versions = archive.database.connection.exec_driver_sql("SELECT stream, id FROM versions").all()
    assert b"changed" in bodies["3"]
    assert [tuple(row) for row in versions] == [("thing", "3")]
    assert not any(count > 1 for key, count in journey.server.asked.items() if key.startswith("GET /file"))
    assert stored(journey) < size * 2


def test_refused_sign_in_stops_the_pull(journey: Journey) -> None:
    journey.server.faults.append(fault("/", status(401), 1000))
    with pytest.raises(SignInRefusedError, match="https://toy.example does not accept the sign-in ") as told:
        journey.pull()
    assert "goes on" not in str(told.value), "there is nothing yet to go on from"
    assert sum(journey.clock.slept) < 30, "a wrong token does not become right with time"


def test_a_sign_in_that_holds_no_more_leaves_what_is_held(journey: Journey) -> None:
    assert journey.pull().complete
    journey.server.faults.append(fault("/", status(401), 1000))
    with pytest.raises(SignInRefusedError, match=r"any more .* it goes on where it stopped"):
        journey.pull(full=True)


def test_two_pulls_at_once_are_refused(journey: Journey) -> None:
    with (
        Archive.open_for(journey.place, Source("toy", "https://toy.example")),
        pytest.raises(ArchiveInUseError),
    ):
        journey.pull()


def test_another_account_is_refused(journey: Journey) -> None:
    journey.pull()
    other = Toy(Account("https://other.example"))
    with pytest.raises(ConfigurationError, match="other.example"):
        pull(journey.place, other, Credentials(token="t"), line=journey.server)


def test_the_secret_is_nowhere_in_the_archive(journey: Journey) -> None:
    journey.pull()
    assert {headers["Authorization"] for headers in journey.server.headers} == {"Bearer secret-token"}
    for path in journey.folder.rglob("*"):
        assert not path.is_file() or b"secret-token" not in path.read_bytes()


def test_a_request_that_is_no_read_is_never_sent(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Toy, "opening", lambda self, since: [Request("thing", "/things", "DELETE")])
    with pytest.raises(SourceError, match="DELETE /things"):
        journey.pull()
    assert not journey.server.asked


def test_nor_is_it_sent_to_see_whether_the_source_is_there(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While nothing has been answered, it is the first of what is to be asked that tells."""
    writing = Request("thing", "/delete/1", "POST", subject=("thing", "1"))
    monkeypatch.setattr(journey.connector, "opening", lambda since: [writing])
    monkeypatch.setattr(journey.connector, "greetings", lambda: [Request("thing", "/thing/1")])
    sent: list[str] = []

    def down(request: Request) -> Response | None:
        sent.append(request.path)
        return status(503)

    journey.server.faults.append(down)
    with pytest.raises(SourceError):
        journey.pull()
    assert set(sent) == {"/thing/1"}
