"""Read a JSON file piece by piece, in flat memory, and strictly: every sign must be the one that belongs there."""

import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple, TextIO

from crmexport.target.readback.mismatch import shown
from crmexport.text import _

_CHUNK = 1 << 16
_blanks = re.compile(r"[ \t\r\n]*")


class Fraction(NamedTuple):
    """A number with a point or an exponent, as it stands in the file: no digit of it is lost."""

    text: str


_decoder = json.JSONDecoder(parse_float=Fraction)


def json_lines(file: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The objects of a JSON Lines file, fractions as decimals. Raises ValueError for a line that is none."""
    for line in file:
        found = json.loads(line, parse_float=Decimal)
        if not isinstance(found, dict):
            raise ValueError(_("this is no object: {text}").format(text=shown(found)))
        yield found


class JsonText:
    """A file, read from its beginning. Raises ValueError wherever it is no JSON, or not the sign that is asked for."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0

    def object(self) -> Iterator[str]:
        """The keys of an object; whoever asks reads the value of each before the next."""
        self._take("{")
        if not self._took("}"):
            while True:
                key = self.value()
                if not isinstance(key, str):
                    raise ValueError(_("this is no key: {text}").format(text=shown(key)))
                self._take(":")
                yield key
                if self._took("}"):
                    return
                self._take(",")

    def list(self) -> Iterator[None]:
        """One turn for every item of a list; whoever asks reads the item before the next."""
        self._take("[")
        if not self._took("]"):
            while True:
                yield
                if self._took("]"):
                    return
                self._take(",")

    def value(self) -> Any:
        """The value that stands here."""
        return self._value()[0]

    def text(self) -> str:
        """The value that stands here, as it is written."""
        return self._value()[1]

    def end(self) -> None:
        """Nothing more may follow."""
        if self._next():
            raise ValueError(_("the file goes on behind its end: {text}").format(text=self._rest()))

    def _value(self) -> tuple[Any, str]:
        self._next()
        while True:
            try:
                value, end = _decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if not self._more():
                    raise
                continue
            behind = self._text[end : end + 1]  # a number may go on in what is not read yet
            if (behind and behind not in ".eE+-") or not self._more():
                begin, self._at = self._at, end
                return value, self._text[begin:end]

    def _take(self, sign: str) -> None:
        if not self._took(sign):
            raise ValueError(_("“{sign}” is missing before {text}").format(sign=sign, text=self._rest()))

    def _took(self, sign: str) -> bool:
        if self._next() != sign:
            return False
        self._at += 1
        return True

    def _next(self) -> str:
        """The next sign that is no blank; "" at the end."""
        while True:
            match = _blanks.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def _more(self) -> bool:
        """Read on, the more the longer the value is that does not end; whether there was anything."""
        rest = self._text[self._at :]
        chunk = self._file.read(max(_CHUNK, len(rest)))
        self._text, self._at = rest + chunk, 0
        return bool(chunk)

    def _rest(self) -> str:
        return shown(self._text[self._at : self._at + _CHUNK])
