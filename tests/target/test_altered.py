"""Whatever becomes of a written file, comparing names it: it neither fails nor lets it pass for one that is as it was written."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from crmexport.model import Ref
from crmexport.target import Mismatch, Output, compare
from tests.target.invented import RECORDS, Entities

Export = Callable[..., list[Output]]
Comparing = Callable[[], list[Mismatch]]


@pytest.fixture
def comparing(archive: Any, tmp_path: Path) -> Comparing:
    return lambda: list(compare(archive, None, None, tmp_path / "out"))  # type: ignore[arg-type]


def repacked(book: Path, change: Callable[[str, bytes], bytes]) -> None:
    """A workbook with some of its parts changed."""
    with zipfile.ZipFile(book) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    changed = {name: change(name, data) for name, data in parts.items()}
    assert changed != parts
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in changed.items():
            packed.writestr(name, data)


def is_cover(name: str, data: bytes) -> bool:
    """Whether a part is the sheet that cannot be filtered."""
    return name.startswith("xl/worksheets/") and b"<autoFilter" not in data


@pytest.mark.parametrize(
    "change",
    [
        lambda name, data: re.sub(rb">[0-9]+<", b">99<", data) if is_cover(name, data) else data,
        lambda name, data: data[:99] if name == "[Content_Types].xml" else data,
    ],
    ids=["a number on the cover", "what the parts are"],
)
def test_what_no_value_stands_for_is_not_changed_unnoticed_in_a_workbook(
    exporting: Export, comparing: Comparing, tmp_path: Path, change: Callable[[str, bytes], bytes]
) -> None:
    exporting("excel", lang="en")
    repacked(tmp_path / "out/excel/megaplan.xlsx", change)
    (found,) = comparing()
    assert str(found).startswith("excel/megaplan.xlsx: the file as it was written was meant, one that was")


def _with_sorted_keys(data: bytes) -> bytes:
    lines = (json.dumps(json.loads(line), sort_keys=True, ensure_ascii=False) for line in data.splitlines())
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.mark.parametrize(
    "change",
    [
        _with_sorted_keys,
        lambda data: re.sub(rb"\w+", lambda word: rb"\u%04x" % ord(word[0][:1]) + word[0][1:], data),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data.replace(b'": ', b'":'),
    ],
    ids=["sorted keys", "escapes", "a mark at the beginning", "other line ends", "without blanks"],
)
def test_raw_records_are_held_against_the_archive_byte_by_byte(
    exporting: Export, comparing: Comparing, tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    exporting("raw")
    file = tmp_path / "out/raw/comment.jsonl"
    assert change(file.read_bytes()) != file.read_bytes()
    file.write_bytes(change(file.read_bytes()))
    assert {(one.path, one.row) for one in comparing()} >= {("raw/comment.jsonl", 1)}


def test_where_a_raw_record_differs_is_shown_however_long_it_is(
    exporting: Export, archive: Any, comparing: Comparing, tmp_path: Path
) -> None:
    archive.changed["31"] = json.dumps({"id": 31, "text": "x" * 500 + "as it came"})
    exporting("raw")
    file = tmp_path / "out/raw/deal.jsonl"
    file.write_bytes(file.read_bytes().replace(b"as it came", b"as it went"))
    (found,) = comparing()
    assert ("it came" in found.meant, "it went" in found.found) == (True, True)


def test_a_file_of_a_stream_that_is_no_more_is_not_taken_for_another(
    exporting: Export, comparing: Comparing, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporting("raw")
    monkeypatch.delitem(RECORDS, "comment")
    assert [(one.path, one.meant) for one in comparing()] == [("raw/comment.jsonl", "no such file")]


def test_a_file_in_which_no_value_differs_is_yet_named_when_it_is_not_as_it_was_written(
    exporting: Export, comparing: Comparing, tmp_path: Path
) -> None:
    """Blanks between the values of a file are none of it."""
    written = exporting("kaiten", "jsonl")
    with (tmp_path / "out/jsonl/deal.jsonl").open("r+b") as file:
        data = file.read()
        file.seek(0)
        file.write(data.replace(b'": ', b'" :'))
    paths = {one.path for one in written if one.path.startswith("kaiten/") and one.table}
    for path in paths:
        with (tmp_path / "out" / path).open("ab") as file:
            file.write(b" ")
    assert {one.path for one in comparing()} == {"jsonl/deal.jsonl", *paths}


@pytest.mark.parametrize("damage", ["gone", "cut", "no table", "within", "another table"])
def test_a_damaged_parquet_file_does_not_hide_another(
    exporting: Export, comparing: Comparing, made: Entities, tmp_path: Path, damage: str
) -> None:
    """Each file is looked at, and none is accused beside the damaged one."""
    exporting("parquet")
    folder = tmp_path / "out/parquet"
    data = bytearray((folder / "companies.parquet").read_bytes())
    (folder / "companies.parquet").unlink()
    if damage == "within":
        data[4:24] = bytes(20)
    pieces = {"cut": data[:99], "no table": b"x" * 99, "within": data}
    pieces["another table"] = bytearray((folder / "contacts.parquet").read_bytes())
    if damage in pieces:
        (folder / "companies.parquet").write_bytes(pieces[damage])
    made["deal"][0]["number"] = "changed"
    made["contact"][0]["first_name"] = "changed"
    found = comparing()
    assert [one.path for one in found] == [
        f"parquet/{name}.parquet" for name in ("companies", "contacts", "deals")
    ]
    assert found[0].meant == "a readable file"


BOARDS = """
format: json
documents: {all.json: {version: 2, deals: [{rows_of: deals}]}}
tables:
  deals: {from: deal, limits: {rows: 1}, columns: {id: source_id, number: number}}
  notes: {from: note, within: {table: deals, by: parent, as: said}, columns: {id: source_id, text: text}}
