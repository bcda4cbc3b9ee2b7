"""Names of time zones, as options of the connector give them."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crmexport.text import N_, _

ZONE = N_(
    "The time zone of the account, such as Europe/Moscow or +05:00, for API v1; asked of the account itself if not given"
)
_OFFSET = re.compile(r"[+-](?:0\d|1[0-4]):[0-5]\d")


def known_zone(name: str) -> str:
    """`name` itself, if it is a zone or an offset such as +05:00. Raises ValueError with a sentence."""
    if _OFFSET.fullmatch(name):
        return name
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        sentence = _("There is no time zone “{name}”. Write it as UTC, +03:00 or Europe/Moscow.")
        raise ValueError(sentence.format(name=name)) from error
