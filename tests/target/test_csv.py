"""The faithful CSV changes nothing; the one for Excel runs nothing; the one for PHP importers is one line a row."""

import csv
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmexport.mapping.to import Column, Dialect, Kind
from crmexport.target import load_target
from crmexport.target.csv_file import CsvFile
from crmexport.target.readback.meant import InCsv

FAITHFUL = load_target("csv").layout.csv
EXCEL = load_target("csv", excel=True).layout.csv
BITRIX = load_target("bitrix24").layout.csv
MOMENT = datetime(2026, 11, 21, 22, 5, 9, tzinfo=UTC)


def write(
    path: Path, rows: Sequence[Sequence[Any]], dialect: Dialect, *kinds: Kind, zone: Any = UTC
) -> Counter[str]:
    notes: Counter[str] = Counter()
    columns = [Column(f"h{place}", kind) for place, kind in enumerate(kinds or [Kind.TEXT] * len(rows[0]))]
    assert CsvFile(dialect, columns, zone, notes, "ru").write(path, rows) == len(rows)
    return +notes


def test_faithful_is_rfc_4180(tmp_path: Path) -> None:
    row = [
        "=1",
        'a"b',
        "x,y",
        "две\r\nстроки",
        7,
        Decimal("1250.50"),
        True,
        None,
        date(2024, 2, 29),
        MOMENT,
        Decimal("1E+3"),
    ]
    assert not write(tmp_path / "x", [row], FAITHFUL)
    heads = ",".join(f"h{n}" for n in range(11))
    text = (
        f'{heads}\r\n=1,"a""b","x,y","две\r\nстроки",7,1250.50,true,,2024-02-29,2026-11-21T22:05:09Z,1000\r\n'
    )
    assert (tmp_path / "x").read_bytes() == text.encode()


def test_a_custom_field_called_like_a_formula_runs_nowhere(tmp_path: Path) -> None:
    called = ['=HYPERLINK("http://x.example")', "@SUM(1)", "-5 %", "Name"]
    notes: Counter[str] = Counter()
    columns = [Column(name) for name in called]
    CsvFile(EXCEL, columns, UTC, notes).write(tmp_path / "x", [])
    with (tmp_path / "x").open(encoding="utf-8-sig", newline="") as text:
        found = next(csv.reader(text, delimiter=";"))
    assert found == [f"'{name}" for name in called[:3]] + ["Name"]
    assert notes == {"guarded_texts": 3}
    same = InCsv(EXCEL, UTC, ("yes", "no")).same
    assert all(same(name, there) for name, there in zip(called, found, strict=True))
    CsvFile(FAITHFUL, columns, UTC, notes).write(tmp_path / "y", [])
    assert (tmp_path / "y").read_text().startswith('"=HYPERLINK(""http://x.example"")",@SUM(1),')


def test_excel_has_bom_semicolons_local_dates_and_guarded_texts(tmp_path: Path) -> None:
    row = [
        "=1+1",
        "+7 (495) 1",
        "+cmd|x",
        "-5",
        -5,
        Decimal("-1.5"),
        True,
        date(2024, 2, 29),
        MOMENT,
        "a\rb",
        "＝1",
    ]
    kinds = [Kind.TEXT, Kind.PHONE, Kind.PHONE, Kind.TEXT, *[Kind.NUMBER] * 7]
    notes = write(tmp_path / "x", [row], EXCEL, *kinds, zone=timezone(timedelta(hours=3)))
    data = (tmp_path / "x").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    line = data.decode("utf-8-sig").split("\r\n")[1]
    assert line == (
        '"\'=1+1";"+7 (495) 1";"\'+cmd|x";"\'-5";"-5";"-1,5";"да";'
        '"29.02.2024";"22.11.2026 01:05:09";"a\nb";"\'＝1"'
    )
    assert notes == {"guarded_texts": 4, "line_ends_changed": 1}


def test_bitrix_dialect_keeps_a_row_on_a_line_and_php_in_step(tmp_path: Path) -> None:
    notes = write(tmp_path / "x", [["a\r\nb\nc", "C:\\", '\\"q', "x\\y", False, date(800, 1, 2)]], BITRIX)
    line = (tmp_path / "x").read_text(encoding="utf-8-sig").splitlines()[1]
    assert line == '"a / b / c";"C:\\ ";"\\ ""q";"x\\y";"N";"02.01.0800"'
    assert notes == {"line_breaks_replaced": 2, "backslashes_spaced": 2}


def test_a_backslash_joins_no_rows_for_the_importer_of_jira(tmp_path: Path) -> None:
    """Its source (MindProdCsvProvider) opens the file with opencsv's CSVReader, to which a backslash is an escape, as here."""
    jira = load_target("jira").layout.csv
    paths = ["\\\\server\\docs\\", 'C:\\, D:\\" и', "строка\nE:\\\\", "просто"]
    notes = write(tmp_path / "x", [[text, f"id{place}"] for place, text in enumerate(paths)], jira)
    with (tmp_path / "x").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, escapechar="\\"))[1:]
    assert [row[1:] for row in rows] == [[f"id{place}"] for place in range(len(paths))]
    assert notes == {"backslashes_spaced": 3}


def test_what_an_encoding_lacks_is_replaced_and_counted(tmp_path: Path) -> None:
    dialect = Dialect(encoding="cp1251")
    notes = write(tmp_path / "x", [["ёж ₽😀", "\ud800", "a\0b"]], dialect)
    assert (tmp_path / "x").read_text(encoding="cp1251").splitlines()[1] == "ёж ??,?,a?b"
    assert notes == {"replaced_characters": 4}


any_text = st.text(st.characters(exclude_categories=()), max_size=40) | st.sampled_from(
    ["=1", "\t", '"', "\\", '\\"', ";", "\r", "-1"]
)
any_cell = (
    any_text
    | st.integers()
    | st.booleans()
    | st.none()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.dates()
    | st.datetimes(timezones=st.just(UTC), min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1))
)


@pytest.mark.parametrize("dialect", [FAITHFUL, EXCEL, BITRIX], ids=["faithful", "excel", "bitrix24"])
@settings(max_examples=50)
@given(rows=st.lists(st.tuples(any_text, any_cell), min_size=1, max_size=6))
def test_any_value_reads_back_as_meant(
    tmp_path_factory: pytest.TempPathFactory, dialect: Dialect, rows: list[tuple[Any, Any]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "x.csv"
    notes = write(path, rows, dialect, Kind.PHONE, Kind.TEXT)
    with path.open(encoding=dialect.encoding, newline="") as file:
        found = list(csv.reader(file, delimiter=dialect.delimiter, strict=True))[1:]
    cells = InCsv(dialect, UTC, ("да", "no"))
    for meant, there in zip(rows, found, strict=True):
        assert cells.same(meant[0], there[0], Kind.PHONE)
        assert isinstance(meant[1], bool) or cells.same(meant[1], there[1])
        changed = isinstance(meant[0], str) and meant[0] != there[0]
        assert not changed or notes
