"""Whose sign-ins a pull was made with: what was shown to one person alone must not count as shown to another."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crmexport.archive import Archive, Source
from crmexport.archive.database import Database
from crmexport.archive.entries import keep
from crmexport.archive.standings import ENTRY, Standings, note_shown, note_standing, standings
from crmexport.source import Standing

MOMENT, END = datetime(2026, 11, 29, 9, tzinfo=UTC), datetime(2026, 12, 4, tzinfo=UTC)
Came = tuple[int, str, int]
ANNA: Came = (1, "Anna", 0)
BORIS: Came = (2, "Boris", 3)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Archive.open_for(tmp_path, Source("toy", "https://toy.example")) as archive:
        yield archive.database


def noted(database: Database, *came: Came) -> Standings:
    """What is kept when these have signed in: for which pull, who, and after which pass of others."""
    with database.transaction():
        for pull, person, before in came:
            now = note_standing(database, pull, Standing(person=person), before)
    assert standings(database) == now
    return now


@pytest.mark.parametrize(
    ("came", "persons", "here", "is_new", "before"),
    [
        ([ANNA], "Anna", "Anna", False, 0),
        ([ANNA, BORIS], "Anna Boris", "Boris", True, 3),
        ([ANNA, BORIS, (2, "Boris", 5)], "Anna Boris", "Boris", True, 3),
        ([ANNA, BORIS, (2, "Anna", 5)], "Anna Boris", "Boris Anna", True, 3),
        ([ANNA, BORIS, (3, "Boris", 7)], "Anna Boris", "Boris", False, 0),
        ([ANNA, BORIS, (3, "Anna", 7)], "Anna Boris", "Anna", False, 0),
        ([ANNA, (1, "Boris", 1)], "Anna Boris", "Anna Boris", True, 1),
        ([ANNA, (1, "Boris", 1), (1, "Vera", 2)], "Anna Boris Vera", "Anna Boris Vera", True, 2),
        ([ANNA, (2, "", 3)], "Anna", "", False, 0),
        ([(1, "", 0), (2, "Anna", 3)], "Anna", "Anna", False, 0),
    ],
)
def test_who_is_new_and_who_is_here(
    database: Database, came: list[Came], persons: str, here: str, is_new: bool, before: int
) -> None:
    now = noted(database, *came)
    assert (now.persons, now.here) == (tuple(persons.split()), tuple(here.split()))
    assert (now.pull, now.is_new, now.before) == (came[-1][0], is_new, before)


@pytest.mark.parametrize(("persons", "here"), [([], ()), (["Anna"], ("Anna",)), (["Anna", "Boris"], ())])
def test_who_is_here_where_an_earlier_version_has_not_noted_it(
    database: Database, persons: list[str], here: tuple[str, ...]
) -> None:
    """Whoever is the only one; of several, nobody knows whose pull it was."""
    with database.transaction():
        keep(database, ENTRY, {"pull": 1, "persons": persons, "open_until": None})
    assert standings(database).here == here


@pytest.mark.parametrize(
    ("came", "shown"),
    [
        ([ANNA], "Anna"),
        ([ANNA, BORIS], "Boris"),
        ([ANNA, (1, "Boris", 1)], "Boris"),
        ([ANNA, (1, "Boris", 1), (1, "Vera", 2)], "Vera"),
        ([ANNA, BORIS, (2, "Anna", 5)], ""),
        ([ANNA, BORIS, (3, "Anna", 0), (3, "Boris", 0)], ""),
        ([ANNA, (2, "", 3)], ""),
    ],
)
def test_what_a_pull_asked_for_was_shown_to_who_signed_in_alone_or_had_it_asked_once_more(
    database: Database, came: list[Came], shown: str
) -> None:
    pull = noted(database, *came).pull
    with database.transaction():
        note_shown(database, pull + 1, MOMENT)
        note_shown(database, pull - 1, MOMENT)
        assert standings(database).seen == {}
        note_shown(database, pull, MOMENT)
    known = standings(database)
    assert list(known.seen) == shown.split()
    assert known.shown_until("Anna") == (MOMENT if shown == "Anna" else None)


def test_what_was_shown_to_others_is_not_forgotten(database: Database) -> None:
    for pull, came in ((1, ANNA), (2, BORIS)):
        noted(database, came)
        with database.transaction():
            note_shown(database, pull, MOMENT)
    assert noted(database, (3, "Anna", 0)).seen.keys() == {"Anna", "Boris"}


def test_until_when_the_account_is_open_is_known_until_it_is_told_anew(database: Database) -> None:
    with database.transaction():
        note_standing(database, 1, Standing(person="Anna", open_until=END))
        assert note_standing(database, 2, Standing(person="Anna")).open_until == END
        assert note_standing(database, 2, Standing(person="Anna", open_until=MOMENT)).open_until == MOMENT
    assert standings(database).as_values() == {
        "accounts": [],
        "signed_in_as": ["Anna"],
        "open_until": "2026-11-29T09:00:00+00:00",
    }


@pytest.mark.parametrize("damaged", ["", "{", "[]", "{}", "null", '{"pull": 1, "persons": null}'])
def test_of_an_entry_that_cannot_be_read_nothing_is_known(database: Database, damaged: str) -> None:
    with database.transaction():
        database.note_about(ENTRY, damaged)
    assert standings(database) == Standings()


def test_a_name_that_was_only_tidied_is_no_second_company(database: Database) -> None:
    """Every later report would say that the archive may hold records of two, mixed. Nor is a night on which none was told."""
    with database.transaction():
        for pull, name in enumerate(
            ("ООО  Ромашка", "", "Василёк", 'ооо "Ромашка"', "ООО «Ромашка»"), start=1
        ):
            now = note_standing(database, pull, Standing(account=name))
    assert now.accounts == standings(database).accounts == ("ООО «Ромашка»", "Василёк")
