"""What `is`, `multiply` and `markup` of a column rule make of a value."""

import html
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from crmexport.mapping.to.row import Row
from crmexport.mapping.to.schema import ColumnRule
from crmexport.mapping.to.table import Cell
from crmexport.model import in_zone

# The value, and whether it says all that the cell said: what does not is told in the overflow too.
Shape = Callable[[Row, Cell], tuple[Cell, bool]]
# An address that importers take: many refuse the whole row of another. A Cyrillic letter in a Latin name is a slip of the pen.
_of_name = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_of_domain = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?|[^\W_A-Za-z](?:[^\W_A-Za-z]|-(?=[^\W_A-Za-z]))*)"
_top = r"(?:[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]|[^\W\dA-Za-z_]{2,})"
_email = re.compile(rf"{_of_name}(?:\.{_of_name})*@(?:{_of_domain}\.)+{_top}").fullmatch
_opens_macro = re.compile(r"(?<!\\)\{")


def shape(rule: ColumnRule, zone: tzinfo) -> Shape:
    """What the rule makes of a value."""
    if rule.multiply is not None:
        return _multiplied(rule.multiply)
    shapes: dict[str, Shape] = {
        "date": _date(zone),
        "datetime": _datetime,
        "moment": _moment(time(), zone),
        "midday": _moment(time(12), zone),
        "evening": _moment(time(23, 59), zone),
        "clock": _clock(zone),
        "day_after": _day_after(zone),
        "is_day": _is_day,
        "has_time": _has_time,
        "truth": _truth,
        "duration": _duration,
        "number": _number,
        "whole": whole,
        "email": _as_email,
        "text": _text,
    }
    return shapes[rule.is_ or "text"]


def precedes(rule: ColumnRule, zone: tzinfo) -> Callable[[Row, Cell, Cell], bool]:
    """Whether a time or a day, as the rule writes it, comes before another one; of a time and a day, the days count."""
    written = shape(rule, zone) if rule.is_ in ("moment", "midday", "evening") else _datetime

    def before(row: Row, one: Cell, other: Cell) -> bool:
        one, other = written(row, one)[0], written(row, other)[0]
        if not isinstance(one, date) or not isinstance(other, date):
            return False
        if isinstance(one, datetime) != isinstance(other, datetime):
            one, other = _day(one, zone), _day(other, zone)
        return one < other

    return before


def fit(is_: str | None) -> Callable[[str], object]:
    """Whether a text may stand in a column of that kind."""
    return _email if is_ == "email" else lambda value: True


def _date(zone: tzinfo) -> Shape:
    def shaped(row: Row, cell: Cell) -> tuple[Cell, bool]:
        return (_day(cell, zone), True) if isinstance(cell, date) else (None, False)

    return shaped


def _day(value: date, zone: tzinfo) -> date:
    return in_zone(value, zone).date() if isinstance(value, datetime) else value


def _datetime(row: Row, cell: Cell) -> tuple[Cell, bool]:
    return (cell, True) if isinstance(cell, date) else (None, False)


def _moment(of_day: time, zone: tzinfo) -> Shape:
    """A time; a whole day is one of its times in the layout's zone: its beginning, its end, or noon, the same day in other zones too."""

    def shaped(row: Row, cell: Cell) -> tuple[Cell, bool]:
        if isinstance(cell, date) and not isinstance(cell, datetime):
            return datetime.combine(cell, of_day, zone), True
        return _datetime(row, cell)

    return shaped


def _clock(zone: tzinfo) -> Shape:
    """The time of day as the USA write it, which importers of calendars read; a whole day has none."""

    def shaped(row: Row, cell: Cell) -> tuple[Cell, bool]:
        if isinstance(cell, datetime):
            at = in_zone(cell, zone)
            return f"{at.hour % 12 or 12:02}:{at:%M:%S} {'AM' if at.hour < 12 else 'PM'}", True
        return None, isinstance(cell, date)

    return shaped


def _day_after(zone: tzinfo) -> Shape:
    """The day of a time; for a last day the one after it, where the target counts the end no more."""

    def shaped(row: Row, cell: Cell) -> tuple[Cell, bool]:
        if isinstance(cell, date) and not isinstance(cell, datetime):
            return (cell + timedelta(days=1), True) if cell < date.max else (cell, True)
        return _date(zone)(row, cell)

    return shaped


def _is_day(row: Row, cell: Cell) -> tuple[Cell, bool]:
    """Whether it is a whole day, without a time."""
    return (not isinstance(cell, datetime), True) if isinstance(cell, date) else (None, False)


def _has_time(row: Row, cell: Cell) -> tuple[Cell, bool]:
    """Whether it is a time of a day, not a whole day."""
    return (isinstance(cell, datetime), True) if isinstance(cell, date) else (None, False)


def _truth(row: Row, cell: Cell) -> tuple[Cell, bool]:
    """Yes or no, also as the words that `choice` has for them."""
    return {"true": (True, True), "false": (False, True)}.get(str(cell).lower(), (None, False))


def _duration(row: Row, cell: Cell) -> tuple[Cell, bool]:
    """Minutes as ISO 8601 writes a length of time: PT1H30M."""
    number = _as_number(cell)
    if number is None or number < 0 or number != int(number):
        return None, False
    hours, minutes = divmod(int(number), 60)
    return "PT" + (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes or not hours else ""), True


def _number(row: Row, cell: Cell) -> tuple[Cell, bool]:
    number = _as_number(cell)
    return number, number is not None


def _as_number(cell: Cell) -> int | Decimal | None:
    if isinstance(cell, (int, Decimal)):
        return cell
    try:
        value = Decimal(str(cell).replace(" ", "").replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def whole(row: Row, cell: Cell) -> tuple[Cell, bool]:
    """A number without its fraction, rounded as people do."""
    number = _as_number(cell)
    if number is None:
        return None, False
    rounded = int(Decimal(number).to_integral_value(ROUND_HALF_UP))
    return rounded, rounded == number


def _multiplied(factor: int) -> Shape:
    def shaped(row: Row, cell: Cell) -> tuple[Cell, bool]:
        number = _as_number(cell)
        return (None, False) if number is None else (number * factor, True)

    return shaped


def _text(row: Row, cell: Cell) -> tuple[Cell, bool]:
    return row.shown.text(cell), True


def _as_email(row: Row, cell: Cell) -> tuple[Cell, bool]:
    address = cell.strip() if isinstance(cell, str) else ""
    return (address, True) if _email(address) else (None, False)


def as_html(text: str) -> str:
    """Plain text as HTML that shows the same."""
    return "<p>" + "<br>".join(html.escape(text, quote=False).splitlines()) + "</p>"


def as_wiki(text: str) -> str:
    """Plain text as wiki markup that shows the same: a brace would open a macro (Jira reference, §2)."""
    return _opens_macro.sub(r"\\{", text)


MARKUPS: Mapping[str, Callable[[str], str]] = {"html": as_html, "wiki": as_wiki}
