"""Days and instants as iCalendar writes them (RFC 5545, §3.3.4, 3.3.5)."""

from datetime import UTC, date, datetime


def written(value: date) -> str:
    """What stands behind the name of a property: ":20261201T150000Z" or ";VALUE=DATE:20261201"."""
    if isinstance(value, datetime):
        at = value.astimezone(UTC).replace(tzinfo=None)
        return f":{_day(at)}T{at.hour:02}{at.minute:02}{at.second:02}Z"
    return f";VALUE=DATE:{_day(value)}"


def _day(value: date) -> str:
    return f"{value.year:04}{value.month:02}{value.day:02}"
