"""Whatever is typed wrongly gets one sentence with what to do next, exit code 2, and no traceback."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

WRONG = [
    (["pul"], "There is no command “pul”. Did you mean pull?"),
    (["archive", "chekc"], "Did you mean check?"),
    (["pull", "--sorce", "x"], "There is no option --sorce. Did you mean"),
    (["pull", "--token", "secret"], "There is no option --token"),
    (
        ["pull"],
        "--source is missing: give it here, or start in the folder of your crmexport.toml (“crmexport init” writes it) "
        "with “source” in it.",
    ),
    (["pull", "--source"], "--source is used wrongly"),
    (["connectors", "more", "words"], "“more words” is too much here"),
    (
        ["export", "--archive", "a", "--out", "o", "--to", "excel", "csv"],
        "“csv” is too much here: values belong right after their option. Of several values each has its option before it: "
        "--to … --to …",
    ),
    (["sandbox"], "NAME is missing."),
    (["--lang", "de"], "--lang takes “ru” or “en”, not “de”."),
    (["export", "--lang"], "--lang takes “ru” or “en”, not “”."),
    (["verify", "--offline=yes", "--archive", "a"], "--offline is used wrongly"),
]


@pytest.mark.parametrize(
    ("typed", "said"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_wrong_words_are_answered_by_one_sentence(run: Run, typed: list[str], said: str) -> None:
    code, out, err = run(*typed)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1
    assert "secret" not in err


def test_nothing_typed_shows_the_help(run: Run) -> None:
    code, _, err = run()
    assert code == 2
    assert "Usage: crmexport" in err


def test_version(run: Run) -> None:
    from crmexport import __version__

    assert run("--version") == (0, f"crmexport {__version__}\n", "")


@pytest.mark.parametrize(
    "typed",
    [
        ["pull", "--source", "megaplan", "--url", "https://x.example", "--archive", ""],
        ["verify", "--archive", "a", "--offline", "--out", " "],
        ["export", "--archive", "a", "--to", "csv", "--out", "o", "--people", ""],
        ["export", "--archive", "a", "--to", "csv", "--to", "", "--out", "o"],
        ["mapping", "new", "--archive", "a", "--to", "csv", ""],
    ],
)
def test_an_option_with_nothing_in_it_is_a_mistake_and_not_its_absence(run: Run, typed: list[str]) -> None:
    ended = run(*typed)
    assert ended.code == 2
    assert "there is nothing in it" in ended.err


def test_an_option_with_nothing_in_it_is_none_in_the_settings_either(run: Run, tmp_path: Path) -> None:
    (tmp_path / "crmexport.toml").write_text('[pull]\narchive = "a"\n[export]\nout = ""\n', encoding="utf-8")
    assert "--out is given, and there is nothing in it" in run("verify", "--offline").err