"""


@pytest.fixture
def boards(exporting: Export, made: Entities, tmp_path: Path) -> list[Path]:
    """Three documents with a deal and its note each."""
    made["deal"] = [{"source_id": str(number), "number": f"n{number}"} for number in range(3)]
    made["note"] = [
        {"source_id": f"n{number}", "parent": Ref("deal", str(number)), "text": f"text {number}"}
        for number in range(3)
    ]
    (tmp_path / "boards.yaml").write_text(BOARDS, encoding="utf-8")
    return [tmp_path / "out" / one.path for one in exporting(str(tmp_path / "boards.yaml")) if one.table]


@pytest.mark.parametrize("damaged", [0, 1, 2])
@pytest.mark.parametrize("cut", [1, 20, -5])
def test_a_damaged_document_does_not_hide_another(
    boards: list[Path], comparing: Comparing, damaged: int, cut: int
) -> None:
    """Neither hides what differs in the others, nor has them accused of rows that stand in it."""
    boards[damaged].write_bytes(boards[damaged].read_bytes()[:cut])
    for path in boards:
        path.write_bytes(path.read_bytes().replace(b"text ", b"other "))
    found = [(one.path.rpartition("/")[2], one.column) for one in comparing()]
    intact = [path.name for path in boards if path != boards[damaged]]
    if cut == -5:  # behind all rows
        intact = [path.name for path in boards]
    assert found == [(boards[damaged].name, ""), *((name, "text") for name in intact)]


def test_a_lacking_row_of_a_document_does_not_hide_another(boards: list[Path], comparing: Comparing) -> None:
    """Nor is the document before it accused of a row that another one lacks."""
    assert comparing() == []
    text = boards[1].read_text(encoding="utf-8")
    boards[1].write_text(re.sub(r'"said": \[.*?\]', '"said": []', text, flags=re.DOTALL), encoding="utf-8")
    boards[2].write_bytes(boards[2].read_bytes().replace(b"text ", b"other "))
    found = [(one.path.rpartition("/")[2], one.column, one.found) for one in comparing()]
    assert found == [
        (boards[1].name, "id", "the end of the list"),
        (boards[2].name, "text", "'other 2'"),
    ]


def test_what_differs_around_the_rows_does_not_hide_them(boards: list[Path], comparing: Comparing) -> None:
    boards[0].write_bytes(boards[0].read_bytes().replace(b'"version": 2', b'"version": 3'))
    boards[1].write_bytes(boards[1].read_bytes().replace(b"text ", b"other "))
    assert [one.path for one in comparing()] == [f"boards/{path.name}" for path in boards[:2]]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "xlsx"])
def test_a_damaged_part_of_a_table_does_not_have_the_next_one_accused(
    exporting: Export, made: Entities, comparing: Comparing, tmp_path: Path, kind: str
) -> None:
    made["deal"] = [{"source_id": str(number)} for number in range(6)]
    own = tmp_path / "own.yaml"
    table = "t: {from: deal, columns: {A: source_id}}"
    own.write_text(
        f"format: {kind}\nworkbook: each\nlimits: {{rows: 2}}\ntables:\n  {table}\n", encoding="utf-8"
    )
    first, *_others = exporting(str(own))
    (tmp_path / "out" / first.path).write_bytes(b'"')
    assert [one.path for one in comparing()] == [first.path]


VALUES = """
format: json
documents: {all.json: {deals: [{rows_of: deals}]}}
tables:
  deals:
    from: deal
    columns:
      number: number
      money.amount: amount.amount
      money.words: {text: "{amount.amount}"}
      when: created_at
      day: expected_on
      draft: is_draft
      phones: {path: phones.number, heading: "phones[].number", repeat: all}
      Entry: {path: created_at, entry: true}
      Chance: {path: probability, entry: true}
    entries: {in: more, entry: {name: "{heading}", value: "<{cell}>"}}
