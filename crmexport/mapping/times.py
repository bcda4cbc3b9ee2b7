"""Dates, instants and lengths of time, from the forms in which systems write them.

Every function takes one value of a record and gives a date, a Moment or minutes; it raises ValueError or TypeError for what it
cannot read, and the caller keeps the original then. Nothing here guesses a time zone: a time without one is in the zone that
the mapping file names (UTC by default).
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crmexport.mapping.numbers import decimal_of
from crmexport.model import Moment, in_zone
from crmexport.text import _

_OFFSET = re.compile(r"([+-])([01]\d|2[0-3]):([0-5]\d)")
SECONDS = {
    "milliseconds": Decimal("0.001"),
    "seconds": Decimal(1),
    "minutes": Decimal(60),
    "hours": Decimal(3600),
    "days": Decimal(86400),
}
_START = datetime(1970, 1, 1, tzinfo=UTC)  # from which computers count
EASTERNMOST = 12  # o'clock in UTC when a day begins in the easternmost zone that counts, +12


@cache
def zone_named(name: str) -> tzinfo:
    """The time zone called `name` ("utc", "+03:00", "Europe/Moscow"). Raises ValueError with a sentence when there is none."""
    if name.lower() == "utc":
        return UTC
    if offset := _OFFSET.fullmatch(name):
        sign, hours, minutes = offset.groups()
        return timezone((-1 if sign == "-" else 1) * timedelta(hours=int(hours), minutes=int(minutes)))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        sentence = _("there is no time zone “{name}”. Write it like “Europe/Moscow”.")
        raise ValueError(sentence.format(name=name)) from error


def is_zone(name: str) -> bool:
    """Whether there is a time zone called `name`."""
    try:
        zone_named(name)
    except ValueError:
        return False
    return True


def date_of(value: Any, month_base: int = 1) -> date | str:
    """A date: `{"year", "month", "day"}` with months counted from `month_base`, or ISO text of which the day counts.

    Without a year it is the text "--MM-DD".
    """
    if isinstance(value, dict):
        month, day = int(value["month"]) - month_base + 1, int(value["day"])
        year = value.get("year")
        return date(int(year), month, day) if year else _yearless(month, day)
    if not isinstance(value, str):
        raise TypeError("a date is a text or an object")
    return date.fromisoformat(value[:10])


def _yearless(month: int, day: int) -> str:
    date(2000, month, day)  # a leap year: refuses what is no day at all
    return f"--{month:02}-{day:02}"


def moment_of(value: Any, zone: tzinfo = UTC) -> Moment:
    """An instant: ISO text, or an object with it under `value`; without an offset it is in `zone`."""
    text = value["value"] if isinstance(value, dict) else value
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    return Moment(at.astimezone(UTC), text)


def counted(read: Callable[[Any], Any], unit: str | None) -> Callable[[Any], Any]:
    """`read`, of instants written as a number of `unit` since 1970 as well; None: none are. Anything else stays with `read`."""
    if unit is None:
        return read
    each = SECONDS[unit] * 1_000_000

    def convert(value: Any) -> Any:
        number = _number(value)
        if number is None:
            return read(value)
        told = read((_START + timedelta(microseconds=int(number * each))).isoformat())
        return Moment(told.at, str(value)) if isinstance(told, Moment) else told

    return convert


def _number(value: Any) -> Decimal | None:
    """The number that is written, if one is: texts may hold one, or a time."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        return None
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return None


def when_of(value: Any, month_base: int = 1, zone: tzinfo = UTC) -> date | str | Moment:
    """A whole day (as `date_of`) or an instant (as `moment_of`), whichever the value is."""
    if isinstance(value, dict) and "value" not in value:
        return date_of(value, month_base)
    if isinstance(value, str) and len(value) == 10:
        return date_of(value)
    return moment_of(value, zone)


def local_date_of(value: Any, zone: tzinfo) -> date:
    """The day that an instant means in `zone`: midnight there may still be the day before in UTC."""
    return in_zone(moment_of(value).at, zone).date()


def day_begun_at(value: Any, zone: tzinfo, month_base: int = 1) -> date | str:
    """The day that begins at an instant, somewhere from London to Kamchatka: a source may write days as midnight in a zone it
    does not tell. Any other instant lies in the day that it has in `zone`. What is written as a day is that day.
    """
    told = when_of(value, month_base, UTC)
    if not isinstance(told, Moment):
        return told
    at = told.at
    is_midnight = not (at.second or at.minute % 30) and (at.hour >= EASTERNMOST or at.hour == 0)
    return (at + timedelta(hours=24 - EASTERNMOST)).date() if is_midnight else local_date_of(value, zone)


def minutes_of(value: Any, unit: str = "seconds") -> int:
    """A length of time in whole minutes: a number of `unit`, or an object with it under `value` or `seconds`."""
    if isinstance(value, dict):
        value = value["value"] if value.get("value") is not None else value["seconds"]
    minutes = decimal_of(value) * SECONDS[unit] / 60
    return int(minutes.quantize(Decimal(1), ROUND_HALF_UP))
