"""Pulls of changes from Megaplan's sandbox hold what is true afterwards, mark what is gone, and cost little."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox

from crmexport.archive import Archive
from crmexport.archive.equation import balances
from crmexport.archive.news import News
from crmexport.archive.replay import connector_of
from crmexport.mapping import MappedArchive, load_source_mapping
from crmexport.pull import PullResult, pull
from crmexport.source import Account, Credentials, Request, Response
from crmexport.transport.line import Line, Transport
from tests.memory import in_memory
from tests.pull.truths import differences

READINGS = {
    "as is likely": Behaviour(),
    "pageAfter inclusive": Behaviour(page_after_inclusive=True),
    "count of the page": Behaviour(count_is="page"),
    "included always": Behaviour(included="always"),
    "rows named before are bare": Behaviour(bare_rows=True, included="never"),
    "lists hide": Behaviour(employee_list_hides_fired=True, contractor_list_hides_dropped=True),
}


class Busy:
    """A company at work in a sandbox, and an archive of it."""

    def __init__(self, box: MegaplanSandbox, url: str, folder: Path) -> None:
        self.box, self.url, self.folder = box, url, folder

    def pull(self, line: Transport | None = None, **options: bool) -> PullResult:
        secrets = Credentials(token=self.box.token)
        connector = Megaplan(Account(self.url))
        return pull(self.folder, connector, secrets, rate=0, line=line, **options)

    def differences(self) -> list[str]:
        return differences(self.folder, self.box, self.url)

    def unexplained(self) -> dict[str, int]:
        with Archive.open(self.folder) as archive:
            found = balances(archive, [])
        return {name: balance.unexplained for name, balance in found.items() if balance.unexplained}

    def ids(self, stream: str) -> list[str]:
        return [line["id"] for line in self.box.truth([stream])]

    def bodies(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for line in self.box.truth():
            found.setdefault(line["stream"], {})[line["id"]] = line["body"]
        return found

    def work(self, start: int = 3) -> None:
        """Change one record of every kind, and delete one of those that no other record needs."""
        for stream in ("contractorCompany", "contractorHuman", "deal", "task", "project", "todo", "invoice"):
            self.box.edits.change(stream, self.ids(stream)[start], name=f"Изменено: {stream} {start}")

    def delete(self, at: int = 5) -> dict[str, str]:
        gone = {stream: self.ids(stream)[at] for stream in ("contractorHuman", "task", "todo")}
        for stream, id in gone.items():
            self.box.edits.remove(stream, id)
        return gone


@pytest.fixture(params=READINGS)
def busy(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Busy]:
    box = MegaplanSandbox(cards=120, tasks=120, comments=200, behaviour=READINGS[request.param])
    with in_memory(box) as url:
        yield Busy(box, url, tmp_path / "archive")


def test_changes_are_found_and_deletions_marked_by_a_full_pull(busy: Busy) -> None:
    assert busy.pull().complete
    first = busy.box.ledger.requests
    busy.work()
    assert busy.pull().complete
    assert busy.differences() == []
    assert busy.box.ledger.requests - first < first
    assert busy.unexplained() == {}
    gone = busy.delete()
    busy.pull(full=True)
    lost = [
        line
        for line in busy.differences()
        if not line.startswith(("comment ", "file ", "history ", "statusHistory ", "linked"))
    ]
    assert lost == []
    with Archive.open(busy.folder) as archive:
        assert all(archive.deleted()[stream] == 1 for stream in gone)
    assert busy.unexplained() == {}


@pytest.mark.parametrize("busy", ["as is likely"], indirect=True)
def test_a_pull_tells_what_it_brought_and_the_first_one_has_no_news(busy: Busy) -> None:
    later = busy.ids("deal")[9]
    busy.box.edits.remove("deal", later)
    before = busy.bodies()
    assert busy.pull().news is None
    busy.work()
    busy.delete()
    busy.box.edits.restore("deal", later)
    after = busy.bodies()
    found = busy.pull(full=True).news
    assert found is not None
    for stream in ("deal", "project", "task", "todo", "contractorHuman"):
        assert found[stream] == told_apart(before[stream], after[stream])
    assert found["deal"].new == 1 and found["task"].deleted == 1
    again = busy.pull().news or {}
    assert {(told.new, told.changed) for told in again.values()} <= {
        (0, 0)
    }  # deletions are dated to the second


def told_apart(before: Mapping[str, Any], after: Mapping[str, Any]) -> News:
    changed = sum(before[id] != after[id] for id in before.keys() & after.keys())
    return News(len(after.keys() - before.keys()), changed, len(before.keys() - after.keys()))


@pytest.mark.parametrize("busy", ["as is likely", "included always"], indirect=True)
def test_the_same_again_is_no_change(busy: Busy) -> None:
    """Links are expanded elsewhere when a page holds other rows; that makes no version and no second look."""
    busy.pull()
    busy.work()
    busy.pull()
    with Archive.open(busy.folder) as archive:
        line = archive.database.connection.exec_driver_sql
        before = line("SELECT count(*) FROM versions").scalar_one()
        bodies = line("SELECT count(*) FROM responses").scalar_one()
    busy.pull(full=True)
    with Archive.open(busy.folder) as archive:
        line = archive.database.connection.exec_driver_sql
        assert line("SELECT count(*) FROM versions").scalar_one() == before
        assert line("SELECT count(*) FROM responses").scalar_one() <= bodies * 1.5


@pytest.mark.parametrize("busy", ["as is likely"], indirect=True)
@pytest.mark.parametrize("full", [False, True])
def test_links_come_once_and_those_that_were_cut_go(busy: Busy, full: bool) -> None:
    busy.pull()
    id, body = next(
        (id, body) for id, body in busy.bodies()["deal"].items() if body["relationLinksCount"] > 5
    )
    assert (relations(busy, id), links(busy, id)) == (7, 7)
    busy.box.edits.change("deal", id, relationLinks=body["relationLinks"][:2], relationLinksCount=2)
    assert busy.pull(full=full).complete
    assert (relations(busy, id), links(busy, id)) == (0, 2)


def relations(busy: Busy, deal: str) -> int:
    """How many rows of a deal's own list of links are held."""
    with Archive.open(busy.folder) as archive:
        return sum(parent == ("deal", deal) for *_row, parent in archive.records("relationLink"))


