"""What a cell must read back as: the meant value itself, or what the rules of the format make of it."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from crmexport.mapping.to import Dialect, Json, Kind
from crmexport.model import in_zone
from crmexport.target.readback.json_text import Fraction
from crmexport.target.readback.mismatch import held
from crmexport.target.readback.xlsx import Formula, Odd

_EXCEL_CHARACTERS = 32_767
_EXCEL_DIGITS = 15
_EXCEL_PLACES = 299
_FIRST_DAY = date(1900, 3, 1)
_MISSING = "�"
_break = re.compile("\r\n?")
_forbidden_in_excel = re.compile("[\0-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_forbidden_anywhere = re.compile("[\0\ud800-\udfff]")
Same = Callable[[Any, Any], bool]


class InExcel:
    """Whether a cell of a workbook holds what was meant."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    @held
    def same(self, meant: Any, found: Any) -> bool:
        """`meant` is a cell of a table, `found` one of a `WorkbookReader`."""
        if isinstance(found, (Formula, Odd)):
            return False
        if meant is None or meant == "":
            return found is None
        if isinstance(meant, bool):
            return found is meant
        if isinstance(meant, str):
            return isinstance(found, str) and self._text(meant, found)
        if isinstance(meant, datetime):
            return self._time(in_zone(meant, self._zone).replace(tzinfo=None), found)
        if isinstance(meant, date):
            return self._time(datetime(meant.year, meant.month, meant.day), found, only_day=True)
        return self._number(meant, found)

    @staticmethod
    def _text(meant: str, found: str) -> bool:
        wanted = _forbidden_in_excel.sub(_MISSING, _break.sub("\n", meant))
        if _length(wanted) <= _EXCEL_CHARACTERS:
            return found == wanted
        kept = found.rpartition("…")[0]
        return _length(found) <= _EXCEL_CHARACTERS and _length(kept) > 32_600 and wanted.startswith(kept)

    @staticmethod
    def _time(meant: datetime, found: Any, only_day: bool = False) -> bool:
        if meant.date() < _FIRST_DAY:
            return bool(found == (meant.date().isoformat() if only_day else meant.isoformat(" ")))
        return isinstance(found, datetime) and abs(found - meant) < timedelta(milliseconds=1)

    @staticmethod
    def _number(meant: Any, found: Any) -> bool:
        if isinstance(found, str):
            is_long = len(re.sub(r"\D", "", found)) > _EXCEL_DIGITS
            return found == str(meant) and (is_long or abs(Decimal(meant).adjusted()) >= _EXCEL_PLACES)
        return isinstance(found, Decimal) and found == Decimal(meant)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class InCsv:
    """Whether a field of a CSV file holds what was meant, in its dialect."""

    def __init__(self, dialect: Dialect, zone: tzinfo, words: tuple[str, str]) -> None:
        self._dialect = dialect
        self._zone = zone
        self._truth = dialect.truth or words

    def same(self, meant: Any, found: str, kind: Kind = Kind.TEXT) -> bool:
        """`meant` is a cell of a table in a column of that kind, `found` the text of the field."""
        if meant is None:
            return found == ""
        if isinstance(meant, bool):
            return found == self._truth[0 if meant else 1]
        if isinstance(meant, str):
            return self._text(meant, found, kind)
        if isinstance(meant, date):
            return found == self._date(meant)
        return _number(found, self._dialect.decimal) == Decimal(str(meant))

    def _text(self, meant: str, found: str, kind: Kind) -> bool:
        dialect = self._dialect
        wanted = storable(meant)
        if dialect.line_breaks is not None:
            wanted = dialect.line_breaks.join(re.split("\r\n|\r|\n", wanted))
        if dialect.backslash == "spaced":
            wanted, found = wanted.replace("\\ ", "\\"), found.replace("\\ ", "\\")
        if dialect.guard:
            return self._guarded(_break.sub("\n", wanted), _break.sub("\n", found), kind)
        if not dialect.encoding.lower().startswith("utf"):
            wanted = wanted.encode(dialect.encoding, "replace").decode(dialect.encoding)
        return found == wanted

    @staticmethod
    def _guarded(wanted: str, found: str, kind: Kind) -> bool:
        risky = wanted[:1] in tuple("=+-@\t\n＝＋－＠")
        is_phone = kind is Kind.PHONE and bool(re.fullmatch(r"[+-]?[0-9 ()-]+", wanted))
        return found == (f"'{wanted}" if risky and not is_phone else wanted)

    def _date(self, meant: date) -> str:
        if not isinstance(meant, datetime):
            return (
                meant.isoformat() if self._dialect.dates == "iso" else _by_pattern(meant, self._dialect.dates)
            )
        if self._dialect.times == "iso":
            return (
                meant.astimezone(UTC).strftime("%Y").zfill(4)
                + meant.astimezone(UTC).isoformat()[4:].removesuffix("+00:00")
                + "Z"
            )
        return _by_pattern(in_zone(meant, self._zone), self._dialect.times)


