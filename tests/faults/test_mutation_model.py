"""Ten thousand lives of the smallest company there can be: a model of a CRM is edited, while it is pulled, as hypothesis likes.

The same promises as in `test_mutation.py`, held against a source of which every rule is known (`tests/toy.py`): it tells of
every change by its time, of deletions by nothing; notes stand under things, and the last of them may go with no time moved.
Hypothesis looks for the fewest deeds that break a promise.
"""

import gc
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from crmexport.archive import Archive
from crmexport.archive.journal import Journal, Kind, as_of
from crmexport.source import Request, Response
from tests.faults.living import DAY
from tests.pull.test_sealing import Company
from tests.toy import ToyServer

WHAT = ("create", "change", "delete", "restore", "note", "link")
THINGS, MOST_CALLS = 13, 40
Forms = dict[tuple[str, str], str]


class Deed(NamedTuple):
    """What somebody does before a call of a pull (0: before it begins). `said`: a restored thing's time of change moves."""

    at: int
    what: str
    number: int
    said: bool


class Model(Company):
    """A company of which everything that ever was is remembered; `told` are the moments at which something told of a thing."""

    def __init__(self, folder: Path, pace: float) -> None:
        super().__init__(folder)
        self.server = ToyServer(THINGS, incoming=folder / "files" / "incoming")
        self.server.unlisted.clear()  # of what no list shows and no link names any more, nobody can know
        self.server.faults.append(self._live)
        self.pace, self.calls, self.made = pace, 0, 100
        self.deeds: list[Deed] = []
        self.gone: dict[str, dict[str, object]] = {}
        self.told: dict[str, list[float]] = {}
        self.past: list[tuple[float, Forms]] = []
        self._happen()

    def lives(self, deeds: list[Deed]) -> bool:
        """Pull while these deeds are done; whether it ended as complete."""
        self.deeds, self.calls = deeds, 0
        self._happen()
        return self.pull().complete

    def _live(self, request: Request) -> Response | None:
        self.calls += 1
        self.clock.now += self.pace
        self._happen()
        return None

    def _happen(self) -> None:
        due = [deed for deed in self.deeds if deed.at == self.calls]
        for deed in due:
            known = sorted(self.gone if deed.what == "restore" else self.server.things, key=int)
            if known or deed.what == "create":
                getattr(self, f"_{deed.what}")(known[deed.number % len(known)] if known else "", deed)
        if due or not self.past:
            things = self.server.things
            forms = {("thing", id): _text(thing) for id, thing in things.items()}
            forms |= {
                ("note", str(note["id"])): _text(note)
                for id in things
                for note in self.server.notes.get(id, ())
            }
            self.past.append((self.clock.now, forms))
            self.clock.now += 1

    def _tell(self, id: str) -> None:
        self.told.setdefault(id, []).append(self.clock.now)

    def _said(self, id: str, **values: object) -> None:
        self.change(id, **values)
        self._tell(id)

    def _create(self, _id: str, deed: Deed) -> None:
        self.made += 1
        new = str(self.made)
        self.server.notes[new] = [{"id": f"{new}-0", "text": "new"}]
        self._said(new, name=f"new {new}", notes=1)

    def _change(self, id: str, deed: Deed) -> None:
        self._said(id, name=f"changed at {self.clock.now}")

    def _delete(self, id: str, deed: Deed) -> None:
        self.gone[id] = self.server.things.pop(id)
        self._tell(id)

    def _restore(self, id: str, deed: Deed) -> None:
        self.server.things[id] = self.gone.pop(id)
        self._tell(id)
        if deed.said:
            self._said(id)

    def _note(self, id: str, deed: Deed) -> None:
        """A note more, or none any more."""
        self.made += 1
        self.server.notes[id] = (
            [*self.server.notes.get(id, ()), {"id": f"{id}-{self.made}", "text": "added"}]
            if deed.said
            else []
        )
        self._said(id, notes=len(self.server.notes[id]))

    def _link(self, id: str, deed: Deed) -> None:
        self._said(id, link=str(deed.number % THINGS + 1))

    def since(self, moment: float) -> list[Forms]:
        """All that was there at a moment or later."""
        before = [forms for at, forms in self.past if at <= moment]
        return [*before[-1:], *(forms for at, forms in self.past if at > moment)]

    def wrong(self) -> Iterator[str]:
        """One line for everything that the archive does not hold as promised."""
        with Archive.open(self.folder) as archive:
            passes = Journal(archive.database).passes()
            now = {
                (kind, row[0]): row[1].decode() for kind in ("thing", "note") for row in archive.records(kind)
            }
        sealed = as_of(passes)
        everything = [one for one in passes if one.kind is Kind.EVERYTHING][-1]
        assert sealed is not None and everything.ended is not None and sealed >= everything.ended
        begun = everything.started.timestamp()
        for key in now.keys() | {key for forms in self.since(begun) for key in forms}:
            told = self.told.get(key[1].partition("-")[0], ())
            base = max([begun, *(at for at in told if at <= sealed.timestamp())])
            forms = [state.get(key) for state in self.since(base)]
            if now.get(key) not in forms:
                yield f"{key}: {now.get(key)} is none of {forms}"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def lived(pace: float, pulls: list[list[Deed]]) -> None:
    """Pull as often as there are lists of deeds, a sweep due each time; after each pull the archive must be right."""
    folder = Path(mkdtemp())
    try:
        company = Model(folder / "archive", pace)
        for deeds in pulls:
            complete = company.lives(deeds)
            assert list(company.wrong()) == []
            assert complete
            company.clock.now += 8 * DAY
    finally:
        shutil.rmtree(folder)


deed = st.builds(Deed, st.integers(0, MOST_CALLS), st.sampled_from(WHAT), st.integers(0, 40), st.booleans())
lives = st.lists(st.lists(deed, min_size=1, max_size=12), min_size=1, max_size=2)
quiet = settings(database=None, suppress_health_check=list(HealthCheck))


def examples(first: int, many: int) -> None:
    """So many lives, the same ones each time for the same `first`."""

    @seed(first)
    @settings(quiet, max_examples=many)
    @given(st.sampled_from((1.0, 900.0)), lives)
    def look(pace: float, pulls: list[list[Deed]]) -> None:
        lived(pace, pulls)

    look()


def test_the_archive_is_the_model() -> None:
    examples(0, 8)


def test_what_only_a_sweep_showed_is_missed_when_it_is_deleted() -> None:
    lived(1.0, [[Deed(0, "delete", 0, False), Deed(2, "restore", 0, False)], [Deed(0, "delete", 0, False)]])


def test_what_comes_back_and_goes_again_within_one_pull_is_no_loss() -> None:
    lived(1.0, [[Deed(2, "delete", 0, False)], [Deed(0, "restore", 0, False), Deed(3, "delete", 0, False)]])


def test_a_deleted_record_announces_nothing_any_more() -> None:
    lived(1.0, [[Deed(3, "note", 18, False), Deed(3, "delete", 5, False)]])


@pytest.mark.soak
@pytest.mark.parametrize("thousand", range(20))
def test_ten_thousand_lives(thousand: int) -> None:
    examples(1 + thousand, 500)
    gc.collect()
