"""Whatever the source calls its things, a terminal shows it and does not obey it."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

import crmexport.cli
from crmexport.cli import progress
from crmexport.cli.mapping import print_table
from crmexport.cli.saying import echo
from crmexport.text import visible

HOSTILE = "Ok\x1b[2J\x1b]0;gone\x07 \x9b31m\rComplete \u202egpj.exe\u2069"
SHOWN = "Ok\\u001b[2J\\u001b]0;gone\\u0007 \\u009b31m\\u000dComplete \\u202egpj.exe\\u2069"


class Refused:
    kind = "gap"

    def as_dict(self) -> dict[str, Any]:
        return {"event": "gap", "title": HOSTILE, "id": "5", "reason": HOSTILE, "is_new": True}


def test_what_is_said_steers_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    echo(HOSTILE)
    echo(HOSTILE, err=True)
    print_table(("a" * 3,), [(HOSTILE,)])
    out, err = capsys.readouterr()
    assert err == f"{SHOWN}\n"
    assert out.startswith(f"{SHOWN}\n") and "\x1b" not in out and "\u202e" not in out


def test_nor_does_a_line_of_a_log_or_of_a_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = io.StringIO()
    progress.PlainLines("Pull", log)(Refused())
    assert log.getvalue().endswith(f"not obtained: {SHOWN} 5: {SHOWN}\n")
    with progress._bar("Pull") as watch:
        watch(Refused())
    err = capsys.readouterr().err
    assert "\\u001b]0;gone" in err and "\x1b]0" not in err and "\u202e" not in err and "\x9b" not in err


def test_a_script_reads_what_was_meant() -> None:
    stream = io.StringIO()
    progress.JsonLines(stream)(Refused())
    assert json.loads(stream.getvalue())["title"] == HOSTILE
    assert "\x9b" not in stream.getvalue() and "\u202e" not in stream.getvalue()


def test_words_of_every_language_stay() -> None:
    words = "«Ромашка»\tООО\n日本 שלום مرحبا 👩\u200d💻\u00a0é"
    assert visible(words) == words


def test_no_command_speaks_past_it() -> None:
    sources = Path(crmexport.cli.__path__[0]).glob("*.py")
    assert [file.name for file in sources if "typer.echo(" in file.read_text("utf-8")] == ["saying.py"]