def _number(found: str, decimal: str) -> Decimal | None:
    try:
        return Decimal(found.replace(decimal, "."))
    except ArithmeticError:
        return None


class InJson:
    """Whether a value of a JSON file holds what was meant; `Fraction` is how the reader gives numbers with a point."""

    def __init__(self, dialect: Json, zone: tzinfo) -> None:
        self._dialect = dialect
        self._zone = zone

    @held
    def same(self, meant: Any, found: Any) -> bool:
        """`meant` is a cell of a table that is not empty, `found` what stands for it."""
        if isinstance(meant, str):
            return isinstance(found, str) and found == storable(meant)
        if isinstance(meant, bool):
            return found is meant
        if isinstance(meant, date):
            return isinstance(found, str) and self._date(meant, found)
        if isinstance(found, (Fraction, str)):
            return _exact(found if isinstance(found, str) else found.text) == Decimal(meant)
        return found == meant and isinstance(found, int) and not isinstance(found, bool)

    @held
    def same_text(self, meant: Any, found: str) -> bool:
        """The same where every value is written as a text."""
        if isinstance(meant, bool):
            return found == ("true" if meant else "false")
        if isinstance(meant, (str, date)):
            return self.same(meant, found)
        return _exact(found) == Decimal(meant)

    def _date(self, meant: date, found: str) -> bool:
        if not isinstance(meant, datetime):
            wanted = self._dialect.dates
            return found == (meant.isoformat() if wanted == "iso" else _by_pattern(meant, wanted))
        if self._dialect.times == "iso":
            return found.endswith("Z") and datetime.fromisoformat(found) == meant
        return found == _by_pattern(in_zone(meant, self._zone), self._dialect.times)


def storable(text: str) -> str:
    """A text without the signs that no database takes."""
    return _forbidden_anywhere.sub(_MISSING, text)


def _exact(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:
        return None


_PARTS = {"dd": "day", "mm": "month", "yyyy": "year", "hh": "hour", "ss": "second", "zzzz": "zone"}


def _by_pattern(value: date, pattern: str) -> str:
    """A date in a pattern; behind the first blank or T stands the time of day, where `mm` are minutes."""
    sign = min((sign for sign in " T" if sign in pattern), key=pattern.index, default="")
    day, _sign, clock = pattern.partition(sign) if sign else (pattern, "", "")
    text = re.sub("dd|mm|yyyy", lambda match: _filled(value, _PARTS[match[0]], len(match[0])), day)
    if not sign or not isinstance(value, datetime):
        return text
    minutes = {**_PARTS, "mm": "minute"}
    return text + sign + re.sub("hh|mm|ss|zzzz", lambda match: _filled(value, minutes[match[0]], 2), clock)


def _filled(value: date, part: str, width: int) -> str:
    return value.strftime("%z")[:5] if part == "zone" else str(getattr(value, part)).zfill(width)
