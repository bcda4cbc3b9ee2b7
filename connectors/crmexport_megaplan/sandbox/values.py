"""Megaplan's value types (Megaplan reference, §5) as JSON values."""

from datetime import date
from typing import Any

Body = dict[str, Any]

DAY = 86_400
NOW = 1_763_640_000  # 2025-11-20T12:00:00Z: the sandbox's present, so that every run gives the same bytes
OPENED = 1_514_786_400  # 2018-01-01T06:00:00Z: the first record of every kind
_EPOCH = date(1970, 1, 1).toordinal()


def link(content_type: str, id: str) -> Body:
    """A bare link."""
    return {"contentType": content_type, "id": id}


def moment(seconds: int) -> Body:
    """A DateTime: `seconds` since 1970, UTC."""
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, 3600)
    day = date.fromordinal(_EPOCH + days).isoformat()
    return {"contentType": "DateTime", "value": f"{day}T{hours:02d}:{rest // 60:02d}:{rest % 60:02d}+00:00"}


def day(seconds: int) -> Body:
    """A DateOnly; months count from 0."""
    given = date.fromordinal(_EPOCH + seconds // DAY)
    return {"contentType": "DateOnly", "year": given.year, "month": given.month - 1, "day": given.day}


def birthday(year: int | None, month: int, dom: int) -> Body:
    """A DateOnly that may lack its year; `month` from 1 to 12."""
    known = {} if year is None else {"year": year}
    return {"contentType": "DateOnly", **known, "month": month - 1, "day": dom}


def seconds_of(value: Body) -> int:
    """The begin of a DateOnly or the instant of a DateTime, as seconds since 1970. Raises KeyError, ValueError."""
    if value["contentType"] == "DateOnly":
        return (date(value["year"], value["month"] + 1, value["day"]).toordinal() - _EPOCH) * DAY
    from datetime import datetime

    return int(datetime.fromisoformat(value["value"]).timestamp())


def interval(seconds: int) -> Body:
    """A DateInterval."""
    return {"contentType": "DateInterval", "value": seconds}


def money(drawn: int, currency: str = "RUB") -> Body:
    """An amount made from one draw: whole, fractional, negative, zero, with float noise, in roubles or not."""
    rate, value = 1, drawn * 25
    shape = drawn % 16
    if shape == 3:
        value = 0
    elif shape == 5:
        value = -value
    noisy: float = value
    if shape in (7, 8):
        noisy = value = value + 0.1 + 0.2  # type: ignore[assignment]
    elif shape == 9:
        noisy = value + 0.00000001
    elif shape == 11 and currency == "RUB":
        currency, rate, noisy = "USD", 97.35, value * 97.35  # type: ignore[assignment]
    return {"contentType": "Money", "currency": currency, "value": value, "valueInMain": noisy, "rate": rate}
