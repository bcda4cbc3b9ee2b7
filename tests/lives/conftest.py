"""What every life stands on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crmexport.conformance import lines
from tests.faults.inprocess import in_order


@pytest.fixture(autouse=True)
def one_after_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Calls come in the same order every time; the kept sign-in is this test's own; and a night of failures takes many calls."""
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(lines, "RUNAWAY", 20_000)
    with in_order():
        yield
