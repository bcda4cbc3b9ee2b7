"""Names for files and folders that Windows, macOS and Linux all take, whatever the source called the thing.

Nothing that comes out leaves its folder, is hidden from a person, or is a device of Windows.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import count

# Bytes of UTF-8 for one name, some file systems take 143; and three quarters as many characters, because Windows counts
# those of the whole path: it opens 259.
LONGEST = 120
_forbidden = re.compile(
    r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\ud800-\udfff\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff]'
)
# Besides what is called a blank: letters of Hangul and Braille that look like nothing. A hundred of them push “.exe” out of sight.
_blanks = re.compile(r"[\s\u115f\u1160\u2800\u3164\uffa0]+")
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in "0123456789¹²³"]
)
_LONGEST_ENDING = 16


def safe_name(name: str, fallback: str, longest: int = LONGEST, is_file: bool = True) -> str:
    """`name` as one part of a path, of at most `longest` bytes and three quarters as many characters; `fallback` when nothing of it is left.

    A file keeps its ending (".pdf") when the rest must be cut.
    """
    clean = _blanks.sub(" ", _forbidden.sub("_", unicodedata.normalize("NFC", name))).strip(" ").rstrip(". ")
    if not clean.strip("_. "):
        clean = fallback
    if clean.startswith(".") or clean.partition(".")[0].strip().casefold() in _RESERVED:
        clean = "_" + clean
    return _fitting(*_split(clean, is_file), "", longest)


def file_name(table: str) -> str:
    """What the file of a table is called, without its ending."""
    return safe_name(table, fallback="table", is_file=False)


def numbered(name: str, longest: int = LONGEST, first: int = 1) -> Iterator[str]:
    """`name`, then `name (2)`, `name (3)` … with the number before the ending: until one is free. From number `first` on."""
    stem, ending = _split(name, is_file=True)
    for number in count(first):
        yield name if number == 1 else _fitting(stem, ending, f" ({number})", longest)


def _split(name: str, is_file: bool) -> tuple[str, str]:
    """The name and its ending with the dot; "" for none worth keeping."""
    stem, dot, ending = name.rpartition(".")
    if not is_file or not stem or " " in ending or len(ending.encode()) > _LONGEST_ENDING:
        return name, ""
    return stem, dot + ending


def _fitting(stem: str, ending: str, addition: str, longest: int) -> str:
    end = addition + ending
    kept = stem.encode()[: longest - len(end.encode())].decode("utf-8", "ignore")
    kept = kept[: longest * 3 // 4 - len(end)]
    return (kept if kept == stem and ending else kept.rstrip(". ")) + addition + ending
