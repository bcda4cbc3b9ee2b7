"""The files for other systems and for people are, byte by byte, those in `golden/`.

After a change that is meant: `CRMEXPORT_GOLDEN=write pytest tests/target/test_golden.py`, and read the difference.
"""

import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crmexport.target import Output
from crmexport.target.readback.xlsx import WorkbookReader
from crmexport.text import use_language
from tests.target.invented import Entities

GOLDEN = Path(__file__).parent / "golden"
Export = Callable[..., list[Output]]


@pytest.fixture(autouse=True)
def short(made: Entities) -> None:
    """Texts of bearable length, and none that files kept in a repository cannot hold."""
    made["deal"][1]["description"] = "длинно " * 20
    made["note"][0]["text"] = "@cmd"


def compare_with(golden: Path, text: bytes) -> None:
    if os.environ.get("CRMEXPORT_GOLDEN") == "write":
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes(text)
    assert golden.read_bytes() == text


PLAIN = (
    "bitrix24",
    "csv",
    "vcard",
    "vcard4",
    "icalendar",
    "jsonl",
    "singer",
    "outlook",
    "outlook-ru",
    "outlook-new",
    "google-contacts",
)


@pytest.mark.parametrize(("target", "excel"), [*((name, False) for name in PLAIN), ("csv", True)])
def test_files_are_golden(exporting: Export, tmp_path: Path, target: str, excel: bool) -> None:
    for output in exporting(target, excel=excel, lang="en"):
        if output.target == target:
            name = f"{target}{'-excel' if excel else ''}"
            compare_with(
                GOLDEN / name / Path(output.path).name, (tmp_path / "out" / output.path).read_bytes()
            )


def test_workbook_is_golden(exporting: Export, tmp_path: Path) -> None:
    exporting("excel", lang="en")
    with WorkbookReader(tmp_path / "out/excel/megaplan.xlsx") as book:
        text = "\n".join(
            f"[{sheet.name}]\n" + "\n".join(map(shown, book.rows(sheet))) for sheet in book.sheets()
        )
    compare_with(GOLDEN / "excel" / "megaplan.txt", (text + "\n").encode())


_BIG = re.compile(r"\b\d\.\d+e\+\d+\b")  # with as many digits as this version of SQLite shows


def test_database_is_golden(exporting: Export, tmp_path: Path) -> None:
    exporting("sql", lang="en")
    with closing(sqlite3.connect(tmp_path / "out/sql/megaplan.sqlite")) as database:
        lines = (
            line for line in database.iterdump() if not line.startswith('INSERT INTO "crmexport_columns"')
        )
        text = _BIG.sub(lambda number: repr(float(number[0])), "\n".join(lines))
    compare_with(GOLDEN / "sql" / "megaplan.sql", (text + "\n").encode())


def shown(row: list[Any]) -> str:
    return " | ".join(f"{value!r}" if isinstance(value, str) else str(value) for value in row)


def test_headings_follow_the_language(exporting: Export, tmp_path: Path) -> None:
    exporting("csv", lang="ru")
    russian = (tmp_path / "out/csv/deal.csv").read_text(encoding="utf-8").splitlines()[0]
    use_language("en")
    exporting("csv", lang="en")
    english = (tmp_path / "out/csv/deal.csv").read_text(encoding="utf-8").splitlines()[0]
    assert english.startswith("Source ID,Number,Deal")
    assert len(russian.split(",")) >= len(english.split(",")) - 4
