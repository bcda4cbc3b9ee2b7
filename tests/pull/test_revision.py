"""A later version of a connector asks for more: what did not change since was never asked so, and changes alone would not bring it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import delete

from crmexport.archive import Archive, Place
from crmexport.archive.journal import Kind
from crmexport.archive.revision import ENTRY
from crmexport.archive.schema import about
from crmexport.source import Account, Reading, Request, Response
from tests.pull.test_engine import status
from tests.pull.test_sealing import HOUR, Company, interrupted
from tests.toy import Toy, fault

SEALED = [Kind.EVERYTHING, Kind.CHANGES, Kind.SWEEP]
ACCOUNT = Account("https://toy.example")


class Earlier(Toy):
    """A version that did not know of notes yet."""

    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        reading.under = [one for one in reading.under if one[1].stream != "note"]
        reading.announced = [one for one in reading.announced if one.stream != "note"]
        return reading


class Wrong(Earlier):
    """A version that asks for something that the source refuses, and its successors do without."""

    def opening(self, since: datetime | None) -> Iterable[Request]:
        return [*super().opening(since), Request("thing", "/things?wrong", subject=("thing", "all"))]


class Later(Toy):
    """The version that does."""

    about = replace(Toy.about, revision=2)


@pytest.fixture
def company(place: Place, tmp_path: Path) -> Company:
    """With the earlier version in use."""
    company = Company(tmp_path / "archive", place)
    company.connector = Earlier(ACCOUNT)
    return company


def upgraded(company: Company) -> Company:
    """With the later version in use, the next day."""
    company.clock.now += HOUR
    company.events.clear()
    company.connector = Later(ACCOUNT)
    return company


def test_a_version_that_asks_for_more_asks_for_everything_once(company: Company) -> None:
    assert company.pull().complete
    assert not company.held("note")
    assert upgraded(company).pull().complete
    assert company.held("note")
    assert company.kinds(2) == SEALED
    assert company.events[1] == {"event": "asks_more", "why": "version"}
    assert upgraded(company).pull().complete
    assert Kind.EVERYTHING not in company.kinds(3)
    assert "asks_more" not in [event["event"] for event in company.events]


def test_a_pull_that_was_stopped_first_gets_what_it_lacks(company: Company) -> None:
    company.at("/things?after=20", interrupted)
    with pytest.raises(KeyboardInterrupt):
        company.pull()
    company.asked_since()
    assert upgraded(company).pull().complete
    assert company.held("note")
    assert company.kinds(1) == [Kind.EVERYTHING, *SEALED]
    assert company.events[1] == {"event": "asks_more", "why": "version"}
    asked = company.asked_since()
    place = [asked.index(f"GET /things?after={number}") for number in (20, 0)]
    assert place == sorted(place), "what was answered already waits"


def test_an_upgrade_that_is_stopped_goes_on(company: Company) -> None:
    company.pull()
    upgraded(company).at("/things?after=20", interrupted)
    with pytest.raises(KeyboardInterrupt):
        company.pull()
    assert company.pull().complete
    assert company.held("note")
    assert company.kinds(2) == SEALED


@pytest.mark.parametrize("is_stopped", [False, True])
def test_what_only_an_earlier_version_asked_in_vain_is_forgotten(company: Company, is_stopped: bool) -> None:
    """It would be asked for every night, and be a gap for ever."""
    company.server.faults.append(fault("/things?wrong", status(403), 1000))
    company.connector = Wrong(ACCOUNT)
    if is_stopped:
        company.at("/ids", interrupted)
        with pytest.raises(KeyboardInterrupt):
            company.pull()
    else:
        assert not company.pull().complete
    for _night in range(3):
        company.asked_since()
        assert upgraded(company).pull().complete
    assert not [path for path in company.asked_since() if "wrong" in path]


def test_an_archive_of_a_version_that_noted_nothing_is_behind(company: Company) -> None:
    company.pull()
    with Archive.open(company.place, alone=True) as archive, archive.database.transaction():
        archive.database.connection.execute(delete(about).where(about.c.name == ENTRY))
    company.connector = Toy(ACCOUNT)
    assert company.pull().complete
    assert company.held("note")


def test_what_the_earlier_version_pulled_once_more_is_asked_anew(company: Company) -> None:
    """Somebody goes back to the version before: a record that came meanwhile has no notes."""
    assert upgraded(company).pull().complete
    company.connector = Earlier(ACCOUNT)
    company.change("30", name="came meanwhile", notes=1)
    company.server.notes["30"] = [{"id": "30-0", "text": "заметка"}]
    company.pull()
    before = company.held("note").keys()
    assert upgraded(company).pull().complete
    assert company.held("note").keys() > before
    assert company.kinds(3) == SEALED