"""


@pytest.mark.parametrize(
    "other",
    ["x", "", "2026-13-01T00:00:00Z", "2026-01-01Z", "2026-01-01T00:00:00", "<x>", 7, 7.5, None, True, [], [{}], {"x": 1}],
    ids=repr,
)  # fmt: skip
def test_whatever_a_value_of_a_document_was_changed_into_is_found(
    exporting: Export, made: Entities, comparing: Comparing, tmp_path: Path, other: Any
) -> None:
    made["deal"] = [{**made["deal"][0], "phones": [{"number": "1"}]}]
    (tmp_path / "my.yaml").write_text(VALUES, encoding="utf-8")
    exporting(str(tmp_path / "my.yaml"))
    path = tmp_path / "out/my/all.json"
    kept = path.read_text(encoding="utf-8")
    assert comparing() == []
    for keys in places_in(json.loads(kept)["deals"]):
        whole = json.loads(kept)
        *before, last = keys
        holder = whole["deals"]
        for key in before:
            holder = holder[key]
        if json.dumps(holder[last]) != json.dumps(other):
            holder[last] = other
            path.write_text(json.dumps(whole), encoding="utf-8")
            (found, *_others) = comparing()
            assert (found.path, "as it was written" in found.meant) == ("my/all.json", False), keys


def places_in(value: Any) -> list[list[Any]]:
    """The keys to everything that a value of JSON holds."""
    members = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [[key, *rest] for key, inner in members for rest in [[], *places_in(inner)]]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        (b' t="e"><v>#N/A</v>', "“#N/A” in a cell of the kind “e”"),
        (b' t="d"><v>2026-01-02T00:00:00</v>', "2026-01-02 00:00:00"),
        (b' t="d"><v>soon</v>', "“soon” in a cell of the kind “d”"),
        (b"><v>twelve</v>", "“twelve” in a cell of the kind “n”"),
        (b' s="999"><v>1</v>', "“1” in a cell of the kind “n”"),
        (b' s="x"><v>1</v>', "“1” in a cell of the kind “n”"),
        (b' s="3"><v>1e300</v>', "“1e300” in a cell of the kind “n”"),
        (b' s="3"><v>NaN</v>', "“NaN” in a cell of the kind “n”"),
        (b"><v>sNaN</v>", "sNaN"),
        (b' t="b"><v>2</v>', "“2” in a cell of the kind “b”"),
        (b' t="s"><v>99999</v>', "“99999” in a cell of the kind “s”"),
        (b' t="new"><v>1</v>', "“1” in a cell of the kind “new”"),
    ],
)
def test_a_cell_of_another_kind_is_one_difference(
    exporting: Export, comparing: Comparing, tmp_path: Path, cell: bytes, shown: str
) -> None:
    exporting("excel", lang="en")
    amount = rb'(<c r="[A-Z]+[0-9]+")[^>]*><v>1234567.89</v>'
    repacked(tmp_path / "out/excel/megaplan.xlsx", lambda _name, data: re.sub(amount, rb"\1" + cell, data))
    found = [(one.column, one.row, one.meant, one.found) for one in comparing()]
    assert found == [("Amount", 1, "1234567.89", shown)]


def test_a_cell_far_beyond_the_last_column_makes_a_workbook_unreadable(
    exporting: Export, comparing: Comparing, tmp_path: Path
) -> None:
    """Nobody is to make room for a trillion cells before it."""
    exporting("excel", lang="en")
    place = rb'<c r="A2"'
    repacked(
        tmp_path / "out/excel/megaplan.xlsx", lambda _name, data: data.replace(place, b'<c r="AAAAAAAAA2"')
    )
    assert "there is no column for AAAAAAAAA2" in comparing()[-1].found


RELATION = b'<Relationship Id="texts" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/>'


TRUTH = {b"0": b"FALSE()", b"1": b"TRUE()"}


def saved_again(book: Path) -> None:
    """Save a workbook as LibreOffice does: texts stand beside the sheets, and cells name them by number; what is true is a formula."""
    texts: dict[bytes, int] = {}

    def shared(name: str, data: bytes) -> bytes:
        if name.endswith("workbook.xml.rels"):
            return data.replace(b"</Relationships>", RELATION + b"</Relationships>")
        data = re.sub(
            rb't="b"><v>([01])<',
            lambda found: b't="b"><f aca="false">%b</f><v>%b<' % (TRUTH[found[1]], found[1]),
            data,
        )
        return re.sub(
            rb't="inlineStr"><is>(.*?)</is>',
            lambda found: b't="s"><v>%d</v>' % texts.setdefault(found[1], len(texts)),
            data,
            flags=re.DOTALL,
        )

    repacked(book, shared)
    with zipfile.ZipFile(book, "a") as packed:
        items = b"".join(b"<si>%b</si>" % text for text in texts)
        packed.writestr("xl/sharedStrings.xml", b"<sst>%b</sst>" % items)


def test_a_workbook_that_was_only_saved_again_is_said_to_be(
    exporting: Export, comparing: Comparing, tmp_path: Path
) -> None:
    exporting("excel", lang="en")
    saved_again(tmp_path / "out/excel/megaplan.xlsx")
    (found,) = comparing()
    assert "saved or changed since (no value in it that is compared differs)" in str(found)


def test_in_a_workbook_that_was_saved_again_the_changed_cell_is_named(
    exporting: Export, comparing: Comparing, tmp_path: Path
) -> None:
    exporting("excel", lang="en")
    path = tmp_path / "out/excel/megaplan.xlsx"
    book = openpyxl.load_workbook(path)
    book["Deals"]["C2"] = "my own words"
    book["Deals"]["M2"] = 7
    book.save(path)
    saved_again(path)
    assert [(one.row, one.found) for one in comparing()] == [(1, "'my own words'"), (1, "7")]


def test_a_shared_text_may_be_in_pieces_and_how_it_is_pronounced_is_none_of_it(
    exporting: Export, comparing: Comparing, tmp_path: Path
) -> None:
    exporting("excel", lang="en")
    book = tmp_path / "out/excel/megaplan.xlsx"
    saved_again(book)
    pieces = (
        b"<si><r><rPr><b/></rPr><t>Nu</t></r><r><t>mber</t></r><rPh sb='0' eb='1'><t>nambah</t></rPh></si>"
    )
    repacked(
        book, lambda name, data: re.sub(rb"<si>\s*<t[^>]*>Number</t>\s*</si>", lambda _found: pieces, data)
    )
    assert [one.meant for one in comparing()] == ["the file as it was written"]
