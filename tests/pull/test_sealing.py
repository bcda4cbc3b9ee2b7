"""A sealed pull holds the account as it is: what changed meanwhile is looked for, what is gone is marked, nothing is erased."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from crmexport.archive import Archive, Place
from crmexport.archive.equation import balances
from crmexport.archive.journal import Journal, Kind, as_of
from crmexport.archive.news import News
from crmexport.archive.rebuild import stored
from crmexport.archive.schema import gaps, records, runs
from crmexport.archive.unswept import note_unswept
from crmexport.errors import SignInRefusedError
from crmexport.source import Account, GapKind, Reading, Request, Response, Row, Standing
from crmexport.source.options import Options
from tests.pull.test_engine import Journey, status
from tests.toy import Toy, ToyServer, fault

HOUR = 3600.0
ALL_NOTES = "/notes/of-all"


class Company(Journey):
    """People who go on working: each of their deeds is told with the time of the clock."""

    def change(self, id: str, **values: object) -> None:
        self.server.things[id] = {**self.server.things.get(id, {"id": id}), **values}
        self.server.changed[id] = self.clock.time()

    def delete(self, id: str) -> None:
        del self.server.things[id]

    def at(self, path: str, deed: Callable[[], None], time: int = 1) -> None:
        """Do something when `path` is asked for the first time, or the second."""
        left: list[Callable[[], None]] = [deed, *[lambda: None] * (time - 1)]

        def watch(request: Request) -> Response | None:
            if left and request.path.startswith(path):
                left.pop()()
            return None

        self.server.faults.append(watch)

    def names(self) -> dict[str, str]:
        """What the archive holds now, by id."""
        return {id: value["name"] for id, value in self.held("thing").items()}

    def held(self, stream: str) -> dict[str, dict[str, str]]:
        with Archive.open(self.place) as archive:
            assert list(archive.check()) == []
            return {id: json.loads(body) for id, body, _modified, _parent in archive.records(stream)}

    def deleted(self) -> dict[str, int]:
        with Archive.open(self.place) as archive:
            return archive.deleted()

    def kinds(self, pull: int) -> list[Kind]:
        with Archive.open(self.place) as archive:
            return [one.kind for one in Journal(archive.database).passes(pull)]

    def asked_since(self) -> list[str]:
        """What was asked since the last call."""
        asked = [path.strip() for path in self.server.asked]
        self.server.asked.clear()
        return asked

    @property
    def truth(self) -> dict[str, str]:
        things = {**self.server.things, **self.server.unlisted}
        return {id: str(thing["name"]) for id, thing in things.items()}


def interrupted() -> None:
    raise KeyboardInterrupt


@pytest.fixture
def company(place: Place, tmp_path: Path) -> Company:
    return Company(tmp_path / "archive", place)


def test_a_quiet_account_is_looked_at_once_more_and_swept(company: Company) -> None:
    assert company.pull().complete
    assert company.kinds(1) == [Kind.EVERYTHING, Kind.CHANGES, Kind.SWEEP]


def test_what_changes_after_it_was_read_is_read_again(company: Company) -> None:
    company.at("/things?after=20", lambda: company.change("2", name="changed in mid-pull"))
    company.at("/things?after=20", lambda: company.change("30", name="added in mid-pull"))
    assert company.pull().complete
    assert company.names() == company.truth


def test_who_reads_beside_a_pull_meets_every_record(company: Company) -> None:
    """A record that the pull moves to a new answer is met where it was; the next look meets it where it is."""
    company.pull()
    with Archive.open(company.place) as archive:
        with archive.unchanged():
            rows = archive.records("thing")
            met = {next(rows)[0]}
            company.clock.now += 2 * HOUR
            company.change("20", name="said by somebody in the meantime")
            assert company.pull().complete
            met |= {id for id, *_rest in rows}
            assert "in the meantime" not in str(
                [body.decode() for _id, body, *_rest in archive.records("thing")]
            )
        assert met == company.truth.keys()
        assert "in the meantime" in str([body.decode() for _id, body, *_rest in archive.records("thing")])


def test_what_has_come_while_a_pull_lay_stopped_is_looked_for(company: Company) -> None:
    """Were only its sweep left to do: who starts it wants what is there now."""
    company.at("/ids", interrupted)
    with suppress(KeyboardInterrupt):
        company.pull()
    company.clock.now += 50 * HOUR
    company.change("1", name="changed since it was stopped")
    company.change("30", name="added since it was stopped")
    assert company.pull().complete
    assert company.names() == company.truth
    with Archive.open(company.place) as archive:
        sealed = as_of(Journal(archive.database).passes())
    assert sealed and sealed.timestamp() > company.clock.now - HOUR


def test_a_pull_that_goes_on_at_once_looks_no_more_often(company: Company) -> None:
    company.at("/ids", interrupted)
    with suppress(KeyboardInterrupt):
        company.pull()
    company.clock.now += HOUR / 2
    assert company.pull().complete
    assert company.kinds(1) == [Kind.EVERYTHING, Kind.CHANGES, Kind.SWEEP]


def test_it_looks_until_it_is_quiet_but_not_for_ever(company: Company) -> None:
    busy = [0]

    def work(request: Request) -> Response | None:
        if "since" in request.path and "after=0" in request.path:
            busy[0] += 1
            company.change("1", name=f"change {busy[0]}")
        return None

    company.server.faults.append(work)
    assert company.pull().complete
    assert company.kinds(1) == [Kind.EVERYTHING, *[Kind.CHANGES] * 3, Kind.SWEEP]
    assert company.names() == company.truth


def test_what_is_deleted_meanwhile_is_marked_and_kept(company: Company) -> None:
    company.at("/things?after=20", lambda: company.delete("3"))
    assert company.pull().complete
    assert company.names() == company.truth
    assert company.deleted() == {"thing": 1}


def test_a_stopped_pull_tells_what_all_its_runs_brought(company: Company) -> None:
    assert company.pull().news is None
    company.clock.now += 8 * 24 * HOUR
    company.change("1", name="changed before the stop")
    company.change("777", name="added before the stop")
    company.at("/ids", interrupted)
    with pytest.raises(KeyboardInterrupt):
        company.pull()
    company.delete("3")
    assert company.pull().news == {"thing": News(new=1, changed=1, deleted=1)}


@pytest.mark.parametrize("full", [False, True])
def test_what_is_made_met_by_a_link_and_deleted_within_one_pull_is_marked(
    company: Company, full: bool
) -> None:
    """No list ever shows it: the page was read before it was made, and it is gone at the next look."""
    if full:
        assert company.pull().complete
        company.clock.now += HOUR

    def make() -> None:
        company.change("0", name="made in mid-pull")
        company.change("30", name="links to it", link="0")

    def work(request: Request) -> Response | None:
        if "since" in request.path and "0" in company.server.things:
            company.delete("0")
        return None

    company.at("/things?after=20", make)
    company.server.faults.append(work)
    assert company.pull(full=full).complete
    assert company.deleted() == {"thing": 1}
    assert company.names() == company.truth


def test_a_later_pull_asks_for_changes_only(company: Company) -> None:
    company.pull()
    company.asked_since()
    company.clock.now += 100 * HOUR
    company.change("5", name="changed later")
    assert company.pull().complete
    assert company.names()["5"] == "changed later"
    assert company.kinds(2) == [Kind.CHANGES, Kind.CHANGES]
    assert all("since" in path for path in company.asked_since())


def test_what_hangs_under_a_record_is_asked_again_when_that_has_changed(company: Company) -> None:
    company.pull()
    company.clock.now += HOUR
    company.server.notes["4"] = [{"id": "4-1", "text": "edited"}, {"id": "4-9", "text": "added"}]
    company.change("4", notes=2, name="with other notes")
    assert company.pull().complete
    notes = {id: note["text"] for id, note in company.held("note").items() if id.startswith("4-")}
    assert notes == {"4-1": "edited", "4-9": "added"}
    assert company.deleted() == {"note": 1}, "4-0 did not come again"


def test_a_sweep_is_due_every_week(company: Company) -> None:
    company.pull()
    company.delete("7")
    company.clock.now += 6 * 24 * HOUR
    company.pull()
    assert "7" in company.names(), "a pull of changes cannot know"
    company.clock.now += 2 * 24 * HOUR
    assert company.pull().complete
    assert company.kinds(3)[-1] is Kind.SWEEP
    assert "7" not in company.names() and company.deleted() == {"thing": 1}


def test_a_pull_every_night_at_two_sweeps_every_seventh_night(company: Company) -> None:
    first = company.clock.now
    nights = []
    for night in range(22):
        company.clock.now = first + night * 24 * HOUR
        company.pull()
        nights += [night] if company.kinds(night + 1)[-1] is Kind.SWEEP else []
    assert nights == [0, 7, 14, 21]


def test_what_hung_under_a_deleted_record_is_not_asked_for_every_night(company: Company) -> None:
    """It was not there any more when it was asked for. When the record comes back, it does, too."""
    things = company.server.things
    company.pull()
    quiet = company.pull().requests
    company.clock.now += 24 * HOUR
    company.change("4", notes=2, name="changed, then deleted")
    thing = things["4"]
    company.at("/notes/4", lambda: company.delete("4"))
    company.server.faults.append(
        lambda request: None if "4" in things or not request.path.startswith("/notes/4") else status(404)
    )
    company.pull()
    company.clock.now += 8 * 24 * HOUR
    assert company.pull().complete and company.deleted() == {"note": 2, "thing": 1}
    company.clock.now += 24 * HOUR
    assert company.pull().requests == quiet
    company.clock.now += 24 * HOUR
    things["4"] = thing
    company.change("4")
    assert company.pull().complete
    assert {"4-0", "4-1"} <= set(company.held("note")) and company.deleted() == {}
    with Archive.open(company.place) as archive:
        assert [gap.stream for gap in archive.gaps()] == ["thing"], "901, which was never there"


def test_what_comes_back_is_there_again(company: Company) -> None:
    thing = company.server.things["7"]
    company.pull()
    company.delete("7")
    company.pull(full=True)
    assert "7" not in company.names()
    company.server.things["7"] = thing
    assert company.pull(full=True).complete
    assert company.names() == company.truth and company.deleted() == {}


def test_a_full_pull_asks_for_everything_again(company: Company) -> None:
    company.pull()
    company.server.things["6"]["name"] = "changed without a word"
    company.server.notes["8"][0]["text"] = "edited in silence"
    assert company.pull().complete
    assert company.names()["6"] != "changed without a word"
    assert company.pull(full=True).complete
    assert company.names() == company.truth
    assert company.held("note")["8-0"]["text"] == "edited in silence"


def test_what_a_pull_could_not_get_the_next_one_asks_for(company: Company) -> None:
    company.server.faults.append(fault("/notes/", status(403), 1000))
    company.server.faults.append(fault("/bulk", status(405), 1000))
    assert not company.pull().complete
    company.server.faults.clear()
    company.clock.now += 100 * HOUR
    company.asked_since()
    assert company.pull().complete
    assert len(company.held("note")) == 23
    assert not any("things?after=5" in path for path in company.asked_since())


def test_quiet_nights_add_no_answers(company: Company) -> None:
    """What comes each night in the same bytes, from which nothing is held, is kept once."""
    company.pull()
    kept = []
    for night in range(5):
        company.clock.now += 24 * HOUR
        if night == 3:
            company.change("5", name="changed")
        company.pull()
        with Archive.open(company.place) as archive:
            assert list(archive.check()) == []
            kept.append(stored(archive))
    assert kept == [kept[0]] * 3 + [kept[0] + 1] * 2


def test_a_deletion_found_by_a_clock_that_was_ahead_is_told_once(company: Company) -> None:
    company.pull()
    company.delete("7")
    assert company.pull(full=True).news == {"thing": News(deleted=1)}
    with Archive.open(company.place, alone=True) as archive, archive.database.transaction():
        archive.database.connection.execute(
            update(records).where(records.c.deleted.is_not(None)).values(deleted="2999-01-01T00:00:00+00:00")
        )
    assert company.pull().news == {}


def test_a_new_gap_shows_among_the_old_ones(company: Company) -> None:
    """Also when the pull that met it was stopped and goes on."""
    company.server.faults.append(fault("/file/f16", status(403), 1000))
    assert company.pull().new_gaps is None, "nothing was before"
    company.clock.now += 24 * HOUR
    assert company.pull().new_gaps == 0
    company.clock.now += 24 * HOUR
    company.server.faults.append(fault("/file/f99", status(403), 1000))
    company.change("98", name="new", file={"id": "f99", "name": "new", "size": 3})
    company.at("/things", interrupted, time=2)
    with suppress(KeyboardInterrupt):
        company.pull()
    company.events.clear()
    ended = company.pull()
    assert (ended.gaps, ended.new_gaps) == (2, 1)
    told = {event["id"]: event["is_new"] for event in company.events if event["event"] == "gap"}
    assert told.get("f99", True) and not told.get("f16")
    assert company.events[-1]["new_gaps"] == 1
    company.clock.now += 24 * HOUR
    ended = company.pull(full=True)
    assert (ended.gaps, ended.new_gaps) == (2, 0)


def test_a_record_that_a_sweep_cannot_see_is_not_taken_for_deleted(company: Company) -> None:
    company.at("/ids", lambda: company.server.unlisted.update({"3": company.server.things.pop("3")}))
    assert company.pull().complete
    assert company.names()["3"] == "Вещь 3" and company.deleted() == {}


def test_a_list_that_is_not_there_under_a_record_that_announces_some_is_missed(company: Company) -> None:
    """Two notes of thing 4 are announced; "no such thing" says of a list that it is refused, not that they were deleted."""
    get = company.server._get
    missing = ["/notes/4"]
    company.server._get = lambda path: (404, {"error": "gone"}) if path in missing else get(path)  # type: ignore[method-assign]
    assert not company.pull().complete
    with Archive.open(company.place) as archive:
        balance = balances(archive, [])["note"]
        (gap,) = [gap for gap in archive.gaps() if gap.stream == "note"]
    assert (balance.refused, balance.vanished, balance.unexplained) == (2, 0, 0)
    assert (
        gap.id == "thing/4" and gap.kind is GapKind.REFUSED and gap.reason.endswith('404 {"error": "gone"}')
    )
    missing.clear()
    assert company.pull().complete
    assert len([id for id in company.held("note") if id.startswith("4-")]) == 2


def test_such_a_list_of_a_record_that_is_gone_is_no_loss(company: Company) -> None:
    get = company.server._get
    company.server._get = lambda path: (404, {"error": "gone"}) if path == "/notes/4" else get(path)  # type: ignore[method-assign]
    company.at("/notes/4", lambda: company.delete("4"))
    company.server.no_bulk = True
    assert company.pull().complete


def test_a_sweep_that_fails_deletes_nothing(company: Company) -> None:
    """However few there are, so that all might have been deleted."""
    company.server = ToyServer(15, incoming=company.folder / "files" / "incoming")
    company.pull()
    company.server.faults.append(fault("/ids", status(403), 1000))
    company.delete("9")
    company.pull(full=True)
    assert "9" in company.names() and company.deleted() == {}


def test_a_list_that_a_sweep_was_refused_is_swept_as_soon_as_it_comes(company: Company) -> None:
    """And not before: a list that is refused for good would have everything swept every night."""
    company.pull()
    company.server.faults.append(refused := fault("/ids", status(403), 1000))
    company.delete("9")
    assert not company.pull(full=True).complete
    company.clock.now += 24 * HOUR
    assert not company.pull().complete and Kind.SWEEP not in company.kinds(3)
    company.server.faults.remove(refused)
    company.clock.now += 24 * HOUR
    assert company.pull().complete and company.kinds(4)[-1] is Kind.SWEEP
    assert "9" not in company.names() and company.deleted()["thing"] == 1
    company.clock.now += 24 * HOUR
    assert company.pull().complete and Kind.SWEEP not in company.kinds(5)


def test_a_list_that_is_not_given_has_nothing_swept_every_night(company: Company) -> None:
    assert company.pull().complete
    with Archive.open(company.place, alone=True) as archive, archive.database.transaction():
        note_unswept(archive.database, ["thing"])
        row = {"stream": "thing", "id": "", "kind": GapKind.NOT_GIVEN.value, "reason": "there are none"}
        archive.database.connection.execute(insert(gaps).values(row))
    company.clock.now += 24 * HOUR
    company.pull()
    assert Kind.SWEEP not in company.kinds(2)


def test_a_sweep_finds_what_no_list_of_changes_shows(company: Company) -> None:
    """A record taken out of the bin, or shared with this sign-in: nothing about it has changed."""
    company.pull()
    company.server.things["30"] = {"id": "30", "name": "back", "notes": 1}
    company.server.notes["30"] = [{"id": "30-0", "text": "said before"}]
    company.clock.now += 8 * 24 * HOUR
    assert company.pull().complete
    assert company.names() == company.truth and "30-0" in company.held("note")


def test_a_sweep_that_shows_something_else_of_a_record_has_it_read_again(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some counters move with no mark of change."""
    read = Toy.read

    def glimpsing(connector: Toy, request: Request, response: Response) -> Reading:
        reading = read(connector, request, response)
        for _stream, id in reading.present:
            reading.glimpses["thing", id] = {"notes": company.server.things[id].get("notes")}
        return reading

    monkeypatch.setattr(Toy, "read", glimpsing)
    company.pull()
    company.server.notes["4"] = [{"id": "4-9", "text": "the only one now"}]
    company.server.things["4"]["notes"] = 1
    company.clock.now += 8 * 24 * HOUR
    company.asked_since()
    assert company.pull().complete
    assert [id for id in company.held("note") if id.startswith("4-")] == ["4-9"]
    assert [asked for asked in company.asked_since() if "/thing/" in asked] == [
        "GET /thing/4",
        "GET /thing/900",
    ]


