"""Dates and times by a pattern such as `dd.mm.yyyy hh:mm:ss zzzz`, for importing programs that want their own order."""

import re
from datetime import date, datetime
from typing import Any

_token = re.compile("yyyy|zzzz|dd|mm|hh|ss")


def dated(value: date, pattern: str) -> str:
    """`value` in a pattern of dd, mm, yyyy and, behind a blank, hh, mm (minutes), ss, zzzz (offset, +0300); "iso" is ISO.

    A day without a time loses the part behind the blank.
    """
    if pattern == "iso":
        return value.isoformat()
    day, blank, clock = pattern.partition(" ")
    text = _filled(value, day)
    return f"{text} {_filled(value, clock, minutes=True)}" if blank and isinstance(value, datetime) else text


def is_pattern(text: str) -> bool:
    """Whether `text` names any part of a date."""
    return bool(_token.search(text))


def _filled(value: Any, pattern: str, minutes: bool = False) -> str:
    make = {
        "yyyy": lambda: f"{value.year:04}",
        "mm": lambda: f"{value.minute if minutes else value.month:02}",
        "dd": lambda: f"{value.day:02}",
        "hh": lambda: f"{value.hour:02}",
        "ss": lambda: f"{value.second:02}",
        "zzzz": lambda: f"{value:%z}"[:5],
    }
    return _token.sub(lambda match: make[match[0]](), pattern)
