"""The signature that every request carries (Megaplan reference, §14)."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha1

from urllib3.util import parse_url

from crmexport.source import Request

JSON = "application/json"
USUAL_PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """The host of the account at `url` as requests name it: its letters in ASCII, without the port that needs no saying (RFC 9110, §7.2)."""
    parts = parse_url(url)
    host = (parts.host or "").rstrip(".")
    return host if parts.port in (None, USUAL_PORTS.get(parts.scheme or "")) else f"{host}:{parts.port}"


def headers(host: str, key: tuple[str, str], request: Request, now: float) -> Mapping[str, str]:
    """The headers that sign `request`, sent to `host` at `now` (seconds since the epoch) with `key` = (AccessId, SecretKey)."""
    date = format_datetime(datetime.fromtimestamp(int(now), UTC))
    signed = signature(
        key[1], request.method, request.headers.get("Content-Type", ""), date, host + request.path
    )
    return {"Date": date, "Accept": JSON, "X-Authorization": f"{key[0]}:{signed}"}


def signature(secret: str, method: str, content_type: str, date: str, address: str) -> str:
    """The signature over the lines given; `address` is host, path and query exactly as sent, `date` the header as sent.

    The Base64 is of the 40 hexadecimal digits, not of the 20 bytes: 56 characters. The line for Content-MD5 stays empty.
    """
    text = "\n".join((method, "", content_type, date, address))
    digits = hmac.new(secret.encode(), text.encode(), sha1).hexdigest()
    return b64encode(digits.encode("ascii")).decode("ascii")
