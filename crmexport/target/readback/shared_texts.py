"""The texts that cells of a workbook name by number. We write none; whatever else saves a workbook puts all of them there."""

import sqlite3
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

_CHUNK = 1 << 16


class SharedTexts:
    """Reads them once, and keeps them on disk: there may be more than memory holds."""

    def __init__(self, database: sqlite3.Connection, part: IO[bytes]) -> None:
        self._database = database
        database.execute("CREATE TABLE texts (number INTEGER PRIMARY KEY, text TEXT)")
        database.execute("BEGIN")  # it is never committed: nobody needs it afterwards
        database.executemany("INSERT INTO texts VALUES (?, ?)", enumerate(_texts(part)))

    def text(self, number: int) -> str:
        """The text of that number, from 0. Raises LookupError when there is none."""
        found = self._database.execute("SELECT text FROM texts WHERE number = ?", (number,)).fetchone()
        if found is None:
            raise LookupError(number)
        return str(found[0])


def _texts(part: IO[bytes]) -> Iterator[str]:
    reading = _Reading()
    while chunk := part.read(_CHUNK):
        yield from reading.after(chunk)
    yield from reading.after(b"", last=True)


class _Reading:
    """Collects texts while expat reads. A text may be in pieces of their own looks; how it is pronounced (`rPh`) is none of it."""

    def __init__(self) -> None:
        self._done: list[str] = []
        self._text: list[str] = []
        self._hears = self._is_spoken = False
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._hear

    def after(self, data: bytes, last: bool = False) -> list[str]:
        """The texts that are whole when `data` is read."""
        self._done = []
        self._parser.Parse(data, last)
        return self._done

    def _start(self, name: str, _attributes: object) -> None:
        self._is_spoken = name == "rPh" or self._is_spoken
        self._hears = name == "t" and not self._is_spoken

    def _hear(self, text: str) -> None:
        if self._hears:
            self._text.append(text)

    def _end(self, name: str) -> None:
        self._hears = False
        self._is_spoken = self._is_spoken and name != "rPh"
        if name == "si":
            self._done.append("".join(self._text))
            self._text = []