def links(busy: Busy, deal: str) -> int:
    """How many links of that kind come out of the archive."""
    with Archive.open(busy.folder) as archive:
        mapped = MappedArchive(archive, connector_of(archive), load_source_mapping("megaplan"))
        made = [one["source_id"] for one in mapped.iterate("link")]
    return sum(id.startswith((f"deal/{deal}/RelationLink:", f"deal:{deal}:")) for id in made)


class Meddling(Line):
    """A line on which something happens in mid-pull: before the request number `at`."""

    def __init__(self, busy: Busy, at: int, incoming: Path) -> None:
        super().__init__(busy.url, incoming)
        self._busy, self._left = busy, at

    def send(self, request: Request, headers: object = None) -> Response:
        self._left -= 1
        if self._left == 0:
            self._busy.work()
            self._busy.delete()
        return super().send(request, headers)  # type: ignore[arg-type]


@pytest.mark.parametrize("at", [12, 25, 40])
def test_what_happens_in_mid_pull_is_in_the_sealed_archive(at: int, tmp_path: Path) -> None:
    box = MegaplanSandbox(cards=120, tasks=120, comments=200)
    with in_memory(box) as url:
        busy = Busy(box, url, tmp_path / "archive")
        (busy.folder / "files" / "incoming").mkdir(parents=True)
        busy.pull(Meddling(busy, at, busy.folder / "files" / "incoming"))
        lost = [
            line
            for line in busy.differences()
            if not line.startswith(("comment ", "file ", "history ", "statusHistory ", "linked"))
        ]
        assert lost == []
        assert busy.unexplained() == {}


# What is asked besides the least possible, for reasons that docs/performance.md gives.
BEYOND = {
    "which API is there": 1,
    "projects by their own list, in each of three passes": 3,
    "what changed of deals by scheme, of clients by kind": 5,
    "last pages of deals by scheme and of clients by kind, in two passes": 6,
    "schemes and templates in the sweep": 3,
    "pages of the search for operations, that come one after the other": 1,
    "batches sent before they are full": 2,
    "what the API says of itself, in two passes": 2,
}


def test_hardly_more_is_asked_than_the_least_possible(tmp_path: Path) -> None:
    box = MegaplanSandbox(cards=1000, tasks=1500, comments=3000)
    with in_memory(box) as url:
        assert Busy(box, url, tmp_path / "archive").pull().complete
    assert box.least() < box.ledger.requests <= box.least() + sum(BEYOND.values())
