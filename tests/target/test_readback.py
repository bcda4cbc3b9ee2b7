"""Whatever stands in a file and is not what was meant is not taken for it, however near it comes."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crmexport.archive import Archive
from crmexport.mapping.to import Column, Dialect, Json, Kind, Line, Table
from crmexport.target import load_target
from crmexport.target.content.item import Item
from crmexport.target.content.item import Line as Property
from crmexport.target.readback.content import in_content
from crmexport.target.readback.entities import in_entities
from crmexport.target.readback.json_text import Fraction
from crmexport.target.readback.meant import InCsv, InExcel, InJson
from crmexport.target.readback.mismatch import Mismatch, differences, readable
from crmexport.target.readback.raw import in_raw
from crmexport.target.readback.tables import in_csv, in_jsonl
from crmexport.target.readback.xlsx import Formula
from crmexport.target.roll import EVERYTHING

OMSK = timezone(timedelta(hours=6))
AT = datetime(2026, 11, 21, 22, 5, 9, 120_000, tzinfo=UTC)
LONG = "я" * 40_000


@pytest.mark.parametrize(
    ("meant", "same", "others"),
    [
        (None, [None], ["", "x", False, Decimal(0)]),
        ("", [None], ["x", Decimal(0)]),
        ("a", ["a"], [None, "b", Formula("a"), True]),
        ("1", ["1"], [Decimal(1)]),
        ("a\r\nb\0", ["a\nb\ufffd"], ["a\r\nb\0", "ab"]),
        ("я" * 32_767, ["я" * 32_767], ["я" * 32_700 + "…"]),
        (
            LONG,
            [LONG[:32_700] + "… [cut]"],
            [LONG[:32_600] + "…", LONG[:32_699] + "x… [cut]", LONG[:32_760] + "… [cut here]", LONG],
        ),
        (True, [True], [False, None, Decimal(1), "true"]),
        (False, [False], [True, None]),
        (Decimal("1.50"), [Decimal("1.5")], [Decimal("1.51"), "1.50", None, True]),
        (10**16, [str(10**16)], [Decimal(10**16 + 1), str(10**16 + 1)]),
        (10**14, [Decimal(10**14)], [str(10**14)]),
        (
            date(2026, 1, 2),
            [datetime(2026, 1, 2)],
            [datetime(2026, 1, 3), "2026-01-02", Decimal(46024), None],
        ),
        (date(1900, 3, 1), [datetime(1900, 3, 1)], ["1900-03-01"]),
        (date(1900, 2, 28), ["1900-02-28"], [datetime(1900, 2, 28), "1900-02-28 00:00:00"]),
        (
            AT,
            [datetime(2026, 11, 22, 4, 5, 9, 120_000)],
            [datetime(2026, 11, 22, 4, 5, 9, 121_000), datetime(2026, 11, 21, 22, 5, 9, 120_000), "2026"],
        ),
    ],
    ids=lambda one: str(one)[:20],
)
def test_in_a_workbook(meant: Any, same: list[Any], others: list[Any]) -> None:
    cells = InExcel(OMSK)
    assert [cells.same(meant, one) for one in same] == [True] * len(same)
    assert [cells.same(meant, one) for one in others] == [False] * len(others)


LOCAL = Dialect(dates="dd.mm.yyyy", times="dd.mm.yyyy hh:mm:ss", decimal=",", truth=None)


@pytest.mark.parametrize(
    ("dialect", "meant", "same", "others"),
    [
        (Dialect(), None, "", ["None", " "]),
        (Dialect(), "a\0", "a\ufffd", ["a", "a\0"]),
        (Dialect(), "a\\ b", "a\\ b", ["a\\b"]),
        (Dialect(backslash="spaced"), 'a\\"', 'a\\ "', ['a"']),
        (Dialect(line_breaks=" | "), "a\r\nb\rc\nd", "a | b | c | d", ["a\nb\nc\nd", "a | b"]),
        (Dialect(encoding="cp1251"), "я 😀", "я ?", ["я 😀", "я"]),
        (Dialect(), "я 😀", "я 😀", ["я ?"]),
        (Dialect(guard=True), "=1", "'=1", ["=1", "1", "'=2"]),
        (Dialect(guard=True), "a\r\nb", "a\nb", ["ab", "'a\nb"]),
        (Dialect(), True, "true", ["false", "1", ""]),
        (LOCAL, False, "no", ["yes", "false"]),
        (Dialect(), Decimal("1.50"), "1.5", ["1.51", "1,5", "", "x"]),
        (LOCAL, Decimal("1.50"), "1,50", ["1,51", "x"]),
        (Dialect(), 7, "7", ["8", ""]),
        (Dialect(), date(2026, 1, 2), "2026-01-02", ["2026-02-01", "02.01.2026", ""]),
        (LOCAL, date(2026, 1, 2), "02.01.2026", ["01.02.2026", "2026-01-02"]),
        (
            Dialect(),
            AT,
            "2026-11-21T22:05:09.120000Z",
            ["2026-11-21T22:05:09Z", "2026-11-21T22:05:09.120000"],
        ),
        (LOCAL, AT, "22.11.2026 04:05:09", ["21.11.2026 22:05:09", "22.11.2026", "22.11.2026 04:11:09"]),
    ],
    ids=str,
)
def test_in_csv(dialect: Dialect, meant: Any, same: str, others: list[str]) -> None:
    cells = InCsv(dialect, OMSK, ("yes", "no"))
    assert cells.same(meant, same)
    assert [cells.same(meant, one) for one in others] == [False] * len(others)


def test_a_phone_in_csv_is_guarded_unless_it_is_only_a_number() -> None:
    cells = InCsv(Dialect(guard=True), UTC, ("yes", "no"))
    for text, kind, found in (
        ("+7 (495) 1-2", Kind.PHONE, "+7 (495) 1-2"),
        ("+7 (495) 1-2", Kind.TEXT, "'+7 (495) 1-2"),
        ("+7 A1", Kind.PHONE, "'+7 A1"),
    ):
        assert cells.same(text, found, kind)
        assert not cells.same(text, found.removeprefix("'") if found != text else f"'{text}", kind)


@pytest.mark.parametrize(
    ("dialect", "meant", "same", "others"),
    [
        (Json(), "a\0", ["a\ufffd"], ["a", 5, None]),
        (Json(), "5", ["5"], [5, Fraction("5")]),
        (Json(), True, [True], [False, 1, "true", None]),
        (Json(), 1, [1], [2, True, None, Fraction("1.5"), "x"]),
        (Json(), Decimal("1.50"), [Fraction("1.5"), "1.50"], [Fraction("1.51"), 1, "1.5x", None]),
        (Json(), date(2026, 1, 2), ["2026-01-02"], ["2026-02-01", 20260102, None]),
        (
            Json(),
            AT,
            ["2026-11-21T22:05:09.120000Z"],
            ["2026-11-21T22:05:09.120000+00:00", "2026-11-21T22:05:09Z", 5],
        ),
        (Json(dates="dd.mm.yyyy"), date(2026, 1, 2), ["02.01.2026"], ["01.02.2026", "2026-01-02"]),
        (Json(times="yyyy-mm-ddThh:mm"), AT, ["2026-11-22T04:05"], ["2026-11-21T22:05", "2026-11-22 04:05"]),
    ],
    ids=str,
)
def test_in_json(dialect: Json, meant: Any, same: list[Any], others: list[Any]) -> None:
    cells = InJson(dialect, OMSK)
    assert [cells.same(meant, one) for one in same] == [True] * len(same)
    assert [cells.same(meant, one) for one in others] == [False] * len(others)


@pytest.mark.parametrize(
    ("meant", "same", "others"),
    [
        (True, "true", ["false", "True", "1"]),
        (False, "false", ["true", ""]),
        ("5", "5", ["5.0"]),
        (Decimal("1.50"), "1.5", ["1.51", "x", ""]),
        (7, "7", ["8", "seven"]),
        (date(2026, 1, 2), "2026-01-02", ["2026-02-01"]),
    ],
    ids=str,
)
def test_as_a_text_in_json(meant: Any, same: str, others: list[str]) -> None:
    cells = InJson(Json(), UTC)
    assert cells.same_text(meant, same)
    assert [cells.same_text(meant, one) for one in others] == [False] * len(others)


def table(*cells: Any) -> Table:
    columns = (Column("A", Kind.TEXT), Column("B", Kind.TEXT))
    return Table("t", "T", "deal", columns, lambda: iter([Line("1", list(cells))]))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("A,B\r\n1,2\r\n", []),
        ("A,C\r\n1,2\r\n", [0]),
        ("A\r\n1,2\r\n", [0]),
        ("A,B,C\r\n1,2\r\n", [0]),
        ("A,B\r\n1,3\r\n", [1]),
        ("A,B\r\n1\r\n", [1]),
        ("A,B\r\n1,2,\r\n", [1]),
        ("A,B\r\n", [1]),
        ("A,B\r\n1,2\r\n1,2\r\n", [2]),
        ("", [0, 0, 1]),
        ('A,B\r\n1,"2"x\r\n', [0]),
    ],
)
def test_a_file_of_csv_is_held_against_its_table_as_a_whole(
    tmp_path: Path, text: str, rows: list[int]
) -> None:
    """Its headings, cells and rows: none more, none less, none other."""
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode())
    found = readable("t.csv", in_csv("t.csv", path, table("1", "2"), load_target("csv")))
    assert [one.row for one in found] == rows


@pytest.mark.parametrize(
    ("meant", "same", "others"),
    [
        (None, "null", ['"x"', "0", "false", '""']),
        ("a", '"a"', ['"b"', "null"]),
        (True, "true", ["1", "false", "null"]),
        (7, "7", ["8", "null"]),
        (1, "1", ["true"]),
        (Decimal("1.50"), "1.5", ["1.51", "null", '"x"']),
        (date(2026, 1, 2), '"2026-01-02"', ['"2026-02-01"', "null", "20260102"]),
        (AT, '"2026-11-21T22:05:09.120000Z"', ['"2026-11-21T22:05:09Z"', '"2026"', "null", "5"]),
    ],
    ids=str,
)
def test_a_line_of_json_is_held_against_its_row(
    tmp_path: Path, meant: Any, same: str, others: list[str]
) -> None:
    def wrong(value: str, more: str = "") -> list[int]:
        path = tmp_path / "t.jsonl"
        path.write_text(f'{{"A": {value}, "B": "2"{more}}}\n', encoding="utf-8")
        found = readable("t.jsonl", in_jsonl("t.jsonl", path, table(meant, "2"), load_target("csv")))
        return [one.row for one in found]

    assert wrong(same) == []
    assert [len(wrong(one)) for one in others] == [1] * len(others)
    assert len(wrong(same, ', "C": null')) == 1


def in_lines_of_records(file: Path) -> Iterator[Mismatch]:
    records = [("1", b'{"a": 1}', None, None), ("2", b"{}", "x", ("deal", "7"))]
    archive = cast(Archive, SimpleNamespace(records=lambda stream: iter(records)))
    return in_raw("t", file, archive, "note", EVERYTHING)


def in_lines_of_entities(file: Path) -> Iterator[Mismatch]:
    return in_entities("t", file, iter([{"source_id": "1", "name": "a", "text": None}, {"source_id": "2"}]))


def in_cards(file: Path) -> Iterator[Mismatch]:
    cards = [Item("VCARD", [Property("FN", "", "a")]), Item("VCARD", [Property("URL", "", "http://x/a b")])]
    return in_content("t", file, cards, ())


@pytest.mark.parametrize(
    ("held", "pieces"),
    [
        (
            in_lines_of_records,
            (
                '{"stream": "note", "id": "1", "modified": null, "body": {"a": 1}}\n',
                '{"stream": "note", "id": "2", "modified": "x", "parent": {"stream": "deal", "id": "7"}, "body": {}}\n',
            ),
        ),
        (in_lines_of_entities, ('{"source_id": "1", "name": "a"}\n', '{"source_id": "2"}\n')),
        (
            in_cards,
            ("BEGIN:VCARD\r\nFN:a\r\nEND:VCARD\r\n", "BEGIN:VCARD\r\nURL:http://x/a%20b\r\nEND:VCARD\r\n"),
        ),
    ],
)
def test_a_file_has_each_of_its_pieces_once(
    tmp_path: Path, held: Callable[[Path], Iterator[Mismatch]], pieces: tuple[str, str]
) -> None:
    """A cut file, and one with more than is meant, is told where it leaves what is meant."""
    first, second = pieces

    def wrong(*there: str) -> list[int]:
        (tmp_path / "t").write_bytes("".join(there).encode())
        return sorted({one.row for one in readable("t", held(tmp_path / "t"))})

    assert wrong(first, second) == []
    assert wrong() == [1]
    assert wrong(first) == [2]
    assert wrong(first, second, second) == [3]
    assert wrong(second, first) == [1, 2]


@pytest.mark.parametrize(
    ("meant", "text"),
    [
        ("a", "BEGIN:VEVENT|FN:a|END:VEVENT|"),
        ("a", "BEGIN:VCARD|FN:a|END:VEVENT|"),
        ("a", "BEGIN:VCARD|FN:a|END:VCARD|BEGIN:VCARD|"),
        ("a", "BEGIN:VCALENDAR|BEGIN:VCARD|FN:a|END:VCARD|"),
        ("a", "BEGIN:VCARD|FN:a|nonsense|END:VCARD|"),
        ("a", "BEGIN:VCARD|FN;X=1:a|END:VCARD|"),
        ("a", "BEGIN:VCARD|FN:a|FN:a|END:VCARD|"),
        ("a", "BEGIN:VCARD|N:a|END:VCARD|"),
        ("a", "BEGIN:VCARD|END:VCARD|"),
        ("a", "BEGIN:VCARD|FN:a\n|END:VCARD|"),
        ("a,b", "BEGIN:VCARD|FN:a,b|END:VCARD|"),
        ("a" * 73, f"BEGIN:VCARD|FN:{'a' * 73}|END:VCARD|"),
    ],
)
def test_a_card_that_breaks_the_standard_is_none(tmp_path: Path, meant: str, text: str) -> None:
    """Though what stands in it may be what was meant."""

    def wrong(there: str, value: str) -> bool:
        (tmp_path / "t").write_bytes(there.replace("|", "\r\n").encode())
        cards = [Item("VCARD", [Property("FN", "", value)])]
        return any(readable("t", in_content("t", tmp_path / "t", cards, ())))

    assert wrong(text, meant)
    assert not wrong("BEGIN:VCALENDAR|BEGIN:VCARD|FN:a\\,b|END:VCARD|END:VCALENDAR|", "a,b")


@pytest.mark.parametrize("address", ["http://x/a b", "http://x/a", "http://x/a%20c", "http://x/a%20b "])
def test_an_address_stands_in_a_card_as_one_word_and_no_other(tmp_path: Path, address: str) -> None:
    text = f"BEGIN:VCARD\r\nFN:a\r\nEND:VCARD\r\nBEGIN:VCARD\r\nURL:{address}\r\nEND:VCARD\r\n"
    (tmp_path / "t").write_bytes(text.encode())
    assert [(one.row, one.column) for one in in_cards(tmp_path / "t")] == [(2, "URL")]


def test_a_cell_that_is_meant_to_be_empty_is_there() -> None:
    """A row that ends before it is another row, even where nothing stands in it."""

    def held(same: Callable[[Any, Any, Column], bool], row: list[Any]) -> list[Mismatch]:
        return list(differences("t", table().columns, [Line("1", ["1", None])], [row], same))

    assert not held(lambda meant, found, _column: (meant or "") == found, ["1", ""])
    assert [one.column for one in held(lambda meant, found, _column: found is not None, ["1"])] == ["B"]
    assert [one.column for one in held(lambda meant, found, _column: True, ["1", "", ""])] == [""]
