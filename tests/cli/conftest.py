"""Running `crmexport` inside the test's process, in an empty folder, with no credentials around."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from crmexport.cli import main
from crmexport.text import use_language


class Outcome(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Call it with what would be typed."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRMEXPORT_LANG", "en")
    monkeypatch.setenv("LANGUAGE", "en")
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("CRMEXPORT_TOKEN", "CRMEXPORT_LOGIN", "CRMEXPORT_PASSWORD"):
        monkeypatch.delenv(name, raising=False)

    def typed(*arguments: str) -> Outcome:
        code = main(arguments)
        return Outcome(code, *capsys.readouterr())

    yield typed
    use_language("en")