def test_what_hangs_under_a_record_is_asked_again_when_a_later_page_shows_it_changed(
    company: Company,
) -> None:
    """The next look finds the record as it is held, and asks no more."""

    def show_again(request: Request) -> Response | None:
        if request.path != "/things?after=15":
            return None
        company.server.notes["4"] = [{"id": "4-9", "text": "said meanwhile"}]
        company.change("4", notes=1, name="shown twice")
        _status, told = company.server._get(request.path)
        return Response(
            200, {}, json.dumps({**told, "data": [*told["data"], company.server.things["4"]]}).encode()
        )  # type: ignore[misc]

    company.server.faults += [fault("/things?after=15", status(503), 5), show_again]
    assert company.pull().complete
    assert "4-9" in company.held("note")


def leave_out(company: Company, id: str) -> None:
    """The lists count a record, and do not show it."""

    def lie(request: Request) -> Response | None:
        if not request.path.startswith(("/things?", "/ids")):
            return None
        _status, told = company.server._get(request.path)
        shown = [one for one in told["data"] if id not in (one, one["id"] if isinstance(one, dict) else None)]  # type: ignore[attr-defined]
        return Response(200, {}, json.dumps({**told, "data": shown}).encode())

    company.server.faults.append(lie)


@pytest.mark.parametrize("believe_deletions", [False, True])
def test_what_was_announced_and_not_given_is_looked_for_by_the_next_pull(
    company: Company, believe_deletions: bool
) -> None:
    """A sweep is not due for days, but for what is missing; or a person says that much was deleted."""
    if not believe_deletions:
        leave_out(company, "7")
    company.pull()
    assert ("7" in company.names()) is believe_deletions
    company.server.faults.clear()
    company.clock.now += HOUR
    assert company.pull(believe_deletions=believe_deletions).complete
    assert company.kinds(2) == [Kind.CHANGES, Kind.SWEEP]
    assert company.names() == company.truth
    company.clock.now += HOUR
    assert company.pull().complete and company.kinds(3) == [Kind.CHANGES]


