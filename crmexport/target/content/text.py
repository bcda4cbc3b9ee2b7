"""Content lines as bytes: escaped, and folded at 75 octets (RFC 5545, §3.1; RFC 6350, §3.2)."""

import re
from collections import Counter
from urllib.parse import quote

REPLACEMENT = "\ufffd"
_LONGEST = 75  # octets, without the line end
_unwanted = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")
_breaks = re.compile(r"\r\n?")
_special = re.compile(r"[\\;,]")
_unsafe = re.compile(r"[\x00-\x20\x7f-\xa0\\\"<>\u2028\u2029]+")


def escaped(text: str, notes: Counter[str]) -> str:
    """A text as it stands in a value. Signs that no reader takes are replaced and counted, and so are old line ends."""
    if "\r" in text:
        text = _breaks.sub("\n", text)
        notes["line_ends_changed"] += 1
    text, replaced = _unwanted.subn(REPLACEMENT, text)
    notes["replaced_characters"] += replaced
    return _special.sub(r"\\\g<0>", text).replace("\n", r"\n")


def address(text: str, notes: Counter[str]) -> str:
    """An address: what would break the line, or be taken for an escape, is percent-encoded and counted."""
    text, replaced = re.subn(r"[\ud800-\udfff]", REPLACEMENT, text)
    notes["replaced_characters"] += replaced
    text, changed = _unsafe.subn(lambda match: quote(match[0], safe=""), text)
    notes["encoded_addresses"] += bool(changed)
    return text


def folded(line: str) -> bytes:
    """A line with its end; a long one goes on behind a blank, and no letter is cut in two."""
    data = line.encode()
    if len(data) <= _LONGEST:
        return data + b"\r\n"
    pieces: list[bytes] = []
    start = 0
    while start < len(data):
        end = min(start + _LONGEST - (1 if pieces else 0), len(data))
        while end < len(data) and data[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(data[start:end])
        start = end
    return b"\r\n ".join(pieces) + b"\r\n"
