"""The invented archive of the target tests, made ready for a layout of any text."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmexport.fitting import Accounts, covered
from crmexport.target import Target, load_target
from crmexport.target.workshop import workshop
from crmexport.watch import nobody
from tests.target.conftest import archive, made

__all__ = ["Covering", "archive", "made"]

Covering = Callable[[str], Accounts]


def target_of(folder: Path, text: str) -> Target:
    """The layout written as `text`, or the one of ours with that name."""
    if "\n" not in text:
        return load_target(text)
    path = folder / "my.yaml"
    path.write_text(text, encoding="utf-8")
    return load_target(str(path))


@pytest.fixture
def covering(archive: Any, tmp_path: Path) -> Covering:
    """The accounts of a layout over the invented archive."""

    def run(text: str) -> Accounts:
        target = target_of(tmp_path, text)
        with workshop(archive, None, None, "en") as shop:  # type: ignore[arg-type]
            shop.prepare([target], nobody)
            return covered(shop, target)

    return run
