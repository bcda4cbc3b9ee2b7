"""Items as a file: the frame around all of them, and each between BEGIN and END."""

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from crmexport.target.content.item import Item, Line
from crmexport.target.content.text import folded
from crmexport.target.table_files import Part


class Frame(NamedTuple):
    """What stands before all items, behind each BEGIN, and behind all items."""

    before: bytes = b""
    begun: bytes = b""
    behind: bytes = b""


def write_items(
    path: Path, part: Part, items: Iterable[Item], text: Callable[[Line], str], frame: Frame
) -> int:
    """Write the `items` of a part, their properties made `text`, as many as there is room for. Gives their number.

    The first stands there however big it is. What had to be changed in the one given back counts where it will stand.
    """
    number, kept = 0, Counter(part.notes)
    with path.open("wb") as file:
        file.write(frame.before)
        for item in items:
            data = _item(item, text, frame)
            if number and part.most_bytes and file.tell() + len(data + frame.behind) > part.most_bytes:
                part.left.give_last_back()
                part.notes.clear()
                part.notes.update(kept)
                break
            file.write(data)
            number, kept = number + 1, Counter(part.notes)
        file.write(frame.behind)
    return number


def _item(item: Item, text: Callable[[Line], str], frame: Frame) -> bytes:
    lines = b"".join(folded(text(line)) for line in item.lines)
    return f"BEGIN:{item.kind}\r\n".encode() + frame.begun + lines + f"END:{item.kind}\r\n".encode()
