"""Dates and times by a pattern such as `dd.mm.yyyy hh:mm:ss zzzz`, for importing programs that want their own order."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from crmexport.text import _

_token = re.compile("yyyy|zzzz|dd|mm|hh|ss")
_letters = re.compile(r"[^\W\d_TZ]+")
_before_clock = re.compile("([ T])")
_DAY: Mapping[str, Callable[[Any], str]] = {
    "yyyy": lambda value: f"{value.year:04}",
    "mm": lambda value: f"{value.month:02}",
    "dd": lambda value: f"{value.day:02}",
    "hh": lambda value: f"{value.hour:02}",
    "ss": lambda value: f"{value.second:02}",
    "zzzz": lambda value: f"{value:%z}"[:5],
}
_CLOCK: Mapping[str, Callable[[Any], str]] = {**_DAY, "mm": lambda value: f"{value.minute:02}"}


def dated(value: date, pattern: str) -> str:
    """`value` in a pattern of dd, mm, yyyy and, behind a blank or T, hh, mm (minutes), ss, zzzz (offset, +0300); "iso" is ISO.

    A day without a time loses the part behind the blank.
    """
    if pattern == "iso":
        return value.isoformat()
    day, *clock = _before_clock.split(pattern, maxsplit=1)
    text = _filled(value, day, _DAY)
    return (
        text + clock[0] + _filled(value, clock[1], _CLOCK) if clock and isinstance(value, datetime) else text
    )


def is_pattern(text: str) -> bool:
    """Whether `text` names any part of a date."""
    return bool(_token.search(text))


def refuse_other_letters(pattern: str) -> None:
    """Raise ValueError, a sentence, for letters that stand for no part of a date: every one of them would be written as it is."""
    found = _letters.search(_token.sub(" ", pattern))
    if pattern != "iso" and (found or not is_pattern(pattern)):
        raise ValueError(
            _(
                "“{letters}” is no part of a date. A pattern has dd, mm and yyyy; behind a blank or T it has hh, mm, ss and zzzz."
            ).format(letters=found[0] if found else pattern)
        )


def _filled(value: date, pattern: str, parts: Mapping[str, Callable[[Any], str]]) -> str:
    return _token.sub(lambda match: parts[match[0]](value), pattern)
