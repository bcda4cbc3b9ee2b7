"""Nights after something turned out to be missing for good: a person accepts it, and hears of whatever else goes missing."""

import json
from pathlib import Path
from urllib.parse import unquote

import pytest

from crmexport.archive import Archive
from crmexport.cli.pull import code, told
from crmexport.errors import ExitCode
from crmexport.pull import PullResult
from tests.cli.conftest import Run
from tests.faults.inprocess import Sandboxed, pulled, small
from tests.faults.kinds import WAYS

NOTE = "Anna: <their support> knows"


class Office:
    """An archive of an account that refuses some lists, night after night."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source: Sandboxed = small()
        self.refused = ["/warehouse"]
        self.only = ""  # what stands in the question besides
        self.source.strikes.append(
            lambda _number, asked, line: (
                WAYS["403"](asked, line)
                if any(asked.path.endswith(route) for route in self.refused)
                and self.only in unquote(asked.query)
                else None
            )
        )

    def night(self, *, full: bool = False) -> PullResult:
        self.source.clock.now += 24 * 3600.0
        return pulled(self.folder, self.source, full=full)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    found = Office(tmp_path / "archive")
    assert code(found.night()) == ExitCode.GAPS
    return found


def accept(office: Office, run: Run, *more: str) -> str:
    ended, out, err = run("archive", "accept", "--archive", str(office.folder), *more)
    assert (ended, err) == (ExitCode.COMPLETE, "")
    return out


def verified(office: Office, run: Run) -> tuple[int, str, dict[str, object], str]:
    """The exit code, what it said, and both reports."""
    ended, out, _err = run("verify", "--archive", str(office.folder), "--offline", "--lang", "en")
    page = (office.folder / "report.html").read_text(encoding="utf-8")
    return ended, out, json.loads((office.folder / "report.json").read_text(encoding="utf-8")), page


def test_nights_end_well_again_and_hide_nothing(office: Office, run: Run) -> None:
    out = accept(office, run, "--note", NOTE)
    assert ": a list, or a part of it, refused by the source: 403" in out and "1 gap is accepted." in out
    result = office.night()
    assert (code(result), result.complete) == (ExitCode.COMPLETE, False)
    assert "Not obtained: " in told(result) and "Nothing is missing but what was accepted on 20" in told(
        result
    )
    ended, out, report, page = verified(office, run)
    assert ended == ExitCode.COMPLETE and "Nothing is missing but what was accepted on 20" in out
    assert report["complete"] is False and report["accepted"]["all"] and report["accepted"]["note"] == NOTE  # type: ignore[index]
    assert any(gap["accepted"] for gap in report["gaps"])  # type: ignore[attr-defined]
    assert "Complete but for what was accepted" in page and '<header class="known">' in page
    assert "Anna: &lt;their support&gt; knows" in page and "What is missing, and was accepted" in page
    ended, out, _err = run("archive", "show", "--archive", str(office.folder))
    assert (
        ended == ExitCode.COMPLETE and "Nothing is missing but what was accepted on 20" in out and NOTE in out
    )


def test_whatever_else_goes_missing_is_told(office: Office, run: Run) -> None:
    accept(office, run)
    office.refused.append("/invoice")
    result = office.night(full=True)
    assert code(result) == ExitCode.GAPS and "accepted" not in told(result)
    ended, out, report, page = verified(office, run)
    assert ended == ExitCode.GAPS and "Not complete" in out
    assert report["accepted"]["all"] is False and "<h1>Not complete</h1>" in page  # type: ignore[index]
    assert "What is missing, and why" in page and "What is missing, and was accepted" in page
    assert run("archive", "show", "--archive", str(office.folder))[0] == ExitCode.GAPS


def test_a_part_of_a_list_is_not_the_whole_of_it(office: Office, run: Run) -> None:
    """All that is refused of a list is one gap. Who accepts that the deals of one scheme are refused does not accept all others."""
    office.refused, office.only = ["/deal"], '"Program","id":"17"'
    assert code(office.night(full=True)) == ExitCode.GAPS
    assert "Deals: a list, or a part of it, refused by the source" in accept(office, run)
    for full in (False, False, True, False):
        assert code(office.night(full=full)) == ExitCode.COMPLETE
    office.only = ""
    result = office.night()
    assert code(result) == ExitCode.GAPS and "accepted" not in told(result)
    ended, out, report, page = verified(office, run)
    assert ended == ExitCode.GAPS and "Not complete: 1 gap." in out
    assert report["accepted"]["all"] is False and "<h1>Not complete</h1>" in page  # type: ignore[index]
    assert not any(gap["accepted"] for gap in report["gaps"])  # type: ignore[attr-defined]
    assert run("archive", "show", "--archive", str(office.folder))[0] == ExitCode.GAPS
    accept(office, run)
    assert code(office.night()) == ExitCode.COMPLETE


def test_what_came_after_all_may_not_go_again_unnoticed(office: Office, run: Run) -> None:
    accept(office, run)
    office.refused.clear()
    assert office.night(full=True).complete
    office.refused.append("/warehouse")
    assert code(office.night(full=True)) == ExitCode.GAPS


def test_it_is_taken_back(office: Office, run: Run) -> None:
    accept(office, run)
    assert "Nothing is accepted any more" in accept(office, run, "--withdraw")
    assert code(office.night()) == ExitCode.GAPS


def test_records_that_never_came_though_announced(office: Office, run: Run) -> None:
    with Archive.open(office.folder, alone=True) as archive, archive.database.transaction():
        archive.database.connection.exec_driver_sql(
            "UPDATE announced SET number = number + 2 WHERE stream = 'payer'"
        )
    assert run("archive", "show", "--archive", str(office.folder))[0] == ExitCode.GAPS
    assert "Announced and never given: Requisites 2." in accept(office, run)
    assert run("archive", "show", "--archive", str(office.folder))[0] == ExitCode.COMPLETE
    ended, _out, _report, page = verified(office, run)
    assert ended == ExitCode.COMPLETE and "Announced and never given: Requisites 2." in page


def test_damage_is_never_accepted(office: Office, run: Run) -> None:
    with Archive.open(office.folder) as archive:
        lost = next(file.path for file in archive.files() if file.path)
    lost.unlink()
    assert "Files that this disk has lost are not accepted: " in accept(office, run)
    assert verified(office, run)[0] == ExitCode.GAPS
    assert run("archive", "show", "--archive", str(office.folder))[0] == ExitCode.GAPS


def test_bytes_that_are_others_now_are_never_accepted(office: Office, run: Run) -> None:
    with Archive.open(office.folder) as archive:
        changed = next(file.path for file in archive.files() if file.path)
    changed.chmod(0o644)
    changed.write_bytes(b"others")
    accept(office, run)
    ended, out, report, _page = verified(office, run)
    assert ended == ExitCode.GAPS and "Not complete" in out
    assert report["archive"]["damages"] and report["accepted"]["all"] is False  # type: ignore[index]


def test_where_nothing_is_missing_there_is_nothing_to_accept(office: Office, run: Run) -> None:
    office.refused.clear()
    assert office.night(full=True).complete
    assert accept(office, run) == "Nothing is missing: there is nothing to accept.\n"


def test_a_pull_that_has_not_ended_may_lack_anything(office: Office, run: Run) -> None:
    left = [20]

    def stop(*_call: object) -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt

    office.source.strikes.insert(0, stop)
    with pytest.raises(KeyboardInterrupt):
        office.night()
    ended, _out, err = run("archive", "accept", "--archive", str(office.folder))
    assert ended == ExitCode.USAGE and "The last pull has not ended" in err