def test_a_pull_stopped_in_any_pass_goes_on_there(company: Company) -> None:
    for path in ("/things?after=10", "/things?after=0&since", "/ids"):
        company.at(path, interrupted)
        with pytest.raises(KeyboardInterrupt):
            company.pull()
    assert company.pull().complete
    assert company.kinds(1) == [Kind.EVERYTHING, Kind.CHANGES, Kind.SWEEP]
    assert company.names() == company.truth


@pytest.mark.parametrize("stopped_at", ["/things?after=20", "/things?after=0&since", "/ids"])
@pytest.mark.parametrize("is_over", [True, False])
def test_what_was_given_up_is_tried_again_by_the_run_that_goes_on(
    company: Company, monkeypatch: pytest.MonkeyPatch, stopped_at: str, is_over: bool
) -> None:
    """Whichever pass it was given up in, and though nobody counts what it would have brought."""
    read = Toy.read

    def uncounted(connector: Toy, request: Request, response: Response) -> Reading:
        reading = read(connector, request, response)
        reading.announced = [one for one in reading.announced if one.stream != "note"]
        return reading

    monkeypatch.setattr(Toy, "read", uncounted)
    company.server.no_bulk = True
    company.server.faults.append(fault("/notes/4", status(502), 1000))
    company.at(stopped_at, interrupted)
    with pytest.raises(KeyboardInterrupt):
        company.pull()
    if is_over:
        company.server.faults.clear()
    assert company.pull().complete is is_over
    assert ("4-0" in company.held("note")) is is_over
    company.server.faults.clear()
    company.asked_since()
    assert company.pull().complete and "4-0" in company.held("note")
    assert company.asked_since().count("GET /notes/4") == (not is_over)


