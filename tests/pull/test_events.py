"""Scripts read the events of a pull by the keys that the page tells, whatever happens in it."""

import re
from pathlib import Path

import pytest

from crmexport.transport.failures import BrokenOffError
from tests.pull.test_engine import Journey, status
from tests.pull.test_outages import Outage
from tests.toy import fault

PAGE = Path(__file__).parents[2] / "docs" / "pulling.md"
KEYS = {
    "started": {"pull", "waiting", "records"},
    "signed_in": {"person", "open_until", "others", "is_new", "account", "called_before"},
    "pass": {"kind", "since"},
    "progress": {"done", "waiting", "records", "files", "rate", "eta_seconds"},
    "waiting": {"seconds", "reason"},
    "renewed": set[str](),
    "gap": {"stream", "title", "id", "kind", "reason", "is_new"},
    "finished": {"complete", "gaps", "new_gaps", "accepted", "unexplained", "requests", "records", "news"},
}


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    return Journey(tmp_path / "archive")


def test_an_event_has_all_keys_and_no_other(journey: Journey) -> None:
    Outage(journey, 9, 3600.0, status(503))
    journey.server.faults.append(fault("/file/", BrokenOffError("the answer broke off"), times=10**6))
    for _pull in range(2):
        journey.pull()
    seen = {event["event"] for event in journey.events}
    assert seen >= {"started", "pass", "waiting", "gap", "finished"}
    for event in journey.events:
        assert {*event} - {"event"} == KEYS[str(event["event"])], event
    reasons = [event["reason"] for event in journey.events if event["event"] == "waiting"]
    assert None in reasons and any(reasons)


def test_the_page_names_them() -> None:
    text = PAGE.read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    rows = dict(re.findall(r"^\| `(\w+)` \|(.*)\|$", text, re.MULTILINE))
    for kind, keys in KEYS.items():
        named = example if kind == "progress" else rows[kind]
        assert [key for key in keys if f"`{key}`" not in named and f'"{key}"' not in named] == [], kind
