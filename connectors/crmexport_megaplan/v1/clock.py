"""The account's time zone: the times of the older API are local and do not say so (Megaplan reference, §12, §20.21).

It is an option of the connector. Where it is not given, the account's own clock is read beside the universal time in the head
of the same answer: their difference is an offset. Offsets change over the years, zones do not, so a whole offset is taken for
the zone that has it in Russia, where Megaplan is at home; another offset stays what it is.
"""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crmexport.source import Response
from crmexport.source.slices import pieces
from crmexport_megaplan.envelope import texts

QUARTER = 15 * 60
LATEST = 14 * 3600
ZONES = {
    2: "Europe/Kaliningrad",
    3: "Europe/Moscow",
    4: "Europe/Samara",
    5: "Asia/Yekaterinburg",
    6: "Asia/Omsk",
    7: "Asia/Krasnoyarsk",
    8: "Asia/Irkutsk",
    9: "Asia/Yakutsk",
    10: "Asia/Vladivostok",
    11: "Asia/Magadan",
    12: "Asia/Kamchatka",
}


def zone_of(response: Response) -> str | None:
    """The account's zone by an answer of its clock; None when it cannot be told."""
    now = _universal(response)
    _rest, data = pieces(response.body, "data")
    for text in texts([piece.value for piece in data]):
        try:
            told = datetime.fromisoformat(text)
        except ValueError:
            continue
        if told.tzinfo is not None:
            return _named(int((told.utcoffset() or UTC.utcoffset(None)).total_seconds()))
        if now is not None:
            return _named(round((told.replace(tzinfo=UTC) - now).total_seconds() / QUARTER) * QUARTER)
    return None


def _universal(response: Response) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError):
        return None


def _named(seconds: int) -> str | None:
    """The zone with this offset from UTC now; None for an offset that no place on earth has."""
    if abs(seconds) > LATEST:
        return None
    hours, rest = divmod(abs(seconds), 3600)
    if seconds > 0 and not rest and hours in ZONES:
        return ZONES[hours]
    return f"{'-' if seconds < 0 else '+'}{hours:02d}:{rest // 60:02d}"
