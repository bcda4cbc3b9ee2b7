"""Tables as CSV, in a dialect: the faithful one changes nothing, the others what their readers need (Personal tools reference, §8)."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import Any, NamedTuple

from crmexport.mapping.to import Column, Dialect, Kind, dated
from crmexport.model import in_zone
from crmexport.text import N_, translations

REPLACEMENT = "\ufffd"
Write = Callable[[Any], str]
_may_run: Callable[[str], re.Match[str] | None] = re.compile(r"[=+\-@\t\r\n＝＋－＠]").match
_phone_like: Callable[[str], re.Match[str] | None] = re.compile(r"[+-]?[0-9 ()-]+").fullmatch
_unencodable = re.compile(r"[\x00\ud800-\udfff]")
_breaks = re.compile(r"\r\n|\r|\n")
_before_quote = re.compile(r'\\(?="|$)')


class Most(NamedTuple):
    """How many bytes a file may have, and who takes back the row that would not fit; the first stands there however long it is."""

    bytes: int
    give_back: Callable[[Sequence[Any]], None]


class CsvFile:
    """Writes one table. `zone` is where times are shown unless the dialect writes them as ISO, which is always UTC."""

    def __init__(
        self, dialect: Dialect, columns: Sequence[Column], zone: tzinfo, notes: Counter[str], lang: str = "en"
    ) -> None:
        self.dialect = dialect
        self.zone = zone
        self.notes = notes
        self._translate = translations(lang).gettext
        plain = self._writers(guarded=dialect.guard)
        phone = {**plain, str: self._phone} if dialect.guard else plain
        self._columns = [phone if column.kind is Kind.PHONE else plain for column in columns]
        self._headings = [column.heading for column in columns]

    def write(self, path: Path, rows: Iterable[Sequence[Any]], most: Most | None = None) -> int:
        """Write headings and `rows` to `path`, at `most` so much of them; give the number of rows."""
        with path.open("w", encoding=self.dialect.encoding, newline="", errors="strict") as file:
            self._writer(file).writerow(self._headings_row())
            if most is None:
                return self._all(file, rows)
            return self._fitting(file, rows, most._replace(bytes=most.bytes - file.tell()))

    def _headings_row(self) -> list[str]:
        """As texts are: those of custom fields are whatever somebody at the source has called them."""
        written = self._guarded if self.dialect.guard else self._text
        return [written(heading) for heading in self._headings]

    def _all(self, file: TextIOWrapper, rows: Iterable[Sequence[Any]]) -> int:
        write_row, number = self._writer(file).writerow, 0
        for row in rows:
            write_row(self._cells(row))
            number += 1
        return number

    def _fitting(self, file: TextIOWrapper, rows: Iterable[Sequence[Any]], most: Most) -> int:
        """The rows of which there is room. What had to be changed in the one given back counts where it will stand."""
        notes, line, room, number = self.notes, _Line(), most.bytes, 0
        write_row = self._writer(line).writerow
        for row in rows:
            self.notes = Counter()
            write_row(self._cells(row))
            room -= len(line.text.encode(self.dialect.encoding))
            if room < 0 and number:
                most.give_back(row)
                break
            notes.update(self.notes)
            file.write(line.text)
            number += 1
        self.notes = notes
        return number

    def _cells(self, row: Sequence[Any]) -> list[str]:
        cells = zip(self._columns, row, strict=True)
        return ["" if value is None else write[type(value)](value) for write, value in cells]

    def _writer(self, file: Any) -> Any:
        quoting: Any = csv.QUOTE_ALL if self.dialect.quote_all else csv.QUOTE_MINIMAL
        return csv.writer(file, delimiter=self.dialect.delimiter, quoting=quoting, lineterminator="\r\n")

    def _writers(self, guarded: bool) -> dict[type, Write]:
        yes, no = self.dialect.truth or (self._translate(N_("yes")), self._translate(N_("no")))
        return {
            str: self._guarded if guarded else self._text,
            int: str,
            bool: lambda value: yes if value else no,
            float: lambda value: self._decimal(Decimal(repr(value))),
            Decimal: self._decimal,
            datetime: self._moment,
            date: lambda value: dated(value, self.dialect.dates),
        }

    def _text(self, value: str) -> str:
        if not value.isascii() or "\0" in value:
            value = self._encodable(value)
        if self.dialect.line_breaks is not None:
            value = self._one_line(value, self.dialect.line_breaks)
        if self.dialect.backslash == "spaced" and "\\" in value:
            value, parted = _before_quote.subn("\\\\ ", value)
            self.notes["backslashes_spaced"] += parted
        return value

    def _guarded(self, value: str) -> str:
        """A text that no spreadsheet runs as a formula; lone CR, which Excel takes for the end of a row, is made LF."""
        value = self._text(value)
        if "\r" in value:
            value = _breaks.sub("\n", value)
            self.notes["line_ends_changed"] += 1
        if _may_run(value):
            self.notes["guarded_texts"] += 1
            return "'" + value
        return value

    def _phone(self, value: str) -> str:
        return value if _phone_like(value) else self._guarded(value)

    def _encodable(self, value: str) -> str:
        """Whatever the encoding cannot hold is replaced and counted; NUL, which many readers stop at, too."""
        is_utf = self.dialect.encoding.lower().startswith(("utf", "u8"))
        value, replaced = _unencodable.subn(REPLACEMENT if is_utf else "?", value)
        if not is_utf:
            kept = value.encode(self.dialect.encoding, "replace").decode(self.dialect.encoding)
            replaced += sum(before != after for before, after in zip(value, kept, strict=True))
            value = kept
        self.notes["replaced_characters"] += replaced
        return value

    def _one_line(self, value: str, instead: str) -> str:
        self.notes["line_breaks_replaced"] += sum(found != instead for found in _breaks.findall(value))
        return _breaks.sub(lambda match: instead, value)

    def _decimal(self, value: Decimal) -> str:
        text = f"{value:f}"
        return text if self.dialect.decimal == "." else text.replace(".", self.dialect.decimal)

    def _moment(self, value: datetime) -> str:
        if self.dialect.times == "iso":
            return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
        return dated(in_zone(value, self.zone), self.dialect.times)


class _Line:
    """A file that holds the last line written."""

    text = ""

    def write(self, text: str) -> int:
        """Hold `text`."""
        self.text = text
        return len(text)
