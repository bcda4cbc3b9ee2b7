"""An account that does not give its deals with the fields that are named: what is missing is told until it has come."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from crmexport_megaplan.sandbox import MegaplanV1Sandbox
from crmexport_megaplan.v1 import MegaplanV1

from crmexport.pull import PullResult, pull
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Account, Credentials
from tests.megaplan_v1.truths import differences, losses, pulled, sandbox
from tests.memory import in_memory
from tests.toy import TestClock

FAILURE = {
    "status": {"code": "error", "message": "SQLSTATE[57014]: Query canceled"},
    "params": {},
    "data": [],
}


class Failing:
    """Lists of deals fail whenever they name a field, so many times at each scheme; or what tells of their fields does."""

    def __init__(self, folder: Path, url: str, box: MegaplanV1Sandbox) -> None:
        self.folder, self.url, self.box = folder, url, box
        self.times = 0
        self.tells_fields = True
        self.failed: dict[str, int] = {}
        self._respond = box.app.respond
        box.app.respond = self.respond  # type: ignore[method-assign]

    def respond(self, asked: Asked) -> Answer:
        if "Deal/listFields" in asked.path and not self.tells_fields:
            return Answer(200, json.dumps(FAILURE).encode())
        scheme = asked.query.partition("Program%5D=")[2][:2]
        if "Deal/list" not in asked.path or "ExtraFields" not in asked.query:
            return self._respond(asked)
        self.failed[scheme] = self.failed.get(scheme, 0) + 1
        return (
            Answer(200, json.dumps(FAILURE).encode())
            if self.failed[scheme] <= self.times
            else self._respond(asked)
        )

    def pull(self) -> PullResult:
        return pulled(self.folder, self.box, self.url)

    def full(self) -> PullResult:
        credentials = Credentials(login=self.box.login, password=self.box.password)
        connector = MegaplanV1(Account(self.url))
        return pull(self.folder, connector, credentials, rate=0, clock=TestClock(), full=True)

    def wrong(self) -> list[str]:
        return differences(self.folder, self.box, self.url)


@pytest.fixture
def failing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Failing]:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    box = sandbox()
    with in_memory(box) as url:
        yield Failing(tmp_path / "archive", url, box)


def test_one_failure_costs_no_field(failing: Failing) -> None:
    failing.times = 1
    assert failing.pull().complete
    assert failing.wrong() == []


def test_fields_that_are_refused_are_missed_until_a_full_pull_brings_them(failing: Failing) -> None:
    failing.times = 1_000_000
    assert not failing.pull().complete
    held_without = {line.partition(":")[0] for line in failing.wrong() if line.startswith("Deal ")}
    assert held_without, "the deals themselves are held"
    failing.times = 0
    assert not failing.pull().complete
    assert {gap[:2] for gap in losses(failing.folder)} == {
        ("Deal", f"fields {scheme}") for scheme in range(13, 18)
    }
    assert failing.full().complete
    assert (failing.wrong(), losses(failing.folder)) == ([], [])


def test_what_definitions_would_have_told_is_missed_until_they_come(failing: Failing) -> None:
    failing.tells_fields = False
    assert not failing.pull().complete
    assert {gap[:2] for gap in losses(failing.folder)} == {
        ("Field", f"Deal/{scheme}") for scheme in range(13, 18)
    }
    failing.tells_fields = True
    assert failing.pull().complete
    assert failing.wrong() == []
