"""Read the page and the fingerprints of the attachments back, and hold them against what is there."""

from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from crmexport.target.readback.mismatch import Mismatch, shown

_CHUNK = 1 << 16
_END: Any = object()


def in_sums(path: str, file: Path, meant: Iterable[tuple[str, str]]) -> Iterator[Mismatch]:
    """Every line that is not the fingerprint and path of `meant` (path, SHA-256)."""
    with file.open(encoding="utf-8", newline="\n") as lines:
        found = (tuple(reversed(line.removesuffix("\n").split("  ", 1))) for line in lines)
        yield from _differences(path, meant, found)


def in_page(path: str, file: Path, meant: Iterable[tuple[str, str]]) -> Iterator[Mismatch]:
    """Every link of the page that does not lead to the path of `meant` under the name that its path has."""
    wanted = ((one, one.rpartition("/")[2]) for one, _sha256 in meant)
    yield from _differences(path, wanted, _links(file))


def _differences(
    path: str, meant: Iterable[tuple[str, ...]], found: Iterable[tuple[str, ...]]
) -> Iterator[Mismatch]:
    for number, (one, there) in enumerate(zip_longest(meant, found, fillvalue=_END), start=1):
        if one != there:
            yield Mismatch(path, number, "", *(shown("—" if x is _END else x) for x in (one, there)))
            if _END in (one, there):
                return


def _links(file: Path) -> Iterator[tuple[str, str]]:
    reader = _Links()
    with file.open(encoding="utf-8") as text:
        while chunk := text.read(_CHUNK):
            reader.feed(chunk)
            yield from reader.taken()
    reader.close()
    yield from reader.taken()


class _Links(HTMLParser):
    """Collects where links lead and what stands in them. Scripts and frames have no business here."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[tuple[str, str]] = []
        self._href: str | None = None
        self._text = ""

    def taken(self) -> list[tuple[str, str]]:
        """The links that are whole by now."""
        found, self._found = self._found, []
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A link begins."""
        if tag in ("script", "iframe", "img", "object"):
            self._found.append((tag, ""))
        if tag == "a":
            self._href, self._text = unquote(dict(attrs).get("href") or ""), ""

    def handle_data(self, data: str) -> None:
        """What stands in it."""
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        """It ends."""
        if tag == "a" and self._href is not None:
            self._found.append((self._href, self._text))
            self._href = None
