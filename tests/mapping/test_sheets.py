"""A workbook that a person has edited: nothing that they see in a cell is taken for empty, or read as something else."""

import re
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from crmexport.errors import ConfigurationError
from crmexport.mapping.sheets import Sheet, read_book, write_book


def book(folder: Path, *rows: list[Any], title: str = "Some") -> Path:
    write_book(folder / "b.xlsx", [Sheet(title, rows[0], rows[1:])])
    return folder / "b.xlsx"


def edited(path: Path, **cells: Any) -> Path:
    """The workbook with other cells, saved by a program that reckons no formulas."""
    opened = load_workbook(path)
    for place, value in cells.items():
        opened.worksheets[0][place].value = value
    opened.save(path)
    return path


def with_xml(path: Path, old: str, new: str) -> Path:
    """The workbook with something replaced in the XML of its sheet."""
    with zipfile.ZipFile(path) as parts:
        all_parts = {name: parts.read(name) for name in parts.namelist()}
    name = "xl/worksheets/sheet1.xml"
    assert old.encode() in all_parts[name]
    all_parts[name] = all_parts[name].replace(old.encode(), new.encode())
    with zipfile.ZipFile(path, "w") as parts:
        for one, body in all_parts.items():
            parts.writestr(one, body)
    return path


def lines(path: Path) -> list[dict[str, Any]]:
    return [line.cells for line in read_book(path, ["Some"])["Some"]]


def test_signs_that_no_workbook_holds_are_replaced_and_all_others_kept(tmp_path: Path) -> None:
    """A soft line end of a word processor (U+000B) in a name made no workbook; joiners and soft hyphens were lost."""
    kept = "👩\u200d🚀 про\xadект \u200bнеразрывный\xa0пробел می\u200cخواهم \ufeff \ue000 _x000B_ \t|"
    path = book(tmp_path, ["one"], ["Иван\x0bПетров\x0c\x01\x1c\x1f\ud83d\ufffe"], [kept])
    assert lines(path) == [{"one": "Иван\ufffdПетров" + "\ufffd" * 6}, {"one": kept}]


def test_a_workbook_that_unpacks_to_more_than_memory_holds_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path, ["one"], ["1"])
    monkeypatch.setattr("crmexport.mapping.sheets.LARGEST", 1 << 20)
    assert lines(path) == [{"one": "1"}]
    with_xml(path, "<sheetData>", " " * (1 << 20) + "<sheetData>")
    with pytest.raises(ConfigurationError, match="unpacks to 1 MB"):
        lines(path)


def test_thousands_of_cells_that_are_never_closed_cost_no_time(tmp_path: Path) -> None:
    path = with_xml(book(tmp_path, ["one"], ["1"]), "</sheetData>", "<c " * 20_000 + "</sheetData>")
    begun = time.monotonic()
    with pytest.raises(ConfigurationError, match="is no Excel workbook"):
        lines(path)
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"B1": None}, "sheet “Some”, cell B2: nothing in the first row says what “b” is"),
        ({"D2": "note"}, "cell D2: nothing in the first row says what “note” is"),
        ({"B1": "one"}, "cell B1: the heading “one” stands here twice"),
        ({"B2": "=A2"}, "cell B2: the formula here has no value"),
        ({"B2": date(2026, 1, 31)}, "cell B2: the spreadsheet has made a date or a time of this"),
        ({"A1": "A title", "B1": None, "A2": "one", "B2": "two"}, "cell B2: nothing in the first row"),
    ],
)
def test_what_looks_filled_and_cannot_be_read_is_told_by_its_cell(
    tmp_path: Path, cells: dict[str, Any], sentence: str
) -> None:
    path = edited(book(tmp_path, ["one", "two"], ["a", "b"]), **cells)
    with pytest.raises(ConfigurationError) as caught:
        read_book(path, ["Some"])
    assert sentence in str(caught.value)


def test_a_formula_that_gave_an_empty_text_is_an_empty_cell(tmp_path: Path) -> None:
    path = edited(book(tmp_path, ["one", "two"], ["a", "b"]), B2='=IF(A2="","x","")')
    with_xml(path, '<c r="B2" ', '<c r="B2" t="str" ')
    assert lines(path) == [{"one": "a"}]


def test_blanks_that_nobody_sees_do_not_count(tmp_path: Path) -> None:
    path = book(tmp_path, ["one ", " two"], [" a\u00a0", "   "], ["  ", None], ["b", "c"])
    assert lines(path) == [{"one": "a"}, {"one": "b", "two": "c"}]


def test_rows_beyond_a_wrong_dimension_are_read(tmp_path: Path) -> None:
    path = book(tmp_path, ["one", "two"], ["a", "b"], ["c", "d"])
    with_xml(path, '<dimension ref="A1:B3"', '<dimension ref="A1"')
    assert lines(path) == [{"one": "a", "two": "b"}, {"one": "c", "two": "d"}]


def test_a_sheet_is_known_whatever_its_capitals_and_others_may_hold_anything(tmp_path: Path) -> None:
    path = book(tmp_path, ["one"], ["a"], title=" SOME")
    opened = load_workbook(path)
    opened.create_sheet("My notes")["C7"] = "=1+1"
    opened.save(path)
    assert {title: [line.cells for line in found] for title, found in read_book(path, ["Some"]).items()} == {
        "Some": [{"one": "a"}],
        "My notes": [],
    }


def test_another_form_of_workbook_is_told_of_without_the_words_of_a_library(
    tmp_path: Path, recwarn: pytest.WarningsRecorder
) -> None:
    """Excel has a “Strict Open XML” (ISO/IEC 29500-4) among the forms in which it saves; its names are others."""
    path = book(tmp_path, ["one"], ["a"])
    with zipfile.ZipFile(path) as parts:
        all_parts = {name: parts.read(name) for name in parts.namelist()}
    with zipfile.ZipFile(path, "w") as parts:
        for name, body in all_parts.items():
            strict = re.sub(
                rb"http://schemas.openxmlformats.org/(officeDocument|spreadsheetml)/2006/",
                rb"http://purl.oclc.org/ooxml/\1/",
                body,
            )
            parts.writestr(name, strict)
    with pytest.raises(ConfigurationError, match="Strict Open XML"):
        lines(path)
    left_open = ResourceWarning  # of files of other tests, whose errors are forgotten at any time
    assert not [one for one in recwarn if one.category is not left_open]
