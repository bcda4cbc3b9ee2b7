"""What a connector overlooked comes to light when a later one reads the stored answers anew; all else stays as it is."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from crmexport.archive import Archive, Place
from crmexport.archive.closure import linked_not_held
from crmexport.archive.equation import unexplained
from crmexport.archive.prune import Keep, prune
from crmexport.archive.rebuild import Rebuilt, rebuild
from crmexport.source import Reading, Request, Response, Row
from tests.pull.test_engine import Journey
from tests.pull.test_sealing import Company
from tests.toy import Toy


class Careless(Toy):
    """Overlooks every third thing, all notes, all links and all files."""

    def rows(self, request: Request, response: Response) -> list[Row]:
        found = super().rows(request, response)
        return [row for row in found if row.stream == "thing" and int(row.id) % 3]

    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        return replace(reading, links=set(), files=[], announced=[], ended=[])


@pytest.fixture
def company(place: Place, tmp_path: Path) -> Company:
    return Company(tmp_path / "archive", place)


def rebuilt(company: Journey, really: bool = True) -> Rebuilt:
    with Archive.open(company.place, alone=True) as archive:
        found = rebuild(archive, company.connector, really=really)
        assert list(archive.check()) == []
    return found


def pulled_by(kind: type[Toy], company: Company, **options: bool) -> None:
    right, company.connector = company.connector, kind(company.connector.account)
    company.pull(**options)
    company.connector = right


def test_what_was_overlooked_comes_to_light(company: Company) -> None:
    pulled_by(Careless, company)
    before = company.held("thing")
    listed = {id: name for id, name in company.truth.items() if id not in company.server.unlisted}
    assert before.keys() == {id for id in listed if int(id) % 3}
    found = rebuilt(company)
    assert company.names() == listed
    assert found.added["thing"] == len(listed) - len(before) and found.unread == 0
    assert len(company.held("note")) == found.added["note"] > 0
    with Archive.open(company.place) as archive:
        assert archive.files_known() == found.files > 0
        parents = {parent for *_row, parent in archive.records("note")}
        assert all(parent and parent[0] == "thing" for parent in parents)
        notes = sum(int(str(thing.get("notes", 0))) for thing in company.server.things.values())
        assert archive.announced() == {"thing": (len(listed), 0), "note": (notes, 0)}
        assert all(owner[0] == "thing" for file in archive.files() for owner in file.owners or [("", "")])
        assert list(linked_not_held(archive.database)) == [[("thing", "900"), ("thing", "901")]]
    assert rebuilt(company) == Rebuilt(answers=found.answers)


@pytest.mark.parametrize("full", [False, True])
def test_pruning_leaves_what_a_later_version_may_find(company: Company, full: bool) -> None:
    pulled_by(Careless, company)
    overlooked = rebuilt(company, really=False).added["note"]
    for number in range(2):
        company.change("1", name=f"name {number}")
        pulled_by(Careless, company, full=full)
        with Archive.open(company.place, alone=True) as archive:
            prune(archive, Keep(daily=1))
    assert rebuilt(company).added["note"] == overlooked > 0


def test_what_is_found_is_announced_and_what_it_leads_to_is_asked_for_by_the_next_pull(
    company: Company,
) -> None:
    pulled_by(Careless, company)
    rebuilt(company)
    company.pull(full=True)
    assert company.names() == company.truth
    with Archive.open(company.place) as archive:
        assert {"thing", "note"} <= archive.announced().keys()


def test_a_change_that_was_overlooked_is_the_current_version(company: Company) -> None:
    company.pull()
    company.change("3", name="changed")
    company.change("4", name="changed, too")
    pulled_by(Careless, company)
    assert company.names()["3"] == "Вещь 3"
    found = rebuilt(company)
    assert company.names()["3"] == "changed" and found.changed["thing"] == 1
    with Archive.open(company.place) as archive:
        line = "SELECT count(*) FROM versions WHERE stream = 'thing' AND id = '3'"
        assert archive.database.connection.execute(text(line)).scalar_one() == 1


def test_what_was_read_as_it_is_read_now_stays_as_it_is(company: Company) -> None:
    company.pull()
    company.change("5", name="changed")
    company.delete("7")
    company.pull(full=True)
    company.change("5", name="changed again")
    company.pull()
    before, deleted = company.names(), company.deleted()
    found = rebuilt(company)
    assert found == Rebuilt(answers=found.answers) and found.answers > 10
    assert (company.names(), company.deleted()) == (before, deleted) and deleted == {"thing": 1}


@pytest.mark.parametrize("is_deleted", [True, False])
def test_what_was_announced_once_is_not_announced_again(company: Company, is_deleted: bool) -> None:
    """All that had notes is gone, or has none any more: an old version that tells of some misses nothing."""
    company.pull()
    for id in [id for id, thing in company.server.things.items() if "notes" in thing]:
        company.server.notes[id] = []
        if is_deleted:
            company.delete(id)
        else:
            company.server.things[id] = {"id": id, "name": "without"}
    company.pull(full=True, believe_deletions=True)
    company.pull(full=True)
    with Archive.open(company.place) as archive:
        before = archive.announced()
        assert "note" not in before
    rebuilt(company)
    with Archive.open(company.place) as archive:
        assert archive.announced() == before and not unexplained(archive)


def misplaced(row: Row) -> Row:
    return row._replace(start=row.start - 1, end=row.end + 1)


def orphaned(row: Row) -> Row:
    return row._replace(parent=None)


@pytest.mark.parametrize("slip", [misplaced, orphaned])
def test_what_lies_elsewhere_in_its_answer_is_mended(company: Company, slip: Callable[[Row], Row]) -> None:
    class Slipping(Toy):
        def rows(self, request: Request, response: Response) -> list[Row]:
            found = super().rows(request, response)
            return [slip(row) if row.stream == "note" else row for row in found]

    pulled_by(Slipping, company)
    found = rebuilt(company)
    assert found.changed["note"] == len(company.held("note")) > 0 and not found.added
    with Archive.open(company.place) as archive:
        assert all(parent and parent[0] == "thing" for *_row, parent in archive.records("note"))


def test_a_look_changes_nothing(company: Company) -> None:
    pulled_by(Careless, company)
    before = company.names()
    assert rebuilt(company, really=False).added["thing"] > 0
    assert company.names() == before


def test_answers_that_cannot_be_read_are_counted_and_stop_nothing(company: Company) -> None:
    pulled_by(Careless, company)
    with Archive.open(company.place, alone=True) as archive, archive.database.transaction():
        archive.database.connection.execute(
            text("UPDATE responses SET body = :no WHERE id = 1"), {"no": b"x"}
        )
    with Archive.open(company.place, alone=True) as archive:
        found = rebuild(archive, company.connector)
    assert found.unread == 1 and found.added["thing"] > 0
