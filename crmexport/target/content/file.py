"""Items as a file: the frame around all of them, and each between BEGIN and END."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from crmexport.target.content.item import Item, Line
from crmexport.target.content.text import folded

_ROOM = 1 << 16  # bytes that one more item may take


class Frame(NamedTuple):
    """What stands before all items, behind each BEGIN, and behind all items."""

    before: bytes = b""
    begun: bytes = b""
    behind: bytes = b""


def write_items(
    path: Path, items: Iterable[Item], text: Callable[[Line], str], frame: Frame, most_bytes: int | None
) -> int:
    """Write items, their properties made `text`; when `most_bytes` are near, no more are taken. Gives their number."""
    number = 0
    with path.open("wb") as file:
        file.write(frame.before)
        for item in items:
            file.write(f"BEGIN:{item.kind}\r\n".encode() + frame.begun)
            file.writelines(folded(text(line)) for line in item.lines)
            file.write(f"END:{item.kind}\r\n".encode())
            number += 1
            if most_bytes is not None and file.tell() + _ROOM > most_bytes:
                break
        file.write(frame.behind)
    return number
