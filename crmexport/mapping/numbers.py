"""Numbers, money and telephone numbers, from the forms in which systems write them.

Each function takes one value of a record and raises ValueError, TypeError or ArithmeticError for what it cannot read.
"""

import re
from decimal import Decimal
from typing import Any

from crmexport.model import Money

_LONGEST = 1000  # places before or behind the point: “1e5000” is a slip, and nothing writes it in figures
_SPACES = re.compile(r"[\s\u00a0\u202f']")
# Blanks are looked through from their first one alone: else thousands of them in a row would cost minutes.
_EXTENSION = re.compile(r"(?:[,;]|(?<!\s))\s*(?:доб\.?|вн\.?|ext\.?|x|#)\s*(\d{1,6})\s*$", re.IGNORECASE)
_TYPED = re.compile(r"\+?[\d\s().\-\u2010-\u2014\u00a0]+")


def decimal_of(value: Any) -> Decimal:
    """An exact number: of a JSON number its shortest text (no float noise), of a text its digits ("1 250,50" too)."""
    if isinstance(value, bool):
        raise TypeError("a yes-or-no value is not a number")
    if isinstance(value, float):
        value = repr(value)
    elif isinstance(value, str):
        value = _SPACES.sub("", value).replace(",", ".")
    number = Decimal(value)
    if not number.is_finite() or abs(number.adjusted()) > _LONGEST:
        raise ValueError("not a number that could be written out")
    return number


def integer_of(value: Any) -> int:
    """A whole number; a fraction is refused, not cut off."""
    number = decimal_of(value)
    if number != number.to_integral_value():
        raise ValueError("not a whole number")
    return int(number)


def money_of(value: Any) -> Money | None:
    """An amount: an object with `value` and `currency`, or a bare number (its currency is "" then)."""
    if not isinstance(value, dict):
        return Money(decimal_of(value), "")
    if value.get("value") is None:
        return None
    return Money(decimal_of(value["value"]), str(value.get("currency") or ""))


YES = frozenset({"1", "true", "yes", "on", "да"})
NO = frozenset({"0", "false", "no", "off", "нет", ""})


def bool_of(value: Any) -> bool:
    """Yes or no, also written as 1 and 0 or as a word."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word not in YES | NO:
        raise ValueError("neither yes nor no")
    return word in YES


def phone_of(value: Any) -> str:
    """A telephone number as "+79000000001", with " доб. 12" for an extension; what is not surely one stays as typed.

    Only what needs no library is decided: an international number begins with +, and a Russian one has 11 digits
    beginning with 8 or 7, or 10 beginning with 9.
    """
    typed = str(value).strip()
    extension = _EXTENSION.search(typed)
    bare = typed[: extension.start()] if extension else typed
    if not _TYPED.fullmatch(bare.strip()):
        return typed
    number = _international(bare.strip().startswith("+"), re.sub(r"\D", "", bare))
    if number is None:
        return typed
    return f"{number} доб. {extension[1]}" if extension else number


def _international(plus: bool, digits: str) -> str | None:
    if plus:
        return f"+{digits}" if 7 <= len(digits) <= 15 else None
    if len(digits) == 11 and digits[0] in "78":
        return f"+7{digits[1:]}"
    if len(digits) == 10 and digits[0] == "9":
        return f"+7{digits}"
    return None
