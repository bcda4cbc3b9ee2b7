"""One pull of a sandbox in a process that kills itself at a given moment."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from crmexport.archive.content import Content
from tests.faults.inprocess import in_order, pulled, small


def pull_killed(folder: Path, place: str, number: int) -> None:
    """Ends the process at moment `number` of that `place`; at its end, with 0 where the pull is complete, if there are fewer."""
    with in_order(), counted(place, number):
        result = pulled(folder, small())
    sys.exit(0 if result.complete else 3)


@contextmanager
def counted(place: str, fatal: int = 0) -> Iterator[list[int]]:
    """The moments of a pull within, numbered from 1, at one of which this process dies.

    `place` "commit": after a commit of the archive's database; "before commit": with that commit still to be made;
    "file": between a file's arrival at its place and the commit that notes it.
    """
    owner, name = (Content, "take") if place == "file" else (Connection, "commit")
    work, passed = getattr(owner, name), [0]

    def counting(*given: Any) -> Any:
        passed[0] += 1
        if passed[0] == fatal and place.startswith("before"):
            os.kill(os.getpid(), signal.SIGKILL)
        done = work(*given)
        if passed[0] == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(owner, name, counting)
        yield passed
