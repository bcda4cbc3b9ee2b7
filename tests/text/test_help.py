"""The help of every command is in one language: Russian when asked, with no English left over, and the other way round."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from crmexport.cli import main
from crmexport.cli.app import build
from crmexport.text import use_language

DOCS = Path(__file__).parents[2] / "docs"
NAMES = {
    *(
        "crmexport",
        "rebuild",
        "outline",
        "accept",
        "crm",
        "excel",
        "csv",
        "bitrix24",
        "raw",
        "singer",
        "json",
        "ctrl",
        "megaplan",
        "odoo",
        "toml",
        "html",
        "report",
    ),
    *(
        "https",
        "mycompany",
        "ru",
        "en",
        "database",
        "init",
        "demo",
        "plan",
        "pull",
        "export",
        "verify",
        "archive",
        "check",
    ),
    *(
        "sandbox",
        "connectors",
        "targets",
        "lang",
        "crmexport_lang",
        "crmexport_token",
        "crmexport_login",
        "yaml",
    ),
    *("crmexport_password", "port", "europe", "moscow", "postgresql", "api"),
    "company",
    "deal",
    "task",
    "history",
    "show",
    "prune",
    *(
        "mapping",
        "coverage",
        "check",
        "preview",
        "new",
        "people",
        "stages",
        "to-excel",
        "from-excel",
        "to",
        "from",
        "map",
        "my",
        "crm",
        "xlsx",
        "excel",
    ),
    "connector",
}
"""Latin words that are names: of commands, files, formats, variables."""


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, (*path, name))


ALL = list(commands(typer.main.get_command(build())))


def shown(path: tuple[str, ...], language: str, capsys: pytest.CaptureFixture[str]) -> str:
    try:
        assert main([*path, "--help", "--lang", language]) == 0
    finally:
        use_language("en")
    return capsys.readouterr().out


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_russian_help_is_russian_throughout(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    text = re.sub(r"--[a-z-]+", "", shown(path, "ru", capsys))
    left = {word for word in re.findall(r"[A-Za-z_][A-Za-z_0-9]+", text) if word.lower() not in NAMES}
    assert not left


@pytest.mark.parametrize("path", ALL, ids=" ".join)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_no_line_in_a_list_of_commands_is_cut(
    path: tuple[str, ...], language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not re.search(r"[^\]]\.\.\.$", shown(path, language, capsys), re.M)


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_english_help_has_no_russian(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert not re.findall(r"[А-Яа-яЁё]+", shown(path, "en", capsys))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_option_is_explained(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    command = typer.main.get_command(build())
    for name in path:
        command = command.commands[name]
    assert command.help
    assert all(param.help for param in command.params if param.param_type_name == "option")


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_argument_is_explained(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    usage, _, text = shown(path, "en", capsys).partition("\n\n")
    named = {*re.findall(r"[\[{]([A-Z]+)", usage)} - {"OPTIONS", "ARGS"}
    assert all(re.search(rf"^  {name}  +[A-Z]", text, re.M) for name in named)


def test_every_option_is_named_in_the_documentation(capsys: pytest.CaptureFixture[str]) -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in DOCS.glob("*.md"))
    known = {
        option for path in ALL for option in re.findall(r"^  (--[a-z-]+)", shown(path, "en", capsys), re.M)
    }
    assert not {option for option in known if not re.search(rf"{option}\b(?!-)", pages)}
