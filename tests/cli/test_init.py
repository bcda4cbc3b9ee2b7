"""`crmexport init` asks, tests, and writes a file that the other commands understand; no secret gets into it."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any, ClassVar, Literal

import pytest
import typer

import crmexport.source
from crmexport.cli import init, plan, sign_in
from crmexport.cli.app import build
from crmexport.cli.settings import defaults
from crmexport.errors import ConfigurationError, ExitCode, LeftOffError, OutputError, SignInRefusedError
from crmexport.source import Credentials
from crmexport.source.options import Option, Options
from crmexport.text import use_language
from tests.cli.conftest import Run


class Settings(Options):
    database: Annotated[str, Option("Name of the database")] = ""
    api: Annotated[Literal["old", "new"] | None, Option("Which API")] = None
    history: Annotated[bool, Option("Ask for histories")] = True
    zone: Annotated[str | None, Option("Zone of the account")] = None

    unasked: ClassVar[frozenset[str]] = frozenset({"zone"})


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    tested: list[Any] = []
    kind = SimpleNamespace(about=SimpleNamespace(name="odoo", options=Settings))
    find = crmexport.source.connector_class
    monkeypatch.setattr(crmexport.source, "connector_class", lambda name: kind if find(name) else None)
    monkeypatch.setattr(plan, "run", lambda *given: tested.append(given))
    monkeypatch.setenv("CRMEXPORT_TOKEN", "t")
    return tested


def answers(*texts: str) -> Callable[[str], str]:
    left = iter(texts)
    return lambda question: next(left)


def test_the_file_written_is_understood(tmp_path: Path, account: list[Any]) -> None:
    file = tmp_path / "crmexport.toml"
    assert init.run(file, answers("Odoo", "crm.example.com", "", 'la"b', "", "")) == 0
    given = ("odoo", "https://crm.example.com", {"database": 'la"b'}, 1.0, None, None)
    assert account == [(*given, Credentials(token="t"))]
    found = defaults(typer.main.get_command(build()), tmp_path)
    assert found["pull"] == {
        "source": "odoo",
        "url": "https://crm.example.com",
        "archive": "archive",
        "share": "100%",
        "settings": ['database=la"b'],
    }
    assert found["export"] == {"to": ["excel", "csv"], "out": "export", "lang": "en", "archive": "archive"}


def test_what_is_written_at_night_is_in_the_language_that_was_spoken(tmp_path: Path) -> None:
    use_language("ru")
    try:
        init.run(tmp_path / "crmexport.toml", answers("Odoo", "crm.example.com", "", "", "", ""))
    finally:
        use_language("en")
    found = defaults(typer.main.get_command(build()), tmp_path)
    assert (found["export"]["lang"], found["verify"]["lang"]) == ("ru", "ru")


def test_a_path_that_explorer_copied_is_written_without_its_quotation_marks(tmp_path: Path) -> None:
    init.run(tmp_path / "crmexport.toml", answers("odoo", "crm.example.com", '"D:\\crm\\архив"', "", "", ""))
    found = defaults(typer.main.get_command(build()), tmp_path)
    assert found["pull"]["archive"] == "D:\\crm\\архив"


@pytest.fixture
def typed_again(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The environments in which somebody was asked who signs in; the third token is the right one."""
    asked: list[Any] = []

    def credentials(environment: Any) -> Credentials:
        asked.append(environment)
        return Credentials(token=f"token {len(asked)}")

    monkeypatch.setattr(sign_in, "credentials", credentials)
    return asked


def test_an_account_that_refuses_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed_again: list[Any]
) -> None:
    def refused(*given: Any) -> int:
        raise SignInRefusedError("no")

    monkeypatch.setattr(plan, "run", refused)
    with pytest.raises(SignInRefusedError):
        init.run(tmp_path / "crmexport.toml", answers("odoo", "crm.example.com", "", "", "", ""))
    assert not list(tmp_path.iterdir())
    assert len(typed_again) == init.TRIES


def test_a_refused_sign_in_is_asked_for_again_and_costs_no_answer(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed_again: list[Any],
) -> None:
    def picky(*given: Any) -> int:
        if given[-1].token != "token 3":
            raise SignInRefusedError("https://crm.example.com says no.")
        return 0

    monkeypatch.setattr(plan, "run", picky)
    monkeypatch.setenv("CRMEXPORT_TOKEN", "token 1")
    file = tmp_path / "crmexport.toml"
    assert init.run(file, answers("odoo", "crm.example.com", "", "lab", "", "")) == 0
    told = capsys.readouterr().err
    assert told.count("says no.\nThis sign-in was refused: type it again.") == 2
    assert told.count("Part of it stood in CRMEXPORT_TOKEN") == 1
    assert typed_again == [None, {}, {}], "what is set in the environment is not tried again"
    assert 'database = "lab"' in file.read_text(encoding="utf-8")


