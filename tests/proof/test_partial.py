"""A pull that was cut off for good is still worth having: it exports, and the report says plainly that it is a part."""

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox

from crmexport.proof import verify
from crmexport.pull import pull
from crmexport.pull.journey import Journey
from crmexport.source import Account, Credentials, Request, Response
from crmexport.transport.line import Line
from tests.memory import in_memory
from tests.proof.test_verify import write

ENOUGH = 30


class Closing(Line):
    """The account is closed after some requests, and the person stops."""

    asked = 0

    def send(self, request: Request, headers: object = None) -> Response:
        self.asked += 1
        if self.asked > ENOUGH:
            raise KeyboardInterrupt
        return super().send(request, headers)  # type: ignore[arg-type]


@pytest.fixture
def partial(tmp_path: Path) -> Path:
    box = MegaplanSandbox(cards=80, tasks=60, comments=120)
    with in_memory(box) as url, pytest.raises(KeyboardInterrupt):
        line = Closing(url, tmp_path / "archive" / "files" / "incoming")
        pull(tmp_path / "archive", Megaplan(Account(url)), Credentials(token=box.token), rate=0, line=line)
    return tmp_path


def test_the_report_of_a_part_names_what_was_not_asked_any_more(partial: Path) -> None:
    report = verify(partial / "archive", None)
    assert not report.complete and report.damages == []
    assert report.unasked and sum(report.unasked.values()) > 1
    told = json.loads((partial / "archive" / "report.json").read_text(encoding="utf-8"))
    assert told["archive"]["unasked"] == report.unasked
    assert told["run"]["consistent_as_of"] is None
    page = (partial / "archive" / "report.html").read_text(encoding="utf-8")
    assert "Requests still to make" in page and "the pull is not finished" in page
    assert "The pull has not ended" in page and "<td>✓</td>" not in page


def test_a_part_exports_and_reads_back(partial: Path) -> None:
    write(partial / "archive", partial / "out")
    report = verify(partial / "archive", partial / "out")
    assert report.mismatches == [] and all(output.verified for output in report.outputs)
    assert sum(output.rows or 0 for output in report.outputs) > 0


def test_a_pull_that_stopped_between_two_passes_is_not_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing stands in line at that moment; what the next pass would have asked for is not held."""
    plain, passes = Journey._next, count(1)

    def stopping(self: Journey, *given: Any) -> Any:
        if next(passes) == 2:
            raise KeyboardInterrupt
        return plain(self, *given)

    monkeypatch.setattr(Journey, "_next", stopping)
    box = MegaplanSandbox(cards=20, tasks=20, comments=20)
    with in_memory(box) as url, pytest.raises(KeyboardInterrupt):
        pull(tmp_path / "archive", Megaplan(Account(url)), Credentials(token=box.token), rate=0)
    report = verify(tmp_path / "archive", None)
    assert not report.unasked and not report.has_ended and not report.complete
    page = (tmp_path / "archive" / "report.html").read_text(encoding="utf-8")
    assert "The last pull has not ended" in page and "<td>✓</td>" not in page
