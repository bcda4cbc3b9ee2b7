"""Text that a cell can hold: what XML or Excel would refuse or change is replaced, escaped or cut, and counted.

Rules: Personal tools reference, §7 (limits of Excel, rules 2 and 6).
"""

import re
from collections import Counter
from collections.abc import Callable

from crmexport.text import not_in_xml

LONGEST = 32_767
LONGEST_MARK = 160
REPLACEMENT = "\ufffd"

# Whatever must not reach the file as it stands: a text without any of these is written unchanged.
unusual: Callable[[str], re.Match[str] | None] = re.compile(
    r"[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_"
).search
_escape = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def units(text: str) -> int:
    """How many characters Excel counts in `text`: those beyond U+FFFF count twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, mark: str) -> str:
    """As much of `text` as Excel has room for with `mark` (what was cut, where the whole is) behind it."""
    mark = mark[:1] + mark[1:LONGEST_MARK].replace("…", "-")  # whoever reads it back looks for the last one
    room = LONGEST - units(mark)
    kept = text.encode("utf-16-le", "surrogatepass")[: room * 2].decode("utf-16-le", "surrogatepass")
    return (kept[:-1] if "\ud800" <= kept[-1] <= "\udbff" else kept) + mark


def escaped(text: str, notes: Counter[str]) -> str:
    """`text` as it stands between tags: forbidden characters replaced and counted, CR made LF, escapes escaped."""
    text, replaced = not_in_xml.subn(REPLACEMENT, text)
    if replaced:
        notes["replaced_characters"] += replaced
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        notes["line_ends_changed"] += 1
    text = _escape.sub("_x005F_", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
