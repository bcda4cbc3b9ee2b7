"""What may be asked of a Megaplan account without changing anything in it.

A GET of the newer API only reads, with exceptions that the vendor's description names: a file's share address is published
by asking for it, an export job is queued, a deal scheme is made of a preset, an integration gets another token, an edited
document is saved or given up, a form of a site is switched off, a code is sent by SMS, caches are emptied, an order is begun, a notification is taken for read
(Megaplan reference, §7, §9). None is ever asked, nor anything else below the same roots, which hold nothing of the company's.
The older API changes things by GET as well, so no path outside is allowed but those files lie under. Dot segments are refused: some clients resolve them, and the path asked would be another.
"""

import json
import re
from typing import Any

from crmexport.source import ReadRule

_PLAIN = r"(?!.*(?i:/(?:\.|%2e){1,2}(?:/|$)))"
_NOT_MERELY_READ = r"(?:attache/shareUrl|account(?:Order)?|banner|bot|customLeadForm|diskSpace|editorSession|integration|mailServerConfig|notification|programPreset)(?:/|$)"
API_PATH = re.compile(_PLAIN + rf"/api/v3(?:/(?!{_NOT_MERELY_READ}|.*/export/?$)[^\\?#]*)?")
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
