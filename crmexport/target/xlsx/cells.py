"""One value, one cell: which XML a Python value becomes.

Values: str, bool, int, Decimal, float, date, datetime (with a zone), None. Only true numbers become numbers: of at most 15 digits,
or the fractions that computers calculate with, such as 826200.2999999999, which sums must not pass over. Only dates from 1900-03-01 on become dates (readers disagree about earlier ones); the rest is text and is counted.
"""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from math import isfinite
from typing import Any

from crmexport.model import in_zone
from crmexport.target.xlsx import guard

Draw = Callable[[str, Any], str]

# Places of the cell formats in the list that `parts.STYLES` writes.
HEADER, TEXT, DATE, DATETIME, DECIMAL = 1, 2, 3, 4, 5

_DAY_ZERO = date(1899, 12, 30).toordinal()
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_FIRST_DATE = date(1900, 3, 1)
_FIRST_DATETIME = datetime(1900, 3, 1, tzinfo=UTC)
_LAST_SERIAL = 2_958_465.999_999_99  # readers round to milliseconds: what is later would be in the year 10000
_DIGITS = 15
_TOO_BIG = 10**_DIGITS
# Text beginning like this gets the format "text": typed over in Excel it stays text. Long texts must not have it (old Excel shows ####).
_LIKE_NUMBER = frozenset("0123456789=+-@\t")
_LONG_FOR_TEXT_FORMAT = 255
_SHORT_FOR_SURE = guard.LONGEST // 2


class Cells:
    """Draws cells for one workbook. `zone`: in which times are shown. `notes` counts whatever could not be kept as it is."""

    def __init__(self, zone: tzinfo, notes: Counter[str]) -> None:
        self.zone = zone
        self.notes = notes
        self.mark: Callable[[int], str] = lambda length: "…"
        self.draw: dict[type, Draw] = {
            str: self.text,
            int: self.whole,
            bool: self.truth,
            Decimal: self.decimal,
            float: self.floating,
            datetime: self.moment,
            date: self.day,
        }

    def text(self, at: str, value: str) -> str:
        """A text cell, never a formula or a number, whatever it begins with."""
        if not value:
            return ""
        if len(value) > _SHORT_FOR_SURE and (length := guard.units(value)) > guard.LONGEST:
            value = guard.cut(value, self.mark(length))
            self.notes["cut_cells"] += 1
        style = ' s="2"' if value[0] in _LIKE_NUMBER and len(value) <= _LONG_FOR_TEXT_FORMAT else ""
        space = ' xml:space="preserve"' if value[0] <= " " or value[-1] <= " " else ""
        if guard.unusual(value):
            value = guard.escaped(value, self.notes)
        return f'<c r="{at}"{style} t="inlineStr"><is><t{space}>{value}</t></is></c>'

    def heading(self, at: str, value: str) -> str:
        """A bold text cell."""
        return f'<c r="{at}" s="{HEADER}" t="inlineStr"><is><t xml:space="preserve">{guard.escaped(value, self.notes)}</t></is></c>'

    def whole(self, at: str, value: int) -> str:
        """A number, or text when Excel would round it."""
        if -_TOO_BIG < value < _TOO_BIG:
            return f'<c r="{at}"><v>{value}</v></c>'
        return self._number_as_text(at, str(value))

    def decimal(self, at: str, value: Decimal) -> str:
        """A number with its digits as they are, or text when Excel would round it."""
        if value.is_finite() and _fits(value):
            return f'<c r="{at}" s="{DECIMAL}"><v>{value}</v></c>'
        return self._number_as_text(at, str(value))

    def floating(self, at: str, value: float) -> str:
        """A number; infinity and not-a-number are text."""
        if isfinite(value):
            return f'<c r="{at}" s="{DECIMAL}"><v>{value!r}</v></c>'
        return self._number_as_text(at, str(value))

    def truth(self, at: str, value: bool) -> str:
        """TRUE or FALSE, in the words of the reader's Excel."""
        return f'<c r="{at}" t="b"><v>{value:d}</v></c>'

    def day(self, at: str, value: date) -> str:
        """A date."""
        if value < _FIRST_DATE:
            return self._early(at, value.isoformat())
        return f'<c r="{at}" s="{DATE}"><v>{value.toordinal() - _DAY_ZERO}</v></c>'

    def moment(self, at: str, value: datetime) -> str:
        """A date with time, in the zone of the workbook."""
        if self.zone is not UTC:
            value = in_zone(value, self.zone).replace(tzinfo=UTC)
        if value < _FIRST_DATETIME:
            return self._early(at, value.replace(tzinfo=None).isoformat(" "))
        since = value - _EPOCH
        serial = min(since.days + (since.seconds + since.microseconds / 1_000_000) / 86_400, _LAST_SERIAL)
        return f'<c r="{at}" s="{DATETIME}"><v>{serial!r}</v></c>'

    def _number_as_text(self, at: str, value: str) -> str:
        self.notes["numbers_as_text"] += 1
        return self.text(at, value)

    def _early(self, at: str, value: str) -> str:
        self.notes["early_dates_as_text"] += 1
        return self.text(at, value)


def _fits(value: Decimal) -> bool:
    """Whether Excel keeps every digit of `value`."""
    digits = value.as_tuple()
    exponent = digits.exponent
    assert isinstance(exponent, int)  # noqa: S101 - finite numbers have one
    if not -300 < exponent + len(digits.digits) < 300:
        return False
    written = "".join(map(str, digits.digits)).rstrip("0")
    return len(written) <= _DIGITS or (
        value != value.to_integral_value() and Decimal(repr(float(value))) == value
    )
