"""What a second look at the same record must not undo, and what it must: gaps, and under which record it stands."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox

from crmexport.archive import Archive
from crmexport.archive.equation import balances
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import GapKind
from tests.faults.inprocess import URL, Sandboxed, pulled
from tests.pull.truths import differences
from tests.toy import TestClock

Change = Callable[[Asked, dict[str, Any]], Answer | None]
DAY = 86_400


class Meddling:
    """A site whose answers pass through `change`: it alters the document, or gives an answer of its own."""

    def __init__(self, box: MegaplanSandbox) -> None:
        self.plain: Any = box.site
        self.change: Change = lambda asked, document: None
        box.site = self  # type: ignore[assignment]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    def __call__(self, asked: Asked) -> Answer:
        answer = self.plain(asked)
        if answer.status != 200 or not answer.content_type.startswith("application/json"):
            return answer
        document = json.loads(answer.body)
        return self.change(asked, document) or replace(answer, body=json.dumps(document).encode())


@pytest.fixture
def box() -> MegaplanSandbox:
    """Without batches, so that every answer passes by."""
    return MegaplanSandbox(cards=40, tasks=24, comments=120, behaviour=Behaviour(bulk="off"))


def refusal(status: int) -> Answer:
    meta = {"status": status, "errors": [{"field": None, "message": "no"}], "pagination": []}
    return Answer(status, json.dumps({"meta": meta, "data": []}).encode())


@pytest.mark.parametrize("status", [403, 404])
def test_the_gap_of_a_refused_card_outlives_the_next_look_at_its_row(
    box: MegaplanSandbox, tmp_path: Path, status: int
) -> None:
    """The rows lack what only the cards have. A 404 does not prove a deletion while a list shows the record."""

    def change(asked: Asked, document: dict[str, Any]) -> Answer | None:
        if asked.path == "/api/v3/invoice":
            for row in document["data"]:
                row.pop("rows", None)
        return refusal(status) if re.fullmatch(r"/api/v3/invoice/\d+", asked.path) else None

    Meddling(box).change = change
    for _again in range(2):
        result = pulled(tmp_path / "a", Sandboxed(box, TestClock()))
        assert not result.complete
        with Archive.open(tmp_path / "a") as archive:
            gaps = {gap.id: gap.kind for gap in archive.gaps() if gap.stream == "invoice"}
            balance = balances(archive, [])["invoice"]
        assert gaps and set(gaps.values()) == {GapKind.REFUSED}
        assert (balance.announced, balance.refused, balance.unexplained) == (balance.held, len(gaps), 0)


@pytest.mark.parametrize("is_deleted", [True, False])
def test_comments_go_with_the_client_into_whom_theirs_was_merged(
    box: MegaplanSandbox, tmp_path: Path, is_deleted: bool
) -> None:
    site, clock = Meddling(box), TestClock()
    shown: dict[str, list[Any]] = {}

    def watch(asked: Asked, document: dict[str, Any]) -> None:
        if found := re.fullmatch(r"/api/v3/contractorCompany/(\d+)/comments", asked.path):
            shown[found[1]] = document["data"]

    site.change = watch
    assert pulled(tmp_path / "a", Sandboxed(box, clock)).complete
    old, new = [id for id, rows in shown.items() if any(row["contentType"] == "Comment" for row in rows)][:2]
    moved = [row for row in shown[old] if row["contentType"] == "Comment"]

    def merge(asked: Asked, document: dict[str, Any]) -> None:
        if asked.path == f"/api/v3/contractorCompany/{new}/comments":
            document["data"] += moved
            document["meta"]["pagination"]["count"] = len(document["data"])
        elif asked.path == f"/api/v3/contractorCompany/{old}/comments":
            document["data"] = []
        elif asked.path in (
            "/api/v3/contractorCompany",
            f"/api/v3/contractorCompany/{new}",
            f"/api/v3/contractorCompany/{old}",
        ):
            rows = document["data"] if isinstance(document["data"], list) else [document["data"]]
            for row in rows:
                if row["id"] == new:
                    row["commentsCount"] += len(moved)
                if row["id"] == old:
                    row["commentsCount"] = 0

    clock.now += DAY
    box.edits.change("contractorCompany", new, clock.now - 3600, name="Both")
    if is_deleted:
        box.edits.remove("contractorCompany", old)
    else:
        box.edits.change("contractorCompany", old, clock.now - 3600, name="Emptied")
    site.change = merge
    clock.now += 8 * DAY  # with a sweep, which finds deletions
    assert pulled(tmp_path / "a", Sandboxed(box, clock)).complete
    with Archive.open(tmp_path / "a") as archive:
        owners = {id: parent for id, _body, _modified, parent in archive.records("comment")}
    assert [owners.get(row["id"]) for row in moved] == [("contractorCompany", new)] * len(moved)


@pytest.mark.parametrize("route", ["deal", "program"])
def test_a_list_that_comes_a_night_later_brings_the_comments_of_its_records(
    box: MegaplanSandbox, tmp_path: Path, route: str
) -> None:
    """Of deals, and of the schemes from which the lists of deals follow; comments were edited, of which nothing tells."""
    site, clock = Meddling(box), TestClock()
    assert pulled(tmp_path / "a", Sandboxed(box, clock)).complete
    for line in list(box.truth(["comment"])):
        box.edits.change_quietly("comment", line["id"], content=f"edited in silence {line['id']}")
    site.change = lambda asked, document: refusal(403) if asked.path == f"/api/v3/{route}" else None
    clock.now += DAY
    assert not pulled(tmp_path / "a", Sandboxed(box, clock), full=True).complete
    site.change = lambda asked, document: None
    clock.now += DAY
    pulled(tmp_path / "a", Sandboxed(box, clock))
    assert differences(tmp_path / "a", box, URL) == []


def test_what_failed_all_of_one_night_and_is_given_after_all_is_asked_for_everywhere(
    box: MegaplanSandbox, tmp_path: Path
) -> None:
    """Histories, which nothing announces: by the first pull it seemed that this source gives none."""
    site, clock = Meddling(box), TestClock()
    is_history = re.compile(r".*/(history|statusHistory)").fullmatch
    site.change = lambda asked, document: refusal(500) if is_history(asked.path) else None
    pulled(tmp_path / "a", Sandboxed(box, clock))
    with Archive.open(tmp_path / "a") as archive:
        assert ("history", "deal", GapKind.NOT_GIVEN) in {gap[:3] for gap in archive.gaps()}
    site.change = lambda asked, document: None
    clock.now += DAY
    deal = next(line["id"] for line in box.truth(["deal"]))
    box.edits.change("deal", deal, at=clock.now - 60, name="changed")
    assert pulled(tmp_path / "a", Sandboxed(box, clock)).complete
    assert differences(tmp_path / "a", box, URL) == []
    asked = Sandboxed(box, clock)
    clock.now += DAY
    box.edits.change("deal", deal, at=clock.now - 60, name="changed again")
    assert pulled(tmp_path / "a", asked).complete
    assert sum(bool(is_history(one.path)) for one in asked.asked) < 10, "once is enough"
