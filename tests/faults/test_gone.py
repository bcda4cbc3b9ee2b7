"""The archive is moved or deleted, or its disk is taken away, while somebody works on it.

What is written into it then is in no folder any more, and what is read of its files is not what it holds: neither is called done.
"""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox

from crmexport.archive import Archive
from crmexport.archive.prune import Keep, prune
from crmexport.archive.rebuild import rebuild
from crmexport.archive.replay import connector_of
from crmexport.errors import OutputError
from crmexport.mapping import load_source_mapping
from crmexport.proof import verify
from crmexport.pull import pull
from crmexport.source import Account, Credentials
from crmexport.target import export, load_target
from tests.memory import in_memory

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows moves nothing that is open")
GONE = "is not there any more"
Going = Callable[..., None]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "archive"
    box = MegaplanSandbox(cards=20, tasks=20, comments=20)
    with in_memory(box) as url:
        assert pull(folder, Megaplan(Account(url)), Credentials(token=box.token), rate=0).complete
    return folder


@pytest.fixture
def folder(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "archive")
    return tmp_path / "archive"


@pytest.fixture
def going(folder: Path) -> Going:
    """Call it, with whatever, at the moment at which the archive shall be moved away."""

    def go(*_given: object) -> None:
        if folder.exists():
            folder.rename(folder.with_name("moved"))

    return go


def test_a_check_does_not_name_every_file_of_an_archive_that_went_away(folder: Path, going: Going) -> None:
    with Archive.open(folder) as archive:
        (told,) = archive.check(going)
    assert GONE in told


def test_no_report_is_written_where_an_archive_was(folder: Path, going: Going) -> None:
    with pytest.raises(OutputError, match=GONE):
        verify(folder, None, watch=going)
    assert not folder.exists()


def test_files_of_before_are_not_replaced_by_some_without_their_attachments(
    folder: Path, going: Going, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    with Archive.open(folder) as archive:
        connector, mapping = connector_of(archive), load_source_mapping("megaplan")
        export(archive, connector, mapping, [load_target("csv")], out)
        before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
        with pytest.raises(OutputError, match=GONE):
            export(archive, connector, mapping, [load_target("csv")], out, watch=going)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_what_is_pruned_or_read_anew_in_no_folder_is_not_called_done(folder: Path, going: Going) -> None:
    with Archive.open(folder, alone=True) as archive:
        with pytest.raises(OutputError, match=GONE):
            rebuild(archive, connector_of(archive), watch=going)
        with pytest.raises(OutputError, match=GONE):
            prune(archive, Keep(1, 1, 1))
