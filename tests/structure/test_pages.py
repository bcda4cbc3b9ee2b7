"""What pages tell a reader to type, to click and to expect is there: commands, options, links, headings, exit codes."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from crmexport.cli.app import build
from crmexport.errors import ExitCode
from crmexport.text import translations

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
LAYOUTS = [*(ROOT / "mappings" / "to").glob("*.yaml")]  # with the texts of README.txt
EVERYWHERE = {"--lang", "--help", "--version"}
FOREIGN = {"--user", "--config", "--sourceusername", "--targetusername", "--write-docs"}
"""Options of pip, of Singer targets, of SFDMU, of pytest."""
COMMANDS = typer.main.get_command(build())
TYPED = re.compile(r"(?:^|[`/\"“(]|\| )crmexport ((?:[a-z-]+ ?)[^`\n|;&>»”]*)", re.M)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.M)
CODES = re.compile(r"^\| (\d+) \| (\w+)", re.M)
RUSSIAN_CODES = re.compile(r"(?:^|· |\n)(\d+): ")


def text_of(page: Path) -> str:
    """A page, with commands that go on in the next line on one."""
    return page.read_text(encoding="utf-8").replace("\\\n", " ")


def named(page: Path) -> Iterator[tuple[str, Any, list[str]]]:
    """The commands that a page names: as typed, what runs them, and the words that follow."""
    for found in TYPED.finditer(text_of(page)):
        command: Any = COMMANDS
        words = found[1].split()
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        yield found[1].strip(), command, words


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", one) for one in HEADING.findall(page.read_text("utf-8")))
    return {re.sub(r"[^\w\- ]", "", one.strip().lower()).replace(" ", "-") for one in plain}


@pytest.mark.parametrize("page", [*PAGES, *LAYOUTS], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_a_page_names_is_one_and_takes_the_options(page: Path) -> None:
    for typed, command, words in named(page):
        is_command = words[:1] == [] or words[0].startswith("-") or not hasattr(command, "commands")
        assert is_command, typed
        known = {option for param in command.params for option in param.opts} | EVERYWHERE
        options = [word.rstrip(".,:)") for word in words if word.startswith("--")]
        assert set(options) <= known, typed


@pytest.mark.parametrize(
    ("page", "heading", "lang"),
    [("report.md", "What else is in it", "en"), ("ru/report.md", "Что ещё в отчёте", "ru")],
)
def test_what_the_report_holds_is_named_as_in_the_report(page: str, heading: str, lang: str) -> None:
    """A reader looks for the same words on the page that lies beside."""
    part = text_of(ROOT / "docs" / page).split(f"## {heading}\n")[1].split("\n## ")[0]
    source = (ROOT / "crmexport" / "proof" / "page.py").read_text(encoding="utf-8")
    texts = [
        translations(lang).gettext(text)
        for found in re.findall(r'_\("(.+?)"\)|_\(\n +"(.+?)"\n', source)
        for text in found
        if text
    ]
    names = re.findall(r"\*\*(.+?)\*\*", part)
    assert len(names) > 10
    assert [name for name in names if not any(text.startswith(name) for text in texts)] == []


def options_of(command: Any) -> set[str]:
    """The options of a command, and of all commands in it."""
    own = {option for param in command.params for option in param.opts}
    return own.union(*map(options_of, getattr(command, "commands", {}).values()))


@pytest.mark.parametrize("page", [*PAGES, *LAYOUTS], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_option_that_a_page_names_alone_is_one_of_some_command(page: Path) -> None:
    known = options_of(COMMANDS) | EVERYWHERE | FOREIGN
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", page.read_text(encoding="utf-8"))) <= known


def test_commands_are_found_in_the_pages() -> None:
    """A pattern that finds nothing would pass whatever the pages say."""
    assert sum(1 for page in PAGES for _command in named(page)) > 200


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = link.partition("#")
        to = (page.parent / path).resolve() if path else page
        assert to.exists(), link
        assert not anchor or anchor in anchors(to), link


def test_the_pages_tell_every_exit_code() -> None:
    codes = {str(code.value) for code in ExitCode}
    english = text_of(ROOT / "docs/pulling.md").partition("## Exit codes")[2].partition("\n## ")[0]
    russian = text_of(ROOT / "docs/ru/pulling.md").partition("## Коды завершения")[2].partition("\n## ")[0]
    assert {code for code, _word in CODES.findall(english)} == codes
    assert set(RUSSIAN_CODES.findall(russian)) == codes


def test_every_russian_page_of_a_target_has_an_english_one_and_the_other_way_round() -> None:
    english = {page.name for page in (ROOT / "docs/targets").glob("*.md")} - {"your-own.md"}
    assert {page.name for page in (ROOT / "docs/ru/targets").glob("*.md")} == english


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_rows_of_tables_have_as_many_cells_as_their_heads(page: Path) -> None:
    """What a row has beyond them is not shown; a bar divides cells in code, too (GitHub Flavored Markdown, section 4.10)."""
    text = re.sub(r"^```.*?^```", "", text_of(page), flags=re.DOTALL | re.MULTILINE)
    for table in re.findall(r"(?:^\|.*\n)+", text, flags=re.MULTILINE):
        head, *rows = (len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines())
        assert {head} >= set(rows), table