def test_the_counts_of_the_proof_follow_deletions(company: Company) -> None:
    company.pull()
    company.delete("11")
    company.delete("2")
    company.pull(full=True)
    with Archive.open(company.place) as archive:
        found = balances(archive, ["thing", "note"])
    assert found["thing"].held == 22 and found["thing"].unexplained == 0
    assert found["note"].unexplained == 0


def test_a_record_hidden_from_the_lists_is_asked_for_once_in_each_full_pull(company: Company) -> None:
    company.pull()
    company.server.unlisted["3"] = company.server.things.pop("3")
    company.pull(full=True)
    company.asked_since()
    company.pull(full=True)
    assert company.asked_since().count("GET /thing/3") == 1
    assert company.names()["3"] == "Вещь 3"


def rename_hidden(company: Company) -> None:
    company.server.unlisted["900"] = {"id": "900", "name": "renamed"}


def test_the_first_pull_asks_for_no_hidden_record_twice(company: Company) -> None:
    company.pull()
    assert company.asked_since().count("GET /thing/900") == 1


def test_a_full_pull_reads_again_what_no_list_shows(company: Company) -> None:
    company.pull()
    rename_hidden(company)
    assert company.pull(full=True).complete
    assert company.names() == company.truth


def test_a_sweep_between_pulls_of_changes_reads_again_what_no_list_shows(company: Company) -> None:
    company.pull()
    rename_hidden(company)
    company.clock.now += 24 * HOUR
    company.asked_since()
    company.pull()
    assert "GET /thing/900" not in company.asked_since()
    company.clock.now += 8 * 24 * HOUR
    assert company.pull().complete
    assert company.names() == company.truth


