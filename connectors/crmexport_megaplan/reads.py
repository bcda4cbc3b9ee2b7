"""What may be asked of a Megaplan account without changing anything in it.

A GET of the newer API only reads, but for two: a file's share address is published by asking for it, and an export job
is queued (Megaplan reference, §7, §9). The older API changes things by GET as well, so no path outside is allowed but
those files lie under. Dot segments are refused: some clients resolve them, and the path asked would be another.
"""

import json
import re
from typing import Any

from crmexport.source import ReadRule

_PLAIN = r"(?!.*(?i:/(?:\.|%2e){1,2}(?:/|$)))"
API_PATH = re.compile(_PLAIN + r"/api/v3(?:/(?!attache/shareUrl(?:/|$)|.*/export/?$)[^\\?#]*)?")
FILE_PATH = re.compile(
    _PLAIN + r"/(?:attach|attache|avatars?|files?|images?|photos?|static|uploads?)/[^\\#]+"
)
BULK_PATH = "/api/v3/bulk"
OLDER_CLOCK = "/BumsCommonApiV01/System/datetime.api"  # tells whether the older API is there


def only_reads(body: str) -> bool:
    """Whether every call within a bulk body is a GET of the newer API. Anything that cannot be understood is not."""
    try:
        calls = json.loads(body)["calls"]
        return bool(calls) and all(_is_read(call) for call in calls)
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def _is_read(call: dict[str, Any]) -> bool:
    return (
        call["method"] == "GET"
        and not call.get("body")
        and API_PATH.fullmatch(call["url"].partition("?")[0]) is not None
    )


READS = (
    ReadRule("GET", API_PATH),
    ReadRule("GET", FILE_PATH),
    ReadRule("POST", re.compile(re.escape(BULK_PATH)), only_reads),
    ReadRule("POST", re.compile(r"/api/v3/auth/access_token")),
    ReadRule("GET", re.compile(re.escape(OLDER_CLOCK))),
)
