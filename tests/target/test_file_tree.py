"""The page of attachments leads to every file under its name, whatever the names, and the fingerprints are those of the files."""

import hashlib
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from crmexport.target import Mismatch, Output, compare
from tests.target.invented import Entities, HeldArchive

Export = Callable[..., list[Output]]
NASTY = {
    "n1": ("<script>alert(1)</script>.pdf", b"1", [("deal", "31")]),
    "n2": ("a&amp;b #1 50% ?x='y'.txt", b"2", [("deal", "31")]),
    "n3": ("javascript:alert(1)", b"3", [("company", "1")]),
    "n4": ("\u202egnp.exe\n\"onmouseover='x'", b"4", []),
    "n5": ("Договор.pdf", b"5", [("deal", "32")]),
    "n6": ("отказано.pdf", None, [("deal", "32")]),
}


@pytest.fixture
def archive(tmp_path: Path, made: Entities) -> Any:
    made["deal"][0]["name"] = "<b>&'\"` {x}"
    (tmp_path / "held").mkdir()
    return HeldArchive(tmp_path / "held", NASTY)


@pytest.fixture
def comparing(archive: Any, tmp_path: Path) -> Callable[[], list[Mismatch]]:
    return lambda: list(compare(archive, None, None, tmp_path / "out"))  # type: ignore[arg-type]


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _value in attrs}
        self.links += [str(value) for name, value in attrs if name == "href"]
        self.ids += [str(value) for name, value in attrs if name == "id"]


def test_the_page_leads_to_every_file_and_runs_nothing(exporting: Export, tmp_path: Path) -> None:
    exporting("raw", lang="en")
    folder = tmp_path / "out" / "files"
    page = Page((folder / "index.html").read_text(encoding="utf-8"))
    assert page.tags <= {
        *("html", "head", "meta", "title", "style", "body"),
        *("h1", "h2", "h3", "ul", "li", "a"),
    }
    assert page.attributes <= {"lang", "charset", "name", "content", "id", "href"}
    assert not [link for link in page.links if urlsplit(link).scheme]
    found = [(folder / unquote(link)).read_bytes() for link in page.links]
    assert sorted(found) == [b"1", b"2", b"3", b"4", b"5"]
    assert {"deal", "deal:31", "deal:32", "company:1", "other"} <= set(page.ids)


def test_names_of_any_length_fit_a_narrow_screen(exporting: Export, tmp_path: Path) -> None:
    """One long name of a record made a telephone show the whole page too small to read."""
    exporting("raw")
    page = (tmp_path / "out" / "files" / "index.html").read_text(encoding="utf-8")
    assert "overflow-wrap:anywhere" in page.partition("body{")[2].partition("}")[0]


def test_the_fingerprints_are_those_of_the_files(exporting: Export, tmp_path: Path) -> None:
    exporting("raw")
    folder = tmp_path / "out" / "files"
    lines = [line.split("  ", 1) for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()]
    assert len(lines) == 5
    for sha256, path in lines:
        assert hashlib.sha256((folder / path).read_bytes()).hexdigest() == sha256


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("index.html", "Договор.pdf</a>", "Договoр.pdf</a>"),
        ("index.html", 'href="deal/32', 'href="deal/33'),
        ("index.html", "</body>", "<script>1</script></body>"),
        ("SHA256SUMS", "  deal/32", "  deal/33"),
        ("SHA256SUMS", "ef2d127de37b", "ef2d127de37c"),
    ],
)
def test_a_change_is_named(
    exporting: Export,
    comparing: Callable[[], list[Mismatch]],
    tmp_path: Path,
    file: str,
    old: str,
    new: str,
) -> None:
    exporting("raw", lang="en")
    assert comparing() == []
    path = tmp_path / "out/files" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
    assert {one.path for one in comparing()} == {f"files/{file}"}
    path.unlink()
    assert {one.path for one in comparing()} == {f"files/{file}"}
