"""Whatever fails on the way changes nothing in what is held, or is named."""

from collections.abc import Callable
from pathlib import Path

import pytest
from crmexport_megaplan.v1 import MegaplanV1

from crmexport.pull import Event, pull
from crmexport.sandbox import faults
from crmexport.sandbox.faults import Fault
from crmexport.source import Account, Credentials, GapKind
from tests.megaplan_v1.truths import differences, losses, pulled, sandbox
from tests.memory import in_memory
from tests.toy import TestClock

SURVIVED: dict[str, Callable[[], Fault]] = {
    "429 in seconds": faults.throttled,
    "429 that says nothing": faults.throttled_bare,
    "500": faults.broken,
    "502 with a page": faults.bad_gateway,
    "reset in mid-body": faults.reset,
    "cut JSON": faults.cut_json,
    "empty 200": faults.empty,
    "login page 200": faults.login_page,
    "401": faults.unauthorized,
}

# The older API does not tell how long a file is: bytes that are cut, with a length to match, cannot be told from the whole.
API_ONLY = ("cut JSON",)


@pytest.fixture(autouse=True)
def private_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))


@pytest.mark.parametrize("name", SURVIVED)
def test_a_fault_now_and_then_changes_nothing(name: str, tmp_path: Path) -> None:
    box = sandbox()
    places = "/Bums(?!.*(/User/|downloadAttach))" + ("" if name in API_ONLY else "|/attach")
    for nth in range(2, 200, 17):
        box.faults.add(SURVIVED[name](), nth=nth, path=places)
    with in_memory(box) as url:
        result = pulled(tmp_path / "archive", box, url)
        assert box.faults.happened
        assert differences(tmp_path / "archive", box, url) == []
    assert result.complete and losses(tmp_path / "archive") == []


@pytest.mark.parametrize(
    ("path", "lost"),
    [
        ("Invoice/list", {"Invoice"}),
        ("Task/card", set()),
        ("Employee/card", {"Employee"}),
        ("Deal/listFields.api.ProgramId=14", {"Field"}),
        ("Contractor/listFields", {"Field"}),
        ("System/datetime", set()),
    ],
)
def test_a_route_that_always_fails_is_a_gap_and_costs_no_more_than_it_must(
    path: str, lost: set[str], tmp_path: Path
) -> None:
    """Lists that wait for field definitions come without them, every record by its card; extra fields are then missing."""
    box = sandbox()
    box.faults.add(faults.broken(), path=path, times=None)
    with in_memory(box) as url:
        result = pulled(tmp_path / "archive", box, url)
        missing = differences(tmp_path / "archive", box, url)
    gaps = losses(tmp_path / "archive")
    assert {line.split()[0] for line in missing if "not held" in line} - {"file"} == lost
    assert result.complete == (not gaps) == (path == "Task/card")
    assert {gap.kind for gap in gaps} <= {GapKind.REFUSED}


def test_a_file_that_comes_another_way_is_not_told_as_missing(tmp_path: Path) -> None:
    box, told = sandbox(), list[Event]()
    with in_memory(box) as url:
        connector = MegaplanV1(Account(url))
        by = Credentials(login=box.login, password=box.password)
        assert pull(
            tmp_path / "archive", connector, by, rate=0, clock=TestClock(), watch=told.append
        ).complete
    assert any("downloadAttach" in one.path for one in box.ledger.entries)
    assert [event for event in told if event.values.get("stream") == "file"] == []
