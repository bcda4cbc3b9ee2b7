"""What is in the bin is told by the list it came by, for its card need not say so; and what is not in the bin never is marked."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan.sandbox import MegaplanV1Sandbox
from crmexport_megaplan.sandbox.v1.tables import Query, Tables

from crmexport.archive import Archive
from crmexport.archive.misfiled import misfiled
from crmexport.archive.replay import connector_of
from crmexport.mapping import MappedArchive, load_source_mapping
from crmexport.pull import PullResult
from crmexport.sandbox.exchange import Answer, Asked
from tests.megaplan_v1.truths import losses, pulled, sandbox
from tests.memory import in_memory

Place = tuple[str, int]
COMPANY, PAYER = ("ContractorCompany", 4), ("Payer", 1)


class Bins:
    """An account whose cards say nothing of the bin: what is `binned` only the list of the bin shows, and what is `hidden` none."""

    def __init__(self, folder: Path, url: str, box: MegaplanV1Sandbox) -> None:
        self.folder, self.box, self._url = folder, box, url
        self.binned: set[Place] = {COMPANY, PAYER}
        self.hidden: set[Place] = set()
        self.knows_bin = True

    def pull(self) -> PullResult:
        return pulled(self.folder, self.box, self._url, {"zone": "Europe/Moscow"})

    def hides(self, kind: str, index: int, query: Query) -> bool:
        asks_for_bin = self.knows_bin and query.get("DroppedOnly") == "1"
        return (kind, index) in self.hidden or ((kind, index) in self.binned) != asks_for_bin

    def marked(self) -> set[Place]:
        """What is exported as deleted."""
        kinds = {"company": "ContractorCompany", "contact": "ContractorHuman", "requisite": "Payer"}
        with Archive.open(self.folder) as archive:
            mapped = MappedArchive(archive, connector_of(archive), load_source_mapping("megaplan_v1"))
            found = {
                (kind, made["source_id"])
                for entity, kind in kinds.items()
                for made in mapped.iterate(entity)
                if made.get("is_deleted")
            }
            assert list(misfiled(archive)) == []
        return {(kind, self.box.account.kinds[kind].index(id) or 0) for kind, id in found}


@pytest.fixture
def bins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bins]:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    box = sandbox()
    box.app.respond = silent(box.app.respond)  # type: ignore[method-assign]
    with in_memory(box) as url:
        bins = Bins(tmp_path / "archive", url, box)
        hides = Tables._hides

        def hidden(tables: Tables, kind: str, index: int, query: Query) -> bool:
            if kind in ("ContractorCompany", "ContractorHuman", "Payer"):
                return bins.hides(kind, index, query)
            return hides(tables, kind, index, query)

        monkeypatch.setattr(Tables, "_hides", hidden)
        yield bins


def silent(respond: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """The same answers without the field that tells of the bin."""

    def without(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {name: value for name, value in pairs if name != "IsDropped"}

    def responding(asked: Asked) -> Answer:
        answer = respond(asked)
        if b"IsDropped" not in answer.body:
            return answer
        document = json.loads(answer.body, object_pairs_hook=without)
        return replace(answer, body=json.dumps(document, ensure_ascii=False).encode())

    return responding


def test_what_only_the_list_of_the_bin_shows_is_marked(bins: Bins) -> None:
    assert bins.pull().complete
    assert bins.marked() == {COMPANY, PAYER}


def test_what_is_restored_or_goes_into_the_bin_later_is_marked_as_it_is_then(bins: Bins) -> None:
    bins.pull()
    other = ("ContractorHuman", 3)
    bins.binned = {other}
    assert bins.pull().complete
    assert bins.marked() == {other}
    bins.binned = set()
    assert bins.pull().complete
    assert bins.marked() == set()


def test_a_card_that_comes_later_does_not_take_it_out_of_the_bin(bins: Bins) -> None:
    bins.pull()
    bins.hidden = {COMPANY}
    id = bins.box.account.kinds[COMPANY[0]].id(COMPANY[1])
    bins.box.edits.change("contractorCompany", id, description="<p>Переехали</p>")
    bins.pull()
    with Archive.open(bins.folder) as archive:
        bodies = {row[0]: row[1].decode() for row in archive.records("Contractor")}
    assert "Переехали" in bodies[id]
    assert bins.marked() == {COMPANY, PAYER}


def test_where_the_account_knows_no_bin_nothing_is_marked_and_that_is_said(bins: Bins) -> None:
    bins.knows_bin, bins.binned = False, set()
    result = bins.pull()
    assert bins.marked() == set()
    assert not result.complete
    assert [gap[:2] for gap in losses(bins.folder)] == [("Contractor", "bin"), ("Payer", "bin")]


def test_cards_that_the_list_of_the_bin_leads_to_are_marked(
    bins: Bins, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where lists show a part only."""
    shown = Tables.cut

    def cut(tables: Tables, kind: str, body: Any, *more: Any, is_list: bool) -> Any:
        body = shown(tables, kind, body, *more, is_list=is_list)
        is_client = is_list and kind.startswith("Contractor")
        return {name: body[name] for name in ("Id", "Name")} if is_client else body

    monkeypatch.setattr(Tables, "cut", cut)
    assert bins.pull().complete
    assert bins.marked() == {COMPANY, PAYER}


def test_requisites_that_no_list_shows_are_missed_by_their_number(bins: Bins) -> None:
    """Clients and deals name them, and they have no card."""
    bins.binned, bins.hidden = set(), {PAYER}
    result = bins.pull()
    id = bins.box.account.kinds[PAYER[0]].id(PAYER[1])
    assert [gap[:2] for gap in losses(bins.folder)] == [("Payer", id)]
    assert not result.complete
