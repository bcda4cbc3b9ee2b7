"""Where each file goes: names differ whatever the source calls them, and as many as there are of one name cost no more than others."""

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from crmexport.archive.store import HeldFile
from crmexport.target.files import FilePlan

ANYTHING = Path(__file__)


def paths(names: Sequence[str]) -> list[str]:
    """The paths of files that hang on nothing, in their order."""
    files = [HeldFile(str(id), name, 1, [], "{}", "ab" * 32, ANYTHING) for id, name in enumerate(names)]
    archive = SimpleNamespace(files=lambda: iter(files))
    plan = FilePlan(sqlite3.connect(":memory:", isolation_level=None), *cast(Any, (archive, None, None)))
    assert plan.decide() == len(names)
    return [str(plan.path(file.id)).removeprefix("files/other/") for file in files]


def test_a_number_goes_to_the_next_that_is_free() -> None:
    names = ["a.png", "a (3).png", "A.png", "a.png", "a (2).png", "a.png", "b.png", "a (2).png"]
    assert paths(names) == [
        "a.png",
        "a (3).png",
        "A (2).png",
        "a (4).png",
        "a (2) (2).png",
        "a (5).png",
        "b.png",
        "a (2) (3).png",
    ]


def test_thousands_of_pictures_of_one_name_cost_no_time() -> None:
    begun = time.monotonic()
    found = paths(["image.png"] * 2000)
    assert time.monotonic() - begun < 5
    assert (found[0], found[1], found[-1]) == ("image.png", "image (2).png", "image (2000).png")
