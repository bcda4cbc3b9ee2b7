"""An invented archive and a way to export it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmexport.target import Output, export, load_target
from tests.target.invented import Entities, HeldArchive, Mapped, entities


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Entities:
    """The entities of the invented archive; a test may change them before it exports."""
    found = entities()
    monkeypatch.setattr(
        "crmexport.target.workshop.MappedArchive", lambda archive, connector, mapping: Mapped(found)
    )
    return found


@pytest.fixture
def archive(tmp_path: Path, made: Entities) -> Any:
    held = tmp_path / "held"
    held.mkdir()
    return HeldArchive(held)


@pytest.fixture
def exporting(archive: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Output]]:
    """Export the named targets into `tmp_path/out` (or `out`)."""

    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))

    def run(
        *names: str, excel: bool = False, out: Path | None = None, lang: str = "ru", **options: Any
    ) -> list[Output]:
        targets = [load_target(name, excel=excel) for name in names]
        return export(archive, None, None, targets, out or tmp_path / "out", lang=lang, **options)  # type: ignore[arg-type]

    return run
