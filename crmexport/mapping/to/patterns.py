"""Dates and times by a pattern such as `dd.mm.yyyy hh:mm:ss zzzz`, for importing programs that want their own order."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

_token = re.compile("yyyy|zzzz|dd|mm|hh|ss")
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


def _filled(value: date, pattern: str, parts: Mapping[str, Callable[[Any], str]]) -> str:
    return _token.sub(lambda match: parts[match[0]](value), pattern)