class Unswept(Toy):
    """No list of it tells which records there are."""

    about = replace(Toy.about, swept=())


def test_a_full_pull_asks_for_hidden_records_also_where_nothing_can_be_swept(company: Company) -> None:
    company.connector = Unswept(Account("https://toy.example"))
    company.pull()
    rename_hidden(company)
    company.pull(full=True)
    assert company.names()["900"] == "renamed"


def test_a_hidden_record_that_is_gone_is_marked(company: Company) -> None:
    company.pull()
    del company.server.unlisted["900"]
    assert company.pull(full=True).complete
    assert company.names() == company.truth
    assert company.deleted() == {"thing": 1}
    assert company.pull(full=True).complete


def test_no_hidden_record_is_taken_for_deleted_while_a_list_of_its_kind_is_lost(company: Company) -> None:
    """It may stand in that list now. The same holds for what was not there before."""
    company.pull()
    del company.server.unlisted["900"]
    company.server.faults.append(fault("/things?after=10", status(403), 1000))
    assert not company.pull(full=True).complete
    assert company.deleted() == {}
    with Archive.open(company.place) as archive:
        gaps = [gap[:3] for gap in archive.gaps() if gap.stream == "thing"]
    assert gaps == [("thing", id, GapKind.REFUSED) for id in ("", "900", "901")]


class WithAllNotes(Toy):
    """One list has all notes as well, and shows none."""

    def opening(self, since: datetime | None) -> list[Request]:
        return [*super().opening(since), Request("note", ALL_NOTES, worth=80, subject=("note", ""))]

    def read(self, request: Request, response: Response) -> Reading:
        return Reading() if request.path == ALL_NOTES else super().read(request, response)

    def rows(self, request: Request, response: Response) -> list[Row]:
        return [] if request.path == ALL_NOTES else super().rows(request, response)


def test_a_list_under_a_record_comes_in_the_next_pull_though_that_of_its_whole_kind_was_refused_too(
    company: Company,
) -> None:
    company.connector = WithAllNotes(Account("https://toy.example"))
    company.server.no_bulk = True
    company.server.faults += [fault(ALL_NOTES, status(403)), fault("/notes/4", status(404))]
    assert not company.pull().complete
    company.clock.now += 24 * HOUR
    assert company.pull().complete
    assert {"4-0", "4-1"} <= company.held("note").keys()


@pytest.fixture
def family(company: Company) -> Company:
    """Thirty more records that no list shows."""
    for number in range(1000, 1030):
        company.server.unlisted[str(number)] = {"id": str(number), "name": f"hidden {number}"}
        company.server.things[f"{number - 900}"] = {
            "id": f"{number - 900}",
            "name": "links",
            "link": str(number),
        }
    return company


def test_suspiciously_many_hidden_records_that_are_gone_are_a_gap(family: Company) -> None:
    assert family.pull().complete
    held = family.names()
    for id in list(family.server.unlisted):
        del family.server.unlisted[id]
    assert not family.pull(full=True).complete
    assert family.names() == held and family.deleted() == {}
    assert not family.pull().complete, "it stays a gap until it is looked at again"
    assert family.pull(believe_deletions=True).complete
    assert family.deleted() == {"thing": 31}


def test_they_are_no_gap_any_more_when_they_are_there_again(family: Company) -> None:
    family.pull()
    there = dict(family.server.unlisted)
    family.server.unlisted.clear()
    assert not family.pull(full=True).complete
    family.server.unlisted.update(there)
    family.clock.now += 8 * 24 * HOUR
    assert family.pull().complete


