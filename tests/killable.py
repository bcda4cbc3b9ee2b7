"""Processes that tests kill. Where the system can fork they come from one that has everything imported, so that a kill costs no start."""

import multiprocessing
import os
from collections.abc import Callable, Mapping
from multiprocessing.process import BaseProcess

_WAY = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_context = multiprocessing.get_context(_WAY)
_context.set_forkserver_preload(["tests.pull.once", "tests.faults.once_killed"])


def started(work: Callable[..., None], *given: object) -> BaseProcess:
    """A process of its own that does `work` with what is given, in the environment of this moment."""
    process = _context.Process(target=_at_work, args=(dict(os.environ), work, *given), daemon=True)
    process.start()
    return process


def _at_work(environment: Mapping[str, str], work: Callable[..., None], *given: object) -> None:
    os.environ.clear()
    os.environ.update(environment)
    work(*given)