def test_a_sign_in_that_is_not_typed_whole_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, account: list[Any]
) -> None:
    """One Enter too many, and the address and all options were gone."""

    def whole(*given: Any) -> int:
        if not given[-1].token:
            raise ConfigurationError("It wants a token. None was given.")
        return 0

    typed = iter([Credentials(), Credentials(token="t")])
    monkeypatch.setattr(sign_in, "credentials", lambda environment: next(typed))
    monkeypatch.setattr(plan, "run", whole)
    file = tmp_path / "crmexport.toml"
    assert init.run(file, answers("odoo", "crm.example.com", "", "lab", "", "")) == 0
    assert 'database = "lab"' in file.read_text(encoding="utf-8")


def test_ctrl_c_promises_nothing_that_is_kept(tmp_path: Path) -> None:
    def stopped(question: str) -> str:
        raise KeyboardInterrupt

    with pytest.raises(LeftOffError, match="Nothing was written") as told:
        init.run(tmp_path / "crmexport.toml", stopped)
    assert told.value.exit_code == ExitCode.INTERRUPTED


def test_what_is_wrong_besides_the_sign_in_is_not_asked_for_as_a_sign_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, typed_again: list[Any]
) -> None:
    def elsewhere(*given: Any) -> int:
        raise ConfigurationError("This API is not there.")

    monkeypatch.setattr(plan, "run", elsewhere)
    with pytest.raises(ConfigurationError, match="not there"):
        init.run(tmp_path / "crmexport.toml", answers("odoo", "crm.example.com", "", "", "", ""))
    assert len(typed_again) == 1


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    file = tmp_path / "crmexport.toml"
    file.write_text("[pull]\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="there already"):
        init.run(file, answers())
    assert file.read_text(encoding="utf-8") == "[pull]\n"


def test_a_folder_that_takes_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="file"):
        init.run(tmp_path / "file" / "crmexport.toml", answers("Odoo", "crm.example.com", "", "", "", ""))


def test_without_a_terminal_it_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    code, _, err = run("init")
    assert code == 2
    assert "start it at a terminal" in err


def test_the_address_of_a_database_is_taken_and_its_password_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "crmexport.toml"
    typed = ("postgresql://anna:s3cret@db/crm", "postgresql://anna@db/crm")
    assert init.run(file, answers("odoo", "crm.example.com", *typed, "", "", "")) == 0
    told = capsys.readouterr()
    assert "PGPASSWORD" in told.err and "s3cret" not in told.err + told.out
    text = file.read_text(encoding="utf-8")
    assert 'archive = "postgresql://anna@db/crm"' in text and "s3cret" not in text


def test_a_wrong_word_is_asked_for_again_and_costs_no_other_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "crmexport.toml"
    address, folder = ("http://crm.example.com", "crm.example.com"), ("я" * 200, "")
    assert init.run(file, answers("odo", "odoo", *address, *folder, "", "v4", "new", "")) == 0
    told = capsys.readouterr().err
    assert all(word in told for word in ("“odo”", "https://", "too long", "api=v4"))
    assert file.read_text(encoding="utf-8").count('api = "new"') == 1


def test_a_question_tells_what_may_be_answered(tmp_path: Path) -> None:
    asked: list[str] = []
    left = iter(("odoo", "crm.example.com", "", "", "", ""))
    init.run(tmp_path / "crmexport.toml", lambda question: asked.append(question) or next(left))
    assert asked[-2] == "Which API (api=old|new; press Enter to leave it as is usual): "


def test_a_question_in_russian_has_its_answers_in_russian(tmp_path: Path) -> None:
    asked: list[str] = []
    left = iter(("odoo", "crm.example.com", "", "", "", ""))
    use_language("ru")
    try:
        init.run(tmp_path / "crmexport.toml", lambda question: asked.append(question) or next(left))
    finally:
        use_language("en")
    assert "(history=да|нет; Enter" in asked[-1]


def test_yes_and_no_may_be_typed_in_russian(tmp_path: Path, account: list[Any]) -> None:
    init.run(tmp_path / "crmexport.toml", answers("odoo", "crm.example.com", "", "да", "", "Нет"))
    assert account[0][2] == {"database": "да", "history": "no"}


def test_what_is_neither_yes_nor_no_is_answered_in_the_words_of_the_question(
    tmp_path: Path, account: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """The person has typed no --set, and no “yes” in English is asked for."""
    use_language("ru")
    try:
        init.run(
            tmp_path / "crmexport.toml", answers("odoo", "crm.example.com", "", "", "", "не знаю", "нет")
        )
    finally:
        use_language("en")
    assert "Ответьте «да» или «нет», а не «не знаю»." in capsys.readouterr().err
    assert account[0][2] == {"history": "no"}


def test_nobody_is_asked_what_only_who_knows_the_api_can_answer(tmp_path: Path) -> None:
    asked: list[str] = []
    left = iter(("odoo", "crm.example.com", "", "", "", ""))
    init.run(tmp_path / "crmexport.toml", lambda question: asked.append(question) or next(left))
    assert len(asked) == 6 and not any("zone" in question for question in asked)
