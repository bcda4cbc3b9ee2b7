"""The archive goes on after an export: its files are as they were, and verify says of when they are, and what to do."""

import json
import shutil
from pathlib import Path

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox

from crmexport.archive import Archive
from crmexport.archive.prune import Keep, prune
from crmexport.cli.verify import told
from crmexport.proof import verify
from crmexport.pull import pull
from crmexport.source import Account, Credentials
from crmexport.text import use_language
from tests.memory import in_memory
from tests.proof.test_verify import write


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pulled, exported, a deal renamed, pulled once more."""
    folder = tmp_path_factory.mktemp("journey")
    box = MegaplanSandbox(cards=20, tasks=20, comments=20)
    deal = next(line["id"] for line in box.truth() if line["stream"] == "deal")
    with in_memory(box) as url:
        for name in ("first", "second"):
            box.edits.change("deal", deal, name=name)
            pull(folder / "archive", Megaplan(Account(url)), Credentials(token=box.token), rate=0)
            if name == "first":
                write(folder / "archive", folder / "out", ("csv", "excel"))
    return folder


@pytest.fixture
def copy(journey: Path, tmp_path: Path) -> Path:
    use_language("en")
    shutil.copytree(journey, tmp_path / "copy")
    return tmp_path / "copy"


def state(copy: Path) -> str:
    with Archive.open(copy / "archive") as archive:
        return archive.state()


def test_files_of_before_the_last_pull_are_no_damage_and_say_of_when_they_are(copy: Path) -> None:
    report = verify(copy / "archive", copy / "out")
    assert report.complete, report.mismatches[:3]
    assert {one.target for one in report.outdated} == {"csv", "excel", "files"}
    assert not any(one.compared for one in report.outputs)
    words = "these files show the archive as of"
    assert words in told(report) and "“crmexport export” brings them up to date" in told(report)
    assert "every file reads back" not in told(report)
    assert words in (copy / "out" / "report.html").read_text(encoding="utf-8")
    known = json.loads((copy / "out" / "report.json").read_text(encoding="utf-8"))
    assert (
        known["outdated"][0]["as_of"]
        == json.loads((copy / "out/export.json").read_text(encoding="utf-8"))["targets"][0]["as_of"]
    )


@pytest.mark.parametrize("name", ["csv/deal.csv", "files/index.csv", "rows/csv.csv.gz", "attachment"])
def test_files_of_before_the_last_pull_that_are_not_as_written_are_damage(copy: Path, name: str) -> None:
    out = copy / "out"
    path = next(out.glob("files/*/*/*")) if name == "attachment" else out / name
    path.write_bytes(path.read_bytes() + b" ")
    report = verify(copy / "archive", out)
    assert not report.complete
    assert [one.partition(":")[0] for one in report.mismatches] == [path.relative_to(out).as_posix()]


def test_what_is_exported_anew_is_compared_again(copy: Path) -> None:
    write(copy / "archive", copy / "out", ("csv",))
    report = verify(copy / "archive", copy / "out")
    assert report.complete and [one.target for one in report.outdated] == ["excel"]
    assert {one.path.partition("/")[0] for one in report.outputs if one.compared} == {"csv", "files"}


def test_an_export_of_a_version_that_noted_no_state_is_compared(copy: Path) -> None:
    card = copy / "out" / "export.json"
    known = json.loads(card.read_text(encoding="utf-8"))
    for entry in [*known["targets"], known["files"]]:
        del entry["state"]
    card.write_text(json.dumps(known), encoding="utf-8")
    report = verify(copy / "archive", copy / "out")
    assert report.outdated == () and any("'second' was meant" in one for one in report.mismatches)


def test_what_is_pruned_makes_no_file_outdated(copy: Path) -> None:
    before = state(copy)
    with Archive.open(copy / "archive", alone=True) as archive:
        assert prune(archive, Keep()).answers
    assert state(copy) == before
