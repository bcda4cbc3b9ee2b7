"""What a pass asks for once more takes no gap away that it does not look at."""

from pathlib import Path

import pytest

from crmexport.archive import Archive, Source
from crmexport.archive.answers import Answers
from crmexport.archive.frontier import Frontier, State
from crmexport.pull.left_over import LeftOver
from crmexport.source import Account, Gap, GapKind, Request
from tests.toy import Toy

FILE = ("file", "7")


@pytest.mark.parametrize(
    ("kind", "asked"), [(GapKind.VANISHED, ["/old"]), (GapKind.BROKEN, []), (GapKind.REFUSED, [])]
)
def test_a_file_that_failed_at_its_new_place_is_not_looked_for_at_its_old_one(
    tmp_path: Path, kind: GapKind, asked: list[str]
) -> None:
    """It is not there, and says nothing of the other: the file would be missing, and count as deleted."""
    with Archive.open_for(tmp_path, Source("toy", "https://toy.example")) as archive:
        earlier, now = Frontier(archive.database, 1), Frontier(archive.database, 2)
        answers = Answers(archive.database, 1, 2)
        with archive.database.transaction():
            earlier.add(Request("file", path, is_file=True, subject=FILE) for path in ("/old", "/new"))
            for one in earlier.waiting(9, 0.0, bulk=False):
                earlier.set_aside(one.id, State.VANISHED if one.request.path == "/old" else State.GIVEN_UP)
            answers.gap([Gap(*FILE, kind, "503")])
            toy = Toy(Account("https://toy.example"))
            LeftOver(now, answers, toy, 1, {}, ()).ask_for_vanished(files=True)
        assert [one.request.path for one in now.waiting(9, 0.0, bulk=False)] == asked
        assert [gap.kind for gap in archive.gaps()] == ([] if asked else [kind])
