"""The attachments for people and for checking: a page that leads to each of them, and their fingerprints."""

import html
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from crmexport.model import ENTITIES
from crmexport.text import N_, translations

PAGE = "index.html"
SUMS = "SHA256SUMS"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}"
    "h3{margin:1rem 0 0;font-size:1rem}ul{margin:0}"
)
Translate = Callable[[str], str]


class Listed(NamedTuple):
    """One attachment: its path within the folder of attachments, such as "deal/31 Name/Contract.pdf", and its SHA-256 in hex."""

    path: str
    sha256: str

    @property
    def folders(self) -> tuple[str, str]:
        """The kind of what it belongs to, and the folder of that ("": none)."""
        kind, _slash, rest = self.path.partition("/")
        return kind, rest.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.rpartition("/")[2]


def write_tree(folder: Path, listed: Callable[[], Iterable[Listed]], lang: str) -> list[Path]:
    """Write the page and the fingerprints of all that is `listed`, which is in the order of the paths."""
    page, sums = folder / PAGE, folder / SUMS
    with page.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in _page(listed(), lang))
    with sums.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{one.sha256}  {one.path}\n" for one in listed())
    return [page, sums]


def attachments(folder: Path) -> int:
    """How many files `write_tree` has listed in `folder`."""
    with (folder / SUMS).open("rb") as sums:
        return sum(1 for _line in sums)


def _page(listed: Iterable[Listed], lang: str) -> Iterator[str]:
    translate = translations(lang).gettext
    title = html.escape(translate(N_("Attachments")))
    yield f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>'
    yield f'<meta name="viewport" content="width=device-width">\n<style>{_STYLE}</style>\n</head>'
    yield f"<body>\n<h1>{title}</h1>"
    for kind, files in groupby(listed, key=lambda one: one.folders[0]):
        yield f'<h2 id="{html.escape(kind)}">{html.escape(_kind(kind, translate))}</h2>'
        for folder, in_folder in groupby(files, key=lambda one: one.folders[1]):
            yield from _folder(kind, folder, in_folder)
    yield "</body>\n</html>"


def _kind(kind: str, translate: Translate) -> str:
    return translate(ENTITIES[kind].title if kind in ENTITIES else N_("Other"))


def _folder(kind: str, folder: str, files: Iterable[Listed]) -> Iterator[str]:
    """The files of one record; `id` lets other documents lead here: index.html#deal:31."""
    if folder:
        id_ = html.escape(f"{kind}:{folder.partition(' ')[0]}")
        yield f'<h3 id="{id_}">{html.escape(folder)}</h3>'
    yield "<ul>"
    for one in files:
        yield f'<li><a href="{html.escape(quote(one.path))}">{html.escape(one.name)}</a></li>'
    yield "</ul>"
