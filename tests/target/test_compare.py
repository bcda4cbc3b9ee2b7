"""Comparing says nothing of a faithful output, and names file, row, column, meant and found for any cell that is not as meant."""

import csv
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from crmexport.target import Mismatch, Output, compare, target_names
from tests.target.invented import Entities

Export = Callable[..., list[Output]]
ONE_OF_EACH = ("bitrix24", "csv", "excel", "raw")


@pytest.fixture
def comparing(archive: Any, tmp_path: Path) -> Callable[[], list[Mismatch]]:
    return lambda: list(compare(archive, None, None, tmp_path / "out"))  # type: ignore[arg-type]


def test_all_targets_are_as_meant(exporting: Export, comparing: Callable[[], list[Mismatch]]) -> None:
    exporting(*target_names())
    assert comparing() == []


def test_csv_for_excel_a_zone_and_a_layout_of_ones_own_are_as_meant(
    exporting: Export, comparing: Callable[[], list[Mismatch]], tmp_path: Path
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(
        "format: jsonl\nzone: '+05:00'\ntables:\n  t:\n    from: deal\n    columns: {Имя: name, Сумма: amount, Шанс: probability,"
        " Закрыть: expected_on, Создана: created_at, Нет: is_draft}\n",
        encoding="utf-8",
    )
    book = tmp_path / "book.yaml"
    book.write_text("format: xlsx\nzone: Asia/Omsk\nentities: [deal, company]\n", encoding="utf-8")
    exporting("csv", str(own), str(book), excel=True)
    own.unlink()
    assert comparing() == []


def test_split_sheets_are_as_meant(
    exporting: Export, made: Entities, comparing: Callable[[], list[Mismatch]]
) -> None:
    made["deal"] = [{"source_id": str(n), "name": f"d{n}"} for n in range(98)]
    exporting("excel", most_rows=50)
    assert comparing() == []
    made["deal"].append({"source_id": "x", "name": "новая"})
    assert [(one.row, one.meant) for one in comparing() if one.path.endswith("xlsx") and "x" in one.meant][
        :1
    ] == [(99, "'x'")]


def test_a_text_of_any_length_is_read_back(
    exporting: Export, made: Entities, comparing: Callable[[], list[Mismatch]]
) -> None:
    csv.field_size_limit(131_072)  # as a fresh process has it
    made["note"][0]["text"] = "я" * 200_000
    exporting("csv")
    assert comparing() == []


def test_a_cell_that_is_empty_is_called_nothing(
    exporting: Export, comparing: Callable[[], list[Mismatch]], tmp_path: Path
) -> None:
    exporting("csv")
    replace(tmp_path / "out/csv/deal.csv", "00017", "")
    assert [(one.meant, one.found) for one in comparing() if one.row] == [("'00017'", "nothing")]


def replace(path: Path, old: str, new: str, encoding: str = "utf-8") -> None:
    text = path.read_bytes().decode(encoding)
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode(encoding))


@pytest.mark.parametrize(
    ("target", "file", "old", "new", "found"),
    [
        ("csv", "csv/deal.csv", "1234567.89", "1234567.88", "1234567.88"),
        ("csv", "csv/deal.csv", "00017", "17", "17"),
        ("csv", "csv/company.csv", "2025-03-10T06:00:00Z", "2025-03-10T09:00:00Z", "09:00"),
        ("csv", "csv/contact.csv", "1985-04-12", "1985-12-04", "1985-12-04"),
        ("csv", "csv/user.csv", "true", "false", "false"),
        ("csv", "csv/deal.csv", "Number", "Nmber", "Nmber"),
        ("bitrix24", "bitrix24/deals.csv", "Поставка", "поставка", "поставка"),
        ("bitrix24", "bitrix24/README.txt", "Данные", "данные", ""),
        ("raw", "raw/deal.jsonl", "1.50", "1.5", "1.5"),
        ("raw", "raw/comment.jsonl", '"31"', '"32"', "32"),
        ("raw", "files/index.csv", "Договор", "договор", "договор"),
        ("raw", "files/deal/31 +Поставка/Договор.pdf", "%PDF1", "%PDF2", ""),
    ],
)
def test_a_changed_value_is_found(
    exporting: Export,
    comparing: Callable[[], list[Mismatch]],
    tmp_path: Path,
    target: str,
    file: str,
    old: str,
    new: str,
    found: str,
) -> None:
    exporting(target, lang="en")
    replace(tmp_path / "out" / file, old, new)
    (mismatch, *_rest) = comparing()
    assert mismatch.path == file
    assert found in mismatch.found
    assert file in str(mismatch)


@pytest.mark.parametrize("value", ["x", 5, None, "=1+1", True])
def test_a_changed_cell_of_a_workbook_is_found(
    exporting: Export, comparing: Callable[[], list[Mismatch]], tmp_path: Path, value: Any
) -> None:
    exporting("excel", lang="en")
    path = tmp_path / "out/excel/megaplan.xlsx"
    book = openpyxl.load_workbook(path)
    book["Deals"]["M2"] = value
    book.save(path)
    (mismatch,) = [one for one in comparing() if "Amount" in one.column]
    assert (mismatch.row, mismatch.column, mismatch.meant) == (1, "Amount", "1234567.89")