def test_a_run_that_stops_before_the_seal_leaves_the_gap_of_hidden_records(family: Company) -> None:
    family.pull()
    family.server.unlisted.clear()
    family.at("/ids", interrupted)
    with pytest.raises(KeyboardInterrupt):
        family.pull(full=True)
    assert not family.pull().complete


def test_suspiciously_many_deletions_are_a_gap_until_a_person_believes_them(tmp_path: Path) -> None:
    """A sign-in that sees less than before looks just like deletions."""
    company = Company(tmp_path / "archive")
    company.server = ToyServer(60, incoming=company.folder / "files" / "incoming")
    company.pull()
    for id in [str(id) for id in range(1, 31)]:
        company.delete(id)
    assert not company.pull(full=True).complete
    assert company.deleted() == {} and len(company.names()) == 61
    assert company.pull(full=True, believe_deletions=True).complete
    assert company.deleted()["thing"] == 30


def test_so_are_those_of_all_that_hung_under_records(company: Company) -> None:
    """Who may not see notes any more is told that there are none: no number contradicts it."""
    company.pull()
    before = company.held("note")
    for thing in company.server.things.values():
        thing["notes"] = 0
    ended = company.pull(full=True)
    assert (ended.complete, ended.gaps, dict(ended.unexplained)) == (False, 1, {})
    assert company.held("note") == before and company.deleted() == {}
    assert not company.pull().complete, "nothing was asked for anew"
    assert company.pull(full=True, believe_deletions=True).complete
    assert company.deleted() == {"note": len(before)}


def test_a_list_that_is_not_there_is_no_deletion_but_a_refusal(company: Company) -> None:
    company.server.faults.append(fault("/things", status(404), 1000))
    assert not company.pull().complete


def test_a_wrong_clock_of_ours_misses_no_change(company: Company) -> None:
    """Our clock is a week ahead of the source's, which says so in its answers."""
    behind = 7 * 24 * HOUR
    company.server.clock = lambda: company.clock.now - behind
    company.pull()
    company.clock.now += HOUR
    company.server.things["5"]["name"] = "changed an hour later"
    company.server.changed["5"] = company.clock.now - behind
    assert company.pull().complete
    assert company.names()["5"] == "changed an hour later"


@pytest.mark.parametrize("days", [-7, 7])
@pytest.mark.parametrize("is_stopped", [True, False])
def test_a_wrong_clock_that_is_set_right_meanwhile_misses_no_change(
    company: Company, days: int, is_stopped: bool
) -> None:
    """What was read before is changed while the pull is stopped, or goes on: a look since a moment to come would pass over it."""
    ahead = days * 24 * HOUR
    company.server.clock = true = lambda: company.clock.now - ahead

    def put_right() -> None:
        nonlocal ahead
        company.clock.now, ahead = true(), 0.0
        if is_stopped:
            raise KeyboardInterrupt

    company.at("/things?after=15", put_right)
    with suppress(KeyboardInterrupt):
        company.pull()
    company.clock.now += HOUR
    company.change("5", name="changed meanwhile")
    assert company.pull().complete
    assert company.names()["5"] == "changed meanwhile"


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_clock_that_is_a_month_ahead_for_one_night_hides_nothing(company: Company, is_ours: bool) -> None:
    """Be it the source's, or ours while the source tells no time. What that night wrote down is a moment to come."""
    ahead = 0.0
    company.server.clock = None if is_ours else lambda: company.clock.now + ahead
    company.pull()
    company.clock.now += 24 * HOUR
    if is_ours:
        company.clock.now += 30 * 24 * HOUR
    else:
        ahead = 30 * 24 * HOUR
    company.pull()
    if is_ours:
        company.clock.now -= 30 * 24 * HOUR
    ahead = 0.0
    company.clock.now += HOUR
    company.change("5", name="changed meanwhile")
    company.delete("7")
    company.clock.now += 23 * HOUR
    assert company.pull().complete
    assert company.names()["5"] == "changed meanwhile"
    company.clock.now += 8 * 24 * HOUR
    company.pull()
    assert company.kinds(4)[-1] is Kind.SWEEP and company.deleted() == {"thing": 1}


def test_a_file_that_is_refused_hinders_no_judgement(company: Company) -> None:
    company.server.faults.append(fault("/file/f2", status(403), 1000))
    company.pull()
    company.delete("9")
    company.pull(full=True)
    assert company.deleted() == {"thing": 1}


def test_what_hangs_under_a_deleted_record_goes_and_comes_with_it(company: Company) -> None:
    thing = company.server.things["4"]
    company.pull()
    company.delete("4")
    company.pull(full=True)
    assert company.deleted() == {"thing": 1, "note": 2} and not any(
        id.startswith("4-") for id in company.held("note")
    )
    company.server.things["4"] = thing
    company.clock.now += HOUR
    company.server.changed["4"] = company.clock.now
    assert company.pull().complete
    assert company.deleted() == {} and {"4-0", "4-1"} <= set(company.held("note"))


def test_a_full_pull_fetches_again_what_the_disk_has_lost(company: Company) -> None:
    company.pull()
    with Archive.open(company.place) as archive:
        lost, damaged = [file.path for file in archive.files() if file.path][:2]
    lost.unlink()
    damaged.write_bytes(b"?" + damaged.read_bytes()[1:])
    with Archive.open(company.place) as archive:
        assert len(list(archive.check())) == 2
    company.asked_since()
    assert company.pull(full=True).complete
    assert len([path for path in company.asked_since() if path.startswith("GET /file/")]) == 2
    with Archive.open(company.place) as archive:
        assert list(archive.check()) == []


