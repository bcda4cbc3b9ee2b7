"""`crmexport.toml` gives every option but secrets; what is typed wins; mistakes name file, table, key and the nearest word."""

from pathlib import Path
from typing import Any

import pytest
import typer

from crmexport.cli.app import build
from crmexport.cli.settings import FILE, defaults
from crmexport.errors import ConfigurationError


def group() -> Any:
    return typer.main.get_command(build())


def told(folder: Path, text: str, language: str | None = None) -> Any:
    (folder / FILE).write_text(text, encoding="utf-8")
    return defaults(group(), folder, language)


def test_no_file_means_no_defaults(tmp_path: Path) -> None:
    assert all(not options for options in defaults(group(), tmp_path)["plan"].values())


def test_values_come_as_the_command_line_gives_them(tmp_path: Path) -> None:
    found = told(
        tmp_path,
        '[pull]\nurl = "u"\nrate = 3.5\njson = true\nset = {database = "crm"}\n[export]\nto = ["csv"]\n',
    )
    assert found["pull"] == {"url": "u", "rate": "3.5", "as_json": True, "settings": ["database=crm"]}
    assert found["export"] == {"to": ["csv"]}


def test_a_day_needs_no_quotation_marks(tmp_path: Path) -> None:
    """TOML knows days by themselves."""
    assert told(tmp_path, "[plan]\nuntil = 2026-12-04\n")["plan"] == {"until": "2026-12-04"}


def test_a_single_text_serves_where_a_list_is_taken(tmp_path: Path) -> None:
    assert told(tmp_path, '[export]\nto = "csv"\n')["export"] == {"to": ["csv"]}


def test_the_archive_is_named_once(tmp_path: Path) -> None:
    found = told(tmp_path, '[pull]\narchive = "a"\n[export]\nout = "o"\n')
    assert found["export"] == {"archive": "a", "out": "o"}
    assert found["verify"] == {"archive": "a", "out": "o"}
    assert all(found["archive"][name] == {"archive": "a"} for name in ("show", "check", "history", "prune"))


def test_a_table_of_its_own_wins_over_a_lent_value(tmp_path: Path) -> None:
    found = told(tmp_path, '[pull]\narchive = "a"\n[archive.check]\narchive = "b"\n')
    assert found["archive"]["check"] == {"archive": "b"}


def test_a_typed_language_wins_everywhere(tmp_path: Path) -> None:
    found = told(tmp_path, '[export]\nlang = "en"\n', "ru")
    assert (found["export"]["lang"], found["verify"]["lang"]) == ("ru", "ru")


WRONG = [
    ("[pul]\n", "there is no “pul”. Did you mean pull?"),
    ("lang = 'ru'\n", "“lang” stands above every table"),
    ("[pull]\nshere = '50%'\n", "[pull]: there is no “shere”. Did you mean share?"),
    (
        "[pull]\njson = 'yes'\n",
        '[pull]: “json” does not take "yes". It takes true or false, without quotation marks.',
    ),
    ("[pull]\nurl = true\n", "[pull]: “url” does not take true. It takes a text between quotation marks."),
    ("[export]\nto = 3\n", "[export]: “to” does not take 3."),
    ("[archive]\nshow = 3\n", "[archive]: “show” does not take 3."),
    (
        "[archive]\narchive = 'a'\n",
        "[archive]: there is no “archive”. Did you mean show, accept, rebuild, outline, check, history, prune?",
    ),
    ("archive = 'a'\n", "“archive” stands above every table. Put it below the line of its command"),
    ("[pull\n", "line 1 is not TOML"),
    ("url = “https://x”\n", "must be straight ones"),
    ("[pull]\nurl https://x\n", "line 2 is not TOML"),
    ('[pull]\narchive = "C:\\Users\\anna"\n', "between single quotation marks"),
    ('[pull]\narchive = "D:\\new\\table"\n', "“archive” has a line end or another sign in it"),
    ('[pull]\nurl = "a"\nurl = "b"\n', "This key or table stands above already"),
    ("[pull]\n[export]\n[pull]\n", "This key or table stands above already"),
    ('[pull]\narchive = "D:\\new\\table"\n', "between single quotation marks"),
    ('[export]\nto = ["D:\\table.yaml"]\n', "[export]: “to” has a line end or another sign in it"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        told(tmp_path, text)
    assert str(tmp_path / FILE) in str(caught.value)
    assert said in str(caught.value)


def test_a_file_as_windows_saves_it_is_read_or_told_of(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("[pull]\narchive = 'a'\n", encoding="utf-16")
    with pytest.raises(ConfigurationError, match="is not UTF-8 text. Save it as UTF-8"):
        defaults(group(), tmp_path)


def test_a_file_that_may_not_be_read_is_told_of(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(ConfigurationError, match=FILE):
        defaults(group(), tmp_path)


def test_no_secret_has_a_place_in_the_file(tmp_path: Path) -> None:
    for key in ("token", "login", "password"):
        with pytest.raises(
            ConfigurationError, match=f"secrets stand in no file .* from CRMEXPORT_{key.upper()}"
        ):
            told(tmp_path, f'[pull]\n{key} = "hidden"\n')


def test_every_command_on_an_archive_takes_it_from_the_file(tmp_path: Path) -> None:
    found = told(tmp_path, "[pull]\narchive = 'kept'\n")
    commands = group().commands
    for name, command in [
        *commands.items(),
        *((f"archive {one}", it) for one, it in commands["archive"].commands.items()),
    ]:
        if any("--archive" in param.opts for param in getattr(command, "params", ())):
            tree = found
            for word in name.split():
                tree = tree.get(word, {})
            assert tree.get("archive") == "kept", name
