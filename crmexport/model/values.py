"""The small values that entities are made of."""

from datetime import datetime, tzinfo
from decimal import Decimal
from typing import NamedTuple


class Ref(NamedTuple):
    """A link to another entity: its kind, its id at the source, and the title met beside the link ("" if none)."""

    entity: str
    id: str
    title: str = ""


class Money(NamedTuple):
    """An amount in a currency (ISO 4217 code, "" when the source does not tell)."""

    amount: Decimal
    currency: str


class Moment(NamedTuple):
    """An instant: UTC, and the text it was written as at the source."""

    at: datetime
    original: str


def in_zone(at: datetime, zone: tzinfo) -> datetime:
    """`at` as clocks in `zone` show it; as it is where the calendar ends before they could: people write 9999-12-31 for “never”."""
    try:
        return at.astimezone(zone)
    except OverflowError:
        return at