class Greeted(Toy):
    """A toy that knows who is signed in."""

    who = "Anna"

    def greetings(self) -> list[Request]:
        return [Request("thing", "/thing/1", subject=("thing", "1"))]

    def standing(self, answers: Sequence[tuple[Request, Response]]) -> Standing:
        return Standing(person=self.who)


class Boris(Greeted):
    who = "Boris"


class Stumbling(Greeted):
    def standing(self, answers: Sequence[tuple[Request, Response]]) -> Standing:
        raise KeyError("nobody thought of this")


def test_who_is_signed_in_stays_unknown_where_the_connector_stumbles_over_it(company: Company) -> None:
    """Nothing hangs on it: least of all a pull."""
    company.connector = Stumbling(Account("https://toy.example"))
    assert company.pull().complete


@pytest.fixture
def shared(company: Company) -> Company:
    """Anna has pulled, who may not see all: thing 5 at all, and the name of thing 6."""
    company.connector = Greeted(Account("https://toy.example"))
    del company.server.things["5"]
    company.server.things["6"] |= {"name": "…"}
    assert company.pull().complete
    company.server.things |= {"5": {"id": "5", "name": "Вещь 5"}, "6": {"id": "6", "name": "Вещь 6"}}
    return company


def test_another_person_is_asked_for_everything(shared: Company) -> None:
    shared.clock.now += HOUR
    shared.pull()
    assert "5" not in shared.names(), "for Anna nothing has changed"
    shared.connector = Boris(Account("https://toy.example"))
    shared.clock.now += HOUR
    assert shared.pull().complete
    assert (shared.names()["5"], shared.names()["6"]) == ("Вещь 5", "Вещь 6")
    assert shared.kinds(3)[:3] == [Kind.CHANGES, Kind.EVERYTHING, Kind.CHANGES]


def test_once_is_enough(shared: Company) -> None:
    shared.connector = Boris(Account("https://toy.example"))
    shared.pull()
    for who in (Greeted, Boris):
        shared.clock.now += HOUR
        shared.connector = who(Account("https://toy.example"))
        shared.pull()
    assert shared.kinds(2)[1] is Kind.EVERYTHING
    assert Kind.EVERYTHING not in (*shared.kinds(3), *shared.kinds(4))


def signed_in(company: Company, who: type[Greeted], hides: str = "") -> Company:
    """Another day, and another person, who may not see one thing."""
    company.clock.now += 3 * HOUR
    company.connector = who(Account("https://toy.example"))
    thing = company.server.things.pop(hides, None)
    assert company.pull().complete
    company.server.things |= {hides: thing} if thing else {}
    return company


def test_what_changes_between_pulls_of_others_who_may_not_see_it(shared: Company) -> None:
    """At night the director's pull, at noon that of a manager: what the director sees alone is asked for since the night."""
    signed_in(shared, Boris)
    shared.clock.now += HOUR
    shared.change("5", name="changed while Anna came and went")
    signed_in(shared, Greeted, hides="5")
    signed_in(shared, Greeted, hides="5")
    signed_in(shared, Boris)
    assert shared.names()["5"] == "changed while Anna came and went"
    assert Kind.EVERYTHING not in shared.kinds(5)


def test_what_others_may_not_see_under_a_record_that_changed_comes_back(shared: Company) -> None:
    """The manager is shown the record as it is, but not what was said of it: that looks deleted until the director comes."""
    signed_in(shared, Boris)
    shared.clock.now += HOUR
    shared.change("4", name="changed")
    notes = shared.server.notes["4"]
    shared.server.notes["4"] = []
    shared.clock.now += HOUR
    shared.connector = Greeted(Account("https://toy.example"))
    shared.pull()
    assert "4-0" not in shared.held("note")
    shared.server.notes["4"] = notes
    signed_in(shared, Boris)
    assert "4-0" in shared.held("note")


def test_whose_only_pull_never_ended_is_asked_for_everything(shared: Company) -> None:
    shared.connector = Boris(Account("https://toy.example"))
    expired(shared, "/things?after=10")
    shared.connector = Greeted(Account("https://toy.example"))
    shared.pull()
    shared.change("5", name="changed meanwhile")
    signed_in(shared, Greeted, hides="5")
    signed_in(shared, Boris)
    assert shared.names()["5"] == "changed meanwhile"


def test_a_pull_that_stops_after_the_greeting_still_asks_for_everything(shared: Company) -> None:
    shared.connector = Boris(Account("https://toy.example"))
    shared.at("/things", interrupted)
    with pytest.raises(KeyboardInterrupt):
        shared.pull()
    assert shared.pull().complete
    assert "5" in shared.names()


def expired(company: Company, path: str = "/") -> None:
    """A pull whose token does not hold any more, from when `path` is asked for the first time."""
    company.at(path, lambda: company.server.faults.append(fault("/", status(401), times=99)))
    with pytest.raises(SignInRefusedError):
        company.pull()
    company.server.faults.clear()


def test_who_goes_on_with_the_pull_of_an_expired_sign_in_is_asked_for_everything(shared: Company) -> None:
    expired(shared)
    shared.connector = Boris(Account("https://toy.example"))
    assert shared.pull().complete
    assert shared.names() == shared.truth
    assert shared.kinds(2)[:3] == [Kind.CHANGES, Kind.EVERYTHING, Kind.CHANGES]


