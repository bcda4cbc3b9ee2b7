"""Write words of a source into a YAML file so that they stay words, whatever is in them."""

import re
from collections.abc import Mapping
from typing import Any

_HARMLESS = re.compile(r"[^\W\d_][\w .()/+-]*(?<=[\w.)+])")
_MEANT_OTHERWISE = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def quoted(text: str) -> str:
    """`text` as a YAML scalar on one line that reads back as the same text: plain where that is safe, else quoted."""
    if _HARMLESS.fullmatch(text) and text.casefold() not in _MEANT_OTHERWISE and text.isprintable():
        return text
    return '"' + "".join(map(_escaped, text)) + '"'


def flow(value: Any) -> str:
    """A value of texts, numbers, truths, lists and keys as YAML on one line that reads back as the same value."""
    if isinstance(value, str):
        return '"' + "".join(map(_escaped, value)) + '"'
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(str(key))}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(flow, value)) + "]"
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return "\\" + sign
    if sign.isprintable():
        return sign
    if sign == "\n":
        return "\\n"
    code = ord(sign)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def comment(text: str, longest: int = 200) -> str:
    """`text` fit to stand behind a `#`: on one line, nothing in it that ends the line, of bearable length."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
