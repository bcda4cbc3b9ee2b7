"""Write the tables of one target in its format."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from crmexport.mapping.to import Line, Table
from crmexport.target.beside import beside
from crmexport.target.cover import cover
from crmexport.target.csv_file import CsvFile
from crmexport.target.jsonl_file import write_jsonl
from crmexport.target.names import safe_name
from crmexport.target.output import EVERY, Output, Watch, output
from crmexport.target.raw import raw_lines, raw_streams, write_raw
from crmexport.target.targets import Target
from crmexport.target.workshop import Workshop
from crmexport.target.xlsx import Workbook
from crmexport.target.xlsx.sheet import MOST_ROWS
from crmexport.text import translations


def write_target(
    shop: Workshop, target: Target, root: Path, watch: Watch, most_rows: int = MOST_ROWS
) -> list[Output]:
    """Write `target` into its folder below `root`. `most_rows` is the longest sheet of a workbook, heading included."""
    folder = root / target.name
    folder.mkdir()
    if target.layout.format == "xlsx" and target.layout.workbook == "one":
        return [_workbook(shop, target, root, watch, most_rows)]
    if target.layout.format == "raw":
        return [_raw(shop, stream, target, root, watch) for stream in raw_streams(shop.archive)]
    written = [(table, _table_files(shop, table, target, root, watch)) for table in shop.tables(target)]
    return [*(one for _table, outputs in written for one in outputs), *beside(shop, target, root, written)]


def workbook_name(source: str) -> str:
    """The file of a workbook: it is called like the CRM that was left."""
    return safe_name(f"{source}.xlsx", fallback="crm.xlsx")


def _workbook(shop: Workshop, target: Target, root: Path, watch: Watch, most_rows: int) -> Output:
    path = root / target.name / workbook_name(shop.archive.source.name)
    lang = target.layout.spoken(shop.lang)
    sheets: list[tuple[str, int]] = []
    notes: Counter[str] = Counter()
    with Workbook(path, lang=lang, zone=target.zone, most_rows=most_rows) as book:
        for table in shop.tables(target):
            lines = _Current(table.lines())
            headings = [column.heading for column in table.columns]
            rows = _watched(lines, f"{target.name}/{table.name}", watch)
            sheets += book.add_table(table.title, headings, rows, cut_mark(lang, table.title, lines))
            notes.update(table.notes)
        notes.update(book.notes)
        title, text = cover(shop.archive, sheets, notes, target.layout.zone, lang)
        book.add_cover(title, text)
    return output(root, path, sum(rows for _name, rows in sheets), target.name, notes)


class _Current:
    """Lines as rows of cells, remembering whose row is being written."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self.id = ""

    def __iter__(self) -> Iterator[Sequence[Any]]:
        for line in self._lines:
            self.id = line.id
            yield line.cells


def cut_mark(lang: str, title: str, lines: "_Current") -> Callable[[int], str]:
    """What is written behind a text that had to be cut: how long it was, and where all of it is."""
    _ = translations(lang).gettext
    text = _(
        "… [cut here: the whole text has {length} characters, see the archive or the CSV export: {title}, {id}]"
    )
    return lambda length: text.format(length=length, title=title, id=lines.id)


def _table_files(shop: Workshop, table: Table, target: Target, root: Path, watch: Watch) -> list[Output]:
    """The file of a table; where the target takes no more rows or bytes in one, the files of its parts."""
    name = safe_name(table.name, fallback="table", is_file=False)
    lines = _Current(table.lines())
    left = _watched(lines, f"{target.name}/{table.name}", watch)
    part = _Part(shop, table, target, lines)
    most = target.layout.limits_of(table.name)
    files: list[tuple[Path, int]] = []
    first: list[Sequence[Any]] = []
    while not files or (first := list(islice(left, 1))):
        ending = f"-{len(files) + 1}" if files else ""
        path = root / target.name / f"{name}{ending}.{target.layout.format}"
        rows = chain(first, left) if most.rows is None else islice(chain(first, left), most.rows)
        files.append((path, part.write(path, rows, most.megabytes)))
    outputs = [output(root, path, rows, target.name, Counter(), table.name) for path, rows in files]
    last = output(root, files[-1][0], files[-1][1], target.name, part.notes + table.notes, table.name)
    return [*outputs[:-1], last]


class _Part:
    """Writes parts of one table, each into a file. What had to be changed is counted for all of them together."""

    def __init__(self, shop: Workshop, table: Table, target: Target, lines: "_Current") -> None:
        self.notes: Counter[str] = Counter()
        self._table = table
        self._target = target
        self._lines = lines
        self._lang = target.layout.spoken(shop.lang)

    def write(self, path: Path, rows: Iterator[Sequence[Any]], megabytes: int | None) -> int:
        """Write `rows`, or as many as may be in one file; give their number."""
        columns, layout = self._table.columns, self._target.layout
        if layout.format == "jsonl":
            return write_jsonl(path, columns, rows)
        if layout.format == "xlsx":
            return self._sheet(path, rows)
        file = CsvFile(layout.csv, columns, self._target.zone, self.notes, self._lang)
        return file.write(path, rows, None if megabytes is None else megabytes * 1_000_000)

    def _sheet(self, path: Path, rows: Iterator[Sequence[Any]]) -> int:
        title, headings = self._table.title, [column.heading for column in self._table.columns]
        with Workbook(path, lang=self._lang, zone=self._target.zone) as book:
            sheets = book.add_table(title, headings, rows, cut_mark(self._lang, title, self._lines))
        self.notes.update(book.notes)
        return sum(rows for _name, rows in sheets)


def _raw(shop: Workshop, stream: str, target: Target, root: Path, watch: Watch) -> Output:
    path = root / target.name / f"{safe_name(stream, fallback='stream', is_file=False)}.jsonl"
    number = write_raw(path, _watched(raw_lines(shop.archive, stream), f"{target.name}/{stream}", watch))
    return output(root, path, number, target.name, Counter())


def _watched(items: Iterable[Any], what: str, watch: Watch) -> Iterator[Any]:
    number = 0
    for number, item in enumerate(items, start=1):
        yield item
        if number % EVERY == 0:
            watch(what, number, None)
    watch(what, number, number)