def test_what_others_were_given_of_a_first_pull_is_asked_for_again(company: Company) -> None:
    company.connector = Greeted(Account("https://toy.example"))
    company.server.things["1"] |= {"name": "…"}
    expired(company, "/things?after=10")
    company.server.things["1"] |= {"name": "Вещь 1"}
    company.connector = Boris(Account("https://toy.example"))
    assert company.pull().complete
    assert company.names() == company.truth
    assert company.kinds(1) == [Kind.EVERYTHING, Kind.EVERYTHING, Kind.CHANGES, Kind.SWEEP]


def test_who_was_the_wrong_one_stops_and_another_goes_on(company: Company) -> None:
    """Ctrl+C, and the same command with the director's token, within seconds: what the first was shown is not the director's."""
    company.connector = Greeted(Account("https://toy.example"))
    company.server.things["1"] |= {"name": "…"}
    company.at("/things?after=10", interrupted)
    with pytest.raises(KeyboardInterrupt):
        company.pull()
    company.server.things["1"] |= {"name": "Вещь 1"}
    company.connector = Boris(Account("https://toy.example"))
    assert company.pull().complete
    assert company.names() == company.truth
    assert company.kinds(1) == [Kind.EVERYTHING, Kind.EVERYTHING, Kind.CHANGES, Kind.SWEEP]


@pytest.mark.parametrize(("minutes", "is_asked"), [(0, False), (2, True)])
def test_who_is_signed_in_is_asked_again_some_time_after_a_crash(
    company: Company, minutes: int, is_asked: bool
) -> None:
    company.connector = Greeted(Account("https://toy.example"))
    assert company.pull().complete
    with Archive.open(company.place, alone=True) as archive, archive.database.transaction():
        passed = timedelta(minutes=minutes)
        told = {"outcome": None, "ended": (datetime.now(UTC) - passed).isoformat(timespec="seconds")}
        archive.database.connection.execute(update(runs).values(**told))
    company.asked_since()
    assert company.pull().complete
    assert ("GET /thing/1" in company.asked_since()) is is_asked


def test_a_sweep_that_others_began_is_made_once_more(company: Company) -> None:
    company.connector = Greeted(Account("https://toy.example"))
    expired(company, "/ids")
    company.connector = Boris(Account("https://toy.example"))
    assert company.pull().complete
    told = [Kind.EVERYTHING, Kind.CHANGES, Kind.SWEEP]
    assert company.kinds(1) == [*told, *told]


def test_who_goes_on_with_a_pull_of_ones_own_is_asked_for_everything_once(shared: Company) -> None:
    expired(shared)
    assert shared.pull().complete
    assert Kind.EVERYTHING not in shared.kinds(2), "it was Anna both times"
    shared.connector = Boris(Account("https://toy.example"))
    shared.clock.now += HOUR
    expired(shared, "/things")
    assert shared.pull().complete
    assert shared.names() == shared.truth
    assert shared.kinds(3)[:3] == [Kind.CHANGES, Kind.EVERYTHING, Kind.CHANGES]


class Thorough(Options, frozen=True):
    """An option of the toy: whether notes are asked for."""

    notes: bool = False


class Choosy(Toy):
    """A toy that asks for notes only when it is told to."""

    about = replace(Toy.about, options=Thorough)

    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        if self.options == Thorough():
            reading.under = [one for one in reading.under if one[1].stream != "note"]
            reading.announced = [one for one in reading.announced if one.stream != "note"]
        return reading


def choosy(**options: str) -> Choosy:
    return Choosy(Account("https://toy.example", options))


@pytest.fixture
def hurried(company: Company) -> Company:
    """Pulled without the notes."""
    company.connector = choosy()
    assert company.pull().complete
    assert not company.held("note")
    company.clock.now += HOUR
    company.events.clear()
    return company


def test_an_option_that_asks_for_more_is_asked_of_everything(hurried: Company) -> None:
    hurried.connector = choosy(notes="true")
    assert hurried.pull().complete
    assert hurried.held("note")
    assert [event["event"] for event in hurried.events[:2]] == ["started", "asks_more"]
    with Archive.open(hurried.place) as archive:
        assert archive.source.options == {"notes": "true"}
    hurried.connector = choosy(notes="1")
    assert hurried.pull().complete
    assert Kind.EVERYTHING not in hurried.kinds(3), "it says the same in other words"


def test_so_it_is_of_a_pull_that_was_stopped(hurried: Company) -> None:
    hurried.at("/things", interrupted, time=2)  # once it is asked whether the account answers at all
    with pytest.raises(KeyboardInterrupt):
        hurried.pull()
    hurried.connector = choosy(notes="true")
    hurried.at("/ids", interrupted)
    with pytest.raises(KeyboardInterrupt):
        hurried.pull()
    assert hurried.pull().complete
    assert hurried.held("note")
    assert hurried.kinds(3) == [Kind.EVERYTHING, Kind.CHANGES, Kind.SWEEP]


def test_options_that_nobody_knows_any_more_ask_for_nothing(hurried: Company) -> None:
    with Archive.open(hurried.place, alone=True) as archive, archive.database.transaction():
        archive.note_options({"of": "old"})
    assert hurried.pull().complete
    assert hurried.kinds(2)[0] is Kind.CHANGES