def _rename(book: Any) -> None:
    book["Deals"]["A1"] = "Nmber"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda book: book.create_sheet("More"), ("no further sheet", "More")),
        (lambda book: book.remove(book.worksheets[-1]), ("a sheet for Users", "nothing")),
        (_rename, ("'Source ID'", "'Nmber'")),
    ],
    ids=["a sheet more", "a sheet less", "another heading"],
)
def test_a_workbook_has_the_sheets_and_headings_that_are_meant(
    exporting: Export,
    comparing: Callable[[], list[Mismatch]],
    tmp_path: Path,
    change: Callable[[Any], object],
    found: tuple[str, str],
) -> None:
    exporting("excel", lang="en")
    path = tmp_path / "out/excel/megaplan.xlsx"
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    assert found in [(one.meant, one.found) for one in comparing() if not one.row]


@pytest.mark.parametrize(
    "file",
    ["csv/deal.csv", "excel/megaplan.xlsx", "raw/deal.jsonl", "bitrix24/README.txt", "files/index.csv"],
)
@pytest.mark.parametrize("damage", ["gone", "empty", "cut"])
def test_a_missing_or_cut_file_is_found(
    exporting: Export, comparing: Callable[[], list[Mismatch]], tmp_path: Path, file: str, damage: str
) -> None:
    exporting(*ONE_OF_EACH)
    path = tmp_path / "out" / file
    data = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes(b"" if damage == "empty" else data[: len(data) // 2])
    assert {one.path for one in comparing()} == {file}


def test_rows_too_many_and_too_few_are_found(
    exporting: Export, made: Entities, comparing: Callable[[], list[Mismatch]], tmp_path: Path
) -> None:
    exporting(*ONE_OF_EACH)
    lost = made["note"].pop()
    assert {"csv/note.csv", "excel/megaplan.xlsx"} <= {one.path for one in comparing()}
    made["note"] += [lost, {**lost, "source_id": "n2"}]
    assert {"csv/note.csv", "excel/megaplan.xlsx"} <= {one.path for one in comparing()}


@pytest.mark.parametrize("file", ["csv/note.csv", "jsonl/note.jsonl", "parquet/notes.parquet"])
def test_a_file_of_a_kind_that_the_mapping_gives_no_more_is_found(
    exporting: Export, made: Entities, comparing: Callable[[], list[Mismatch]], file: str
) -> None:
    """Nothing can be held against it: it is not to pass for one that was compared."""
    exporting(file.partition("/")[0])
    del made["note"]
    unmeant = [one.path for one in comparing() if (one.meant, one.found) == ("no such file", "a file")]
    assert unmeant == [file]


def test_records_that_came_since_are_found_in_raw(
    exporting: Export, archive: Any, comparing: Callable[[], list[Mismatch]]
) -> None:
    exporting("raw")
    archive.changed["31"] = '{"id": 31}'
    assert [one.path for one in comparing()] == ["raw/deal.jsonl"]


def test_a_folder_without_an_export_has_nothing_to_compare(
    comparing: Callable[[], list[Mismatch]], tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "out", ignore_errors=True)
    assert comparing() == []


@pytest.mark.parametrize(
    ("kind", "limits"),
    [("csv", "rows: 2"), ("csv", "megabytes: 1"), ("jsonl", "rows: 2"), ("xlsx", "rows: 2")],
)
def test_every_part_of_a_table_is_compared(
    exporting: Export,
    made: Entities,
    comparing: Callable[[], list[Mismatch]],
    tmp_path: Path,
    kind: str,
    limits: str,
) -> None:
    """Five rows in three files, for a third one would not fit: nothing twice, nothing missing."""
    long = "x" * 400_000 if "mega" in limits else ""
    made["deal"] = [{"source_id": str(n), "name": f"сделка {n}{long}"} for n in range(5)]
    own = tmp_path / "own.yaml"
    table = "t: {from: deal, columns: {A: source_id, B: name}}"
    own.write_text(
        f"format: {kind}\nworkbook: each\nlimits: {{{limits}}}\ntables:\n  {table}\n", encoding="utf-8"
    )
    parts = [one for one in exporting(str(own)) if one.table]
    assert [one.rows for one in parts] == [2, 2, 1]
    assert comparing() == []
    made["deal"][3]["name"] = "другая"
    assert [one.path for one in comparing()] == [parts[1].path]
    made["deal"].append({"source_id": "5"})
    assert {one.path for one in comparing()} >= {parts[-1].path}


def test_no_part_is_larger_than_it_may_be(
    exporting: Export, made: Entities, comparing: Callable[[], list[Mismatch]], tmp_path: Path
) -> None:
    """Whatever the length of the next row; only one that is longer than all stands in a file of its own."""
    lengths = [700_000, 400_000, 599_900, 100, 5, 1_200_000, 5]
    made["deal"] = [{"source_id": str(n), "name": f"={'x' * length}"} for n, length in enumerate(lengths)]
    own = tmp_path / "own.yaml"
    table = "t: {from: deal, columns: {A: source_id, B: name}}"
    own.write_text(
        f"format: csv\ncsv: {{guard: true, encoding: utf-8-sig}}\nlimits: {{megabytes: 1}}\ntables:\n  {table}\n",
        encoding="utf-8",
    )
    parts = [one for one in exporting(str(own)) if one.table]
    assert [one.rows for one in parts] == [1, 2, 2, 1, 1]
    sizes = [(tmp_path / "out" / one.path).stat().st_size for one in parts]
    assert [size for size in sizes if size > 1_000_000] == [sizes[3]]
    assert parts[-1].notes["guarded_texts"] == len(lengths)
    assert comparing() == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text + b"1,x,y,,,\r\n",
        lambda text: text.replace(b"sha256", b"sha512", 1),
        lambda text: text.decode().encode("cp1251", "replace"),
    ],
    ids=["a line more", "another heading", "saved in another encoding"],
)
def test_the_list_of_the_attachments_is_compared_as_a_whole(
    exporting: Export, comparing: Callable[[], list[Mismatch]], tmp_path: Path, damage: Any
) -> None:
    """Whoever opens it in a spreadsheet and saves it again writes another file."""
    exporting("raw")
    index = tmp_path / "out/files/index.csv"
    index.write_bytes(damage(index.read_bytes()))
    assert {one.path for one in comparing()} == {"files/index.csv"}


