"""A workbook holds what was meant in every reader, runs nothing, cuts nothing in silence, and has the same bytes twice."""

import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from crmexport.errors import OutputError
from crmexport.target.readback.meant import InExcel
from crmexport.target.readback.xlsx import Formula, WorkbookReader
from crmexport.target.xlsx import Workbook
from crmexport.target.xlsx.book import sheet_name
from crmexport.target.xlsx.sheet import letters

HOSTILE = [
    "=1+1",
    "+7 495 1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "007",
    "#N/A",
    "TRUE",
    "<b>&amp;</b>",
    "  blanks  ",
    "a\nb",
    "😀" * 3,
    "1e5",
]


def write(path: Path, rows: Sequence[Sequence[Any]], **options: Any) -> Workbook:
    with Workbook(path, **options) as book:
        book.add_table("Сделки", [f"h{n}" for n in range(len(rows[0]))], rows, lambda length: f"… [{length}]")
    return book


def read(path: Path) -> list[list[Any]]:
    with WorkbookReader(path) as book:
        return [row for sheet in book.sheets() for row in book.rows(sheet)]


def test_hostile_texts_are_texts_in_every_reader(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write(path, [[text] for text in HOSTILE])
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert [cell.value for cell in sheet["A"][1:]] == HOSTILE
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    calamine = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    assert [row[0] for row in calamine.to_python()[1:]] == HOSTILE
    assert [row[0] for row in read(path)[1:]] == HOSTILE


def test_numbers_dates_and_truths_are_what_they_are_in_every_reader(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    moment = datetime(2026, 11, 21, 13, 5, 59, tzinfo=UTC)
    write(path, [[7, Decimal("1250.50"), True, date(2024, 2, 29), moment, None, -3, Decimal("1E+3"), 0.5]])
    plain = moment.replace(tzinfo=None)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    found = [cell.value for cell in sheet[2]]
    assert found == [7, 1250.5, True, datetime(2024, 2, 29), plain, None, -3, 1000, 0.5]
    calamine = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1]
    assert calamine == [7, 1250.5, True, date(2024, 2, 29), plain, "", -3, 1000, 0.5]
    assert read(path)[1] == [
        7,
        Decimal("1250.50"),
        True,
        datetime(2024, 2, 29),
        plain,
        None,
        -3,
        1000,
        Decimal("0.5"),
    ]


def test_the_last_moment_of_all_is_in_no_later_year(tmp_path: Path) -> None:
    """As .NET says “never” (DateTime.MaxValue); a cell of 2958466 is a date that no reader has."""
    path, last = tmp_path / "x.xlsx", datetime.max.replace(tzinfo=UTC)
    write(path, [[last]])
    (found,) = read(path)[1]
    assert InExcel(UTC).same(last, found)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None and sheet["A2"].value == datetime(9999, 12, 31, 23, 59, 59, 999_000)
    calamine = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1][0]
    assert calamine == datetime(9999, 12, 31, 23, 59, 59, 999_000)


def test_what_excel_would_round_or_misdate_is_text_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    big, long = 12345678901234567890, Decimal("1234567890.12345678901")
    row = [
        big,
        long,
        date(1900, 2, 28),
        datetime(1899, 12, 30, 1, 2, tzinfo=UTC),
        Decimal("NaN"),
        float("inf"),
        10**15 - 1,
    ]
    book = write(path, [row])
    assert read(path)[1] == [
        str(big),
        str(long),
        "1900-02-28",
        "1899-12-30 01:02:00",
        "NaN",
        "inf",
        Decimal(10**15 - 1),
    ]
    assert book.notes == {"numbers_as_text": 4, "early_dates_as_text": 2}


@pytest.mark.parametrize("text", ["1" * 29, "1" * 28 + ".5", "-" + "7" * 60, "1E+400", "0." + "3" * 40])
def test_a_number_of_any_length_is_text(tmp_path: Path, text: str) -> None:
    number = Decimal(text)
    book = write(tmp_path / "x.xlsx", [[number]])
    (found,) = read(tmp_path / "x.xlsx")[1]
    assert (found, book.notes) == (text, {"numbers_as_text": 1})
    assert InExcel(UTC).same(number, found)
    assert not InExcel(UTC).same(Decimal("12.5"), "12.5")


