"""Dates as HTTP writes them in its headers (RFC 9110 §5.6.7)."""

from datetime import UTC
from email.utils import parsedate_to_datetime


def moment_of(date: str) -> float | None:
    """Seconds since the epoch; None for what is no date. One that names no zone, as an old form of HTTP has it, is in UTC."""
    try:
        at = parsedate_to_datetime(date)
    except (ValueError, OverflowError):  # the latter of a zone that is no number of hours
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
