"""Walks in the order of a key, and rows that are out of it."""

import re
from pathlib import Path

import pytest

from crmexport.archive import Archive, Source, check
from crmexport.archive.answers import Answers
from crmexport.archive.database import FILE
from crmexport.archive.walking import steps
from crmexport.errors import ArchiveDamagedError
from crmexport.source import Reading, Request, Response


def test_every_row_comes_once() -> None:
    rows = [1, 2, 5, 7, 8]
    found = list(steps(lambda last: [row for row in rows if row > last][:2], int, before=0))
    assert found == [[1, 2], [5, 7], [8]]


def test_a_walk_that_leads_back_ends() -> None:
    with pytest.raises(ArchiveDamagedError, match="not in order any more"):
        list(steps(lambda last: [1, 2] if last < 2 else [1], int, before=0))


def test_a_check_ends_though_answers_are_out_of_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One changed byte gives the last of three answers the number of the first."""
    monkeypatch.setattr(check, "BATCH", 1)
    source = Source("toy", "https://toy.example")
    with Archive.open_for(tmp_path, source) as archive, archive.database.transaction():
        for number in range(1, 4):
            answer = Response(200, {}, bytes([number]) * 9)
            Answers(archive.database, 1).keep(Request("thing", "/things"), answer, [Reading()])
    path = tmp_path / FILE
    whole = path.read_bytes()
    # a row: its length, its number, the length of its head, and in that 0 for the number, which is told already
    (at,) = [found.start() for found in re.finditer(rb"\x03(?=[\x07-\x0f]\x00)", whole)]
    path.write_bytes(whole[:at] + b"\x01" + whole[at + 1 :])
    with Archive.open(tmp_path) as archive:
        sentences = list(archive.check())
    assert any("out of order" in sentence for sentence in sentences)
    assert "not in order any more" in sentences[-1]
