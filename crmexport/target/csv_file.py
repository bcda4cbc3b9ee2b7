"""Tables as CSV, in a dialect: the faithful one changes nothing, the others what their readers need (Personal tools reference, §8)."""

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from crmexport.mapping.to import Column, Dialect, Kind, dated
from crmexport.model import in_zone
from crmexport.text import N_, translations

# So much below its bound a file ends: the row that comes next is not known yet, and hardly any is as long as this. But no more
# than a part of the bound, or a file of a megabyte would hold one row.
_ROOM, _PART = 1_000_000, 4
REPLACEMENT = "\ufffd"
Write = Callable[[Any], str]
_may_run: Callable[[str], re.Match[str] | None] = re.compile(r"[=+\-@\t\r\n＝＋－＠]").match
_phone_like: Callable[[str], re.Match[str] | None] = re.compile(r"[+-]?[0-9 ()-]+").fullmatch
_unencodable = re.compile(r"[\x00\ud800-\udfff]")
_breaks = re.compile(r"\r\n|\r|\n")
_before_quote = re.compile(r'\\(?="|$)')


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

    def write(self, path: Path, rows: Iterable[Sequence[Any]], most_bytes: int | None = None) -> int:
        """Write headings and `rows` to `path`; give the number of rows. When `most_bytes` are near, the others stay in `rows`."""
        number = 0
        with path.open("w", encoding=self.dialect.encoding, newline="", errors="strict") as file:
            counted = None if most_bytes is None else _Counted(file, most_bytes)
            write_row = self._writer(counted or file).writerow
            write_row([self._text(heading) for heading in self._headings])
            for row in rows:
                cells = zip(self._columns, row, strict=True)
                write_row(["" if value is None else write[type(value)](value) for write, value in cells])
                number += 1
                if counted is not None and counted.is_near:
                    break
        return number

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


class _Counted:
    """A text file that knows how many bytes went into it, and whether the most that may are near."""

    def __init__(self, file: TextIOWrapper, most: int) -> None:
        self._file = file
        self._left = most - min(_ROOM, most // _PART)

    @property
    def is_near(self) -> bool:
        """Whether no more rows should come."""
        return self._left < 0

    def write(self, text: str) -> int:
        """Write `text`."""
        self._left -= len(text.encode(self._file.encoding))
        return self._file.write(text)
