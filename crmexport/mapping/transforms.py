"""The transforms that a mapping file may name, one small function each, and the one that each type of field has by default.

In: one value of a record, never an empty one. Out: a value of the type that its field has; None when there is nothing in it.
A transform raises ValueError, TypeError, KeyError or ArithmeticError for what it cannot read.
"""

import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date as date_type
from decimal import Decimal
from functools import cache, partial
from typing import Any

from crmexport.mapping.markup import text_of
from crmexport.mapping.numbers import bool_of, decimal_of, integer_of, money_of, phone_of
from crmexport.mapping.properties import labelled
from crmexport.mapping.times import (
    counted,
    date_of,
    day_begun_at,
    local_date_of,
    minutes_of,
    moment_of,
    when_of,
    zone_named,
)
from crmexport.model import Moment, Money, Ref, Type

Convert = Callable[[Any], Any]
UNREADABLE = (ValueError, TypeError, KeyError, ArithmeticError, AttributeError)


@dataclass(frozen=True, slots=True)
class Transform:
    """A named way to read a value. `make` takes the transform's options by keyword and gives the function."""

    name: str
    make: Callable[..., Convert]
    is_zoned: bool = False  # its moments stand for days of the account's own zone

    @property
    def options(self) -> list[str]:
        """The options it takes."""
        return _parameters(self.make)


@cache
def _parameters(make: Callable[..., Convert]) -> list[str]:
    return list(inspect.signature(make).parameters)


def filled(value: Any) -> bool:
    """Whether there is something in a value of a record: not null, false, "", [] or {}; a zero is something."""
    return bool(value) or (value == 0 and value is not False)


def plain_of(value: Any) -> str | None:
    """The value as it is, as text: numbers without float noise, lists joined by ", ", other objects as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else None
    if isinstance(value, (int, Decimal)):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, list):
        return ", ".join(filter(None, map(plain_of, value)))
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def plain() -> Convert:
    """The value as it is, as text."""
    return plain_of


def words_of(value: Any) -> str | None:
    """Any value of ours as a person reads it: a moment as it was written, an amount with its currency, a link by its title.

    Of a link without a title there is nothing to read: it needs a field of its own, as a link. In a list links have their ids.
    """
    if isinstance(value, Ref):
        return value.title or None
    if isinstance(value, Moment):
        return value.original
    if isinstance(value, Money):
        return f"{value.amount:f} {value.currency}".strip()
    if isinstance(value, date_type):
        return value.isoformat()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(filter(None, map(_listed, value))) or None
    return None if value is None else plain_of(value)


def _listed(value: Any) -> str | None:
    return f"{value.title or value.entity} #{value.id}" if isinstance(value, Ref) else words_of(value)


def words(read: Convert = plain_of) -> Convert:
    """Whatever the value is, as a person reads it: objects that say what they are as that, all else as it is."""
    return lambda value: value if isinstance(value, str) else words_of(read(value))


def described() -> Convert:
    """A value that stands beside its own description: its label, and the value in the words of its choices."""
    return lambda told: labelled(told, plain_of)


def cells(read: Convert = plain_of) -> Convert:
    """The cells of a row, objects with a `field` and a `value` each: a line “field: value” for each that is not empty, in words."""
    shown = words(read)

    def lines(value: Any) -> str | None:
        told = ((cell["field"], shown(cell["value"])) for cell in value if cell.get("value") is not None)
        return "\n".join(f"{field}: {text}" for field, text in told if text) or None

    return lines


def label(labels: Mapping[str, str] | None = None) -> Convert:
    """What the source calls a field for people, for the name of that field; nothing where it does not say."""
    known = labels or {}
    return lambda value: known.get(value) if isinstance(value, str) else None


def text() -> Convert:
    """HTML as plain text; line breaks and the words of mentions stay."""
    return lambda value: text_of(value if isinstance(value, str) else plain_of(value) or "")


def phone() -> Convert:
    """A telephone number as "+79000000001"; what is not surely one stays as typed."""
    return phone_of


def date(month_base: int = 1) -> Convert:
    """A day: an object with year, month (counted from `month_base`) and day, or ISO text; "--MM-DD" without a year."""
    return date_of if month_base == 1 else partial(date_of, month_base=month_base)


def moment(zone: str = "utc", unit: str | None = None) -> Convert:
    """An instant: ISO text or an object with it under `value`; without an offset it is in `zone`. Or a number of `unit` since 1970."""
    return counted(moment_of if zone == "utc" else partial(moment_of, zone=zone_named(zone)), unit)


def when(month_base: int = 1, zone: str = "utc", unit: str | None = None) -> Convert:
    """A whole day or an instant, whichever the value is; an instant may be a number of `unit` since 1970."""
    return counted(partial(when_of, month_base=month_base, zone=zone_named(zone)), unit)


def local_date(zone: str = "utc", unit: str | None = None) -> Convert:
    """The day that an instant (or a number of `unit` since 1970) means in `zone` (the account's own by default)."""
    return counted(partial(local_date_of, zone=zone_named(zone)), unit)


def midnight(zone: str = "utc", month_base: int = 1) -> Convert:
    """The day that begins at an instant, in whatever zone that is midnight; in `zone` if it is none. A day stays that day."""
    return partial(day_begun_at, zone=zone_named(zone), month_base=month_base)


def money() -> Convert:
    """An amount: an object with value and currency, or a number (name the path of the currency as `currency`)."""
    return money_of


def number() -> Convert:
    """An exact decimal number."""
    return decimal_of


def integer() -> Convert:
    """A whole number."""
    return integer_of


def boolean() -> Convert:
    """Yes or no, also written as 1 and 0 or as a word."""
    return bool_of


def opposite() -> Convert:
    """No for yes, and yes for no."""
    return lambda value: not bool_of(value)


def minutes(unit: str = "seconds") -> Convert:
    """A length of time in minutes: a number of `unit` (milliseconds, seconds, minutes, hours, days), or an object with seconds."""
    return partial(minutes_of, unit=unit)


def choice(map: Mapping[str, str] | None = None) -> Convert:  # noqa: A002 - the option's name in mapping files
    """A word of ours for each word of the source, by `map`; a word that is not in it stays as it is, and is counted."""
    words = dict(map or {})

    def convert(value: Any) -> Any:
        word = str(value).lower() if isinstance(value, bool) else plain_of(value)
        return words.get(word or "", None if value is False else word)

    return convert


TRANSFORMS: dict[str, Transform] = {
    one.name: one
    for one in (
        Transform("plain", plain),
        Transform("words", words),
        Transform("cells", cells),
        Transform("label", label),
        Transform("described", described),
        Transform("text", text),
        Transform("phone", phone),
        Transform("date", date),
        Transform("datetime", moment),
        Transform("when", when),
        Transform("local_date", local_date, is_zoned=True),
        Transform("midnight", midnight, is_zoned=True),
        Transform("money", money),
        Transform("number", number),
        Transform("integer", integer),
        Transform("bool", boolean),
        Transform("not", opposite),
        Transform("minutes", minutes),
        Transform("choice", choice),
    )
}

BY_TYPE: dict[Type, str] = {
    Type.TEXT: "plain",
    Type.HTML: "plain",
    Type.URL: "plain",
    Type.NUMBER: "number",
    Type.INTEGER: "integer",
    Type.BOOL: "bool",
    Type.DATE: "date",
    Type.MOMENT: "datetime",
    Type.WHEN: "when",
    Type.MONEY: "money",
    Type.MINUTES: "minutes",
    Type.CHOICE: "choice",
    Type.TEXTS: "plain",
}
"""The transform of a field whose rule names none."""
