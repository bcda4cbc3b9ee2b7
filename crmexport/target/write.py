"""Write the tables of one target in its format."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from crmexport.mapping.to import Line, Table
from crmexport.target.cover import cover
from crmexport.target.csv_file import CsvFile
from crmexport.target.jsonl_file import write_jsonl
from crmexport.target.names import safe_name
from crmexport.target.output import EVERY, Output, Watch, output
from crmexport.target.raw import raw_lines, raw_streams, write_raw
from crmexport.target.readme import readme
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
    if target.layout.format == "xlsx":
        return [_workbook(shop, target, root, watch, most_rows)]
    if target.layout.format == "raw":
        return [_raw(shop, stream, target, root, watch) for stream in raw_streams(shop.archive)]
    tables = shop.tables(target)
    outputs = [_table_file(shop, table, target, root, watch) for table in tables]
    if target.layout.readme:
        path = folder / "README.txt"
        text = readme(shop, target, tables, outputs)
        path.write_text(text, encoding="utf-8-sig", newline="\r\n")
        outputs.append(output(root, path, 0, target.name, Counter()))
    return outputs


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


def _table_file(shop: Workshop, table: Table, target: Target, root: Path, watch: Watch) -> Output:
    layout = target.layout
    path = root / target.name / f"{safe_name(table.name, fallback='table', is_file=False)}.{layout.format}"
    rows = _watched(_Current(table.lines()), f"{target.name}/{table.name}", watch)
    notes: Counter[str] = Counter()
    if layout.format == "jsonl":
        number = write_jsonl(path, table.columns, rows)
    else:
        number = CsvFile(layout.csv, table.columns, target.zone, notes, layout.spoken(shop.lang)).write(
            path, rows
        )
    return output(root, path, number, target.name, notes + table.notes)


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