def test_the_attachments_are_compared_though_every_target_is_outdated(
    exporting: Export, comparing: Callable[[], list[Mismatch]], tmp_path: Path
) -> None:
    """Another target, which is gone since, was written together with them later."""
    exporting("raw")
    card = tmp_path / "out/export.json"
    known = json.loads(card.read_text(encoding="utf-8"))
    known["targets"][0]["state"] = "1 2026-11-19T12:00:00Z 1"
    card.write_text(json.dumps(known), encoding="utf-8")
    assert comparing() == []
    replace(tmp_path / "out/files/index.csv", "Договор", "договор")
    assert {one.path for one in comparing()} == {"files/index.csv"}


@pytest.mark.parametrize("kind", ["xlsx", "parquet"])
def test_a_flipped_bit_anywhere_ends_nothing(
    exporting: Export, comparing: Callable[[], list[Mismatch]], tmp_path: Path, kind: str
) -> None:
    """A packed file that a disk has damaged cannot be unpacked, or is no XML any more, or calls itself encrypted: it is named."""
    own = tmp_path / "own.yaml"
    own.write_text(f"format: {kind}\nentities: [user]\n", encoding="utf-8")
    (one, *_rest) = exporting(str(own))
    path = tmp_path / "out" / one.path
    data = path.read_bytes()
    found = 0
    for place in range(0, len(data), max(1, len(data) // 80)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 0x80]) + data[place + 1 :])
        found += bool(comparing())
    assert found > 25


OTHERS = [None, True, 7, 7.5, "x", [], [7], {}, {"x": 7}]


@pytest.mark.parametrize("target", ["jsonl", "singer", "lines"])
def test_what_is_not_even_of_the_kind_that_was_meant_is_found(
    exporting: Export, comparing: Callable[[], list[Mismatch]], tmp_path: Path, target: str
) -> None:
    """Whatever a line or a value in it was changed into, that is a mismatch of its file and ends nothing."""
    own = tmp_path / "lines.yaml"
    columns = "{name: name, amount: amount, chance: probability, made: created_at, day: expected_on, draft: is_draft}"
    own.write_text(f"format: jsonl\ntables:\n  deal: {{from: deal, columns: {columns}}}\n", encoding="utf-8")
    exporting(str(own) if target == "lines" else target)
    for file in sorted((tmp_path / "out" / target).glob("*.jsonl")):
        kept = file.read_text(encoding="utf-8")
        first, _newline, rest = kept.partition("\n")
        whole = json.loads(first) if first else {}
        changed: list[Any] = [other for other in OTHERS if other != whole]
        changed += [
            {**whole, key: other} for key in [*whole, "more"] for other in OTHERS if other != whole.get(key)
        ]
        for one in changed if first else ():
            file.write_text(json.dumps(one) + "\n" + rest, encoding="utf-8")
            assert {found.path for found in comparing()} == {f"{target}/{file.name}"}, one
        file.write_text(kept, encoding="utf-8")


@pytest.mark.parametrize("other", ["x", 7, 7.5, b"x"])
@pytest.mark.parametrize(
    "column", ["name", "amount", "probability", "created_at", "expected_on", "is_draft", "owner_id"]
)
def test_whatever_a_value_of_a_database_was_changed_into_is_found(
    exporting: Export, comparing: Callable[[], list[Mismatch]], tmp_path: Path, column: str, other: Any
) -> None:
    exporting("sql")
    with closing(sqlite3.connect(tmp_path / "out/sql/megaplan.sqlite")) as database:
        database.execute(f"UPDATE deals SET {column} = ?", (other,))
        database.commit()
    assert [one.path for one in comparing() if one.column == f"deals.{column}"]
    assert {one.path for one in comparing()} == {"sql/megaplan.sqlite"}
