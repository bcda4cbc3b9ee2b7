"""What every test of faults stands on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.inprocess import in_order


@pytest.fixture(autouse=True)
def one_after_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Calls come in the same order every time; the kept sign-in is this test's own."""
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    with in_order():
        yield