@pytest.mark.parametrize(
    "text", ["826200.2999999999", "1234567890.1234567", "0.30000000000000004", "-16732031.249999998"]
)
def test_what_computers_calculate_with_is_a_number_for_sums_to_find(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.xlsx"
    book = write(path, [[Decimal(text)]])
    assert read(path)[1] == [Decimal(text)] and not book.notes
    for found in (
        python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()[1][0],
        openpyxl.load_workbook(path).active["A2"].value,
    ):
        assert isinstance(found, float) and found == float(text)


def test_times_are_shown_in_the_zone(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write(path, [[datetime(2026, 1, 1, 22, tzinfo=UTC)]], zone=timezone(timedelta(hours=3)))
    assert read(path)[1] == [datetime(2026, 1, 2, 1)]


def test_forbidden_characters_are_replaced_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    book = write(path, [["a\x00b\x0b\ud83dc\uffff", "x\r\ny\rz", "_x000D_ and _x005F_"]])
    assert read(path)[1] == ["a\ufffdb\ufffd\ufffdc\ufffd", "x\ny\nz", "_x000D_ and _x005F_"]
    assert book.notes == {"replaced_characters": 4, "line_ends_changed": 1}
    cells = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert cells[1][2] == "_x000D_ and _x005F_"


@pytest.mark.parametrize(
    ("text", "is_cut"),
    [("я" * 32_767, False), ("я" * 32_768, True), ("😀" * 16_383, False), ("😀" * 16_384, True)],
)
def test_long_texts_are_cut_with_a_mark_and_a_count(tmp_path: Path, text: str, is_cut: bool) -> None:
    path = tmp_path / "x.xlsx"
    book = write(path, [[text]])
    (found,) = read(path)[1]
    assert (book.notes["cut_cells"] == 1) is is_cut
    assert (found == text) is not is_cut
    assert len(found.encode("utf-16-le")) // 2 <= 32_767
    assert not is_cut or (
        found.endswith("]") and text.startswith(found.partition("…")[0]) and len(found) > 16_000
    )


@pytest.mark.parametrize("text", ["я" * 40_000, "a" + "😀" * 20_000, "\ud83d" + "я" * 40_000])
def test_the_mark_of_a_cut_is_whole_and_reads_back(tmp_path: Path, text: str) -> None:
    """It tells in full where all of the text is, though the table has a long name with the sign of a cut in it."""
    path = tmp_path / "x.xlsx"
    mark = f"… [cut: {'very ' * 15}long … title, 5]"
    with Workbook(path) as book:
        book.add_table("t", ["h"], [[text]], lambda length: mark)
    (found,) = read(path)[1]
    assert found.endswith("long - title, 5]")
    assert len(found.encode("utf-16-le", "surrogatepass")) // 2 in (32_766, 32_767)
    assert InExcel(UTC).same(text, found)


def test_sheets_are_split_at_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with Workbook(path, most_rows=50) as book:
        assert book.add_table("T", ["n"], ([n] for n in range(98))) == [("T", 49), ("T_2", 49)]
        assert book.add_table("t", ["n"], [[1]] * 50) == [("t_3", 49), ("t_4", 1)]
        assert book.add_table("none", ["n"], []) == [("none", 0)]
    with WorkbookReader(path) as found:
        rows = [list(found.rows(sheet)) for sheet in found.sheets()]
    assert [len(one) for one in rows] == [50, 50, 50, 2, 1]
    assert [row[0] for one in rows[:2] for row in one[1:]] == list(range(98))


def test_heading_is_bold_frozen_filtered_and_columns_have_widths(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write(path, [["короткий", "д" * 300]])
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:B2")
    assert sheet["A1"].font.b
    assert not sheet["A2"].font.b
    assert [sheet.column_dimensions[name].width for name in "AB"] == [9, 60]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("", "Sheet"),
        ("a/b:c?*[d]\\", "a b c   d"),
        ("'q'", "q"),
        ("History", "History_1"),
        ("Я" * 40, "Я" * 31),
        ("\x00", "Sheet"),
    ],
)
def test_sheet_names_are_those_excel_takes(title: str, name: str) -> None:
    assert sheet_name(title, set()) == name


def test_sheet_names_differ_ignoring_case() -> None:
    taken: set[str] = set()
    for _number in range(12):
        name = sheet_name("Длинное название листа для проверки", taken)
        assert name.casefold() not in taken
        assert len(name) <= 31
        taken.add(name.casefold())


def test_columns_have_their_letters() -> None:
    assert [letters(number) for number in (0, 25, 26, 701, 702, 16_383)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]


def test_too_many_columns_are_refused_with_a_sentence(tmp_path: Path) -> None:
    with Workbook(tmp_path / "x.xlsx") as book, pytest.raises(OutputError, match="16384"):
        book.add_table("T", ["h"] * 16_385, [])


def test_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    rows = [[text, 1, date(2024, 1, 1)] for text in HOSTILE]
    write(tmp_path / "a.xlsx", rows)
    write(tmp_path / "b.xlsx", rows)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.xlsx") as found:
        assert {(one.date_time, one.create_system) for one in found.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 0)
        }


def test_reader_sees_a_formula_for_what_it_is(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "=1+1"
    book.save(tmp_path / "x.xlsx")
    assert read(tmp_path / "x.xlsx") == [[Formula("1+1")]]
    assert not InExcel(UTC).same("=1+1", Formula("1+1"))


any_text = st.text(st.characters(exclude_categories=()), max_size=60) | st.sampled_from(
    ["_x000D_", "_x_x0041_", "]]>", "\r", " \n", "&#0;"]
)
any_cell = (
    any_text
    | st.integers(-(10**18), 10**18)
    | st.booleans()
    | st.none()
    | st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**14), max_value=10**14)
    | st.dates(date(1800, 1, 1))
    | st.datetimes(datetime(1800, 1, 1), timezones=st.just(UTC)).map(
        lambda one: one.replace(microsecond=one.microsecond // 1000 * 1000)
    )
)


@settings(max_examples=60)
@given(rows=st.lists(st.tuples(any_text, any_cell), min_size=1, max_size=8))
def test_any_value_reads_back_equal_or_counted(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, Any]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "x.xlsx"
    book = write(path, [list(row) for row in rows])
    same = InExcel(UTC).same
    for meant, found in zip(rows, read(path)[1:], strict=True):
        padded = [*found, None, None][:2]
        for cell, value in zip(meant, padded, strict=True):
            assert same(cell, value)
            if isinstance(cell, str) and cell and value != cell:
                assert book.notes["replaced_characters"] + book.notes["line_ends_changed"] > 0
