"""Whole child processes and what they cost: start-up, interpreter and grandchildren included."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
KIB = 1024


class Cost(NamedTuple):
    """What a process and all it waited for took: CPU and wall seconds, MiB of the largest of them; and what it printed."""

    cpu: float
    wall: float
    peak: float
    output: str


class FailedError(Exception):
    """A child process did not do its work, so there is nothing to measure."""


def run(command: Sequence[str | Path], env: Mapping[str, str] | None = None) -> Cost:
    """Run `command` to its end. Raises FailedError with the end of what it complained about."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as complaints:
        started = time.monotonic()
        process = subprocess.Popen(
            [str(word) for word in command],
            stdout=output,
            stderr=complaints,
            env=_surroundings(env),
            cwd=ROOT,
        )
        try:
            _pid, status, usage = os.wait4(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise FailedError(
                f"{' '.join(map(str, command))[:200]} ended with {process.returncode}:\n{_end(complaints)}"
            )
        return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / KIB, _text(output))


def python(module: str, *words: Any, env: Mapping[str, str] | None = None) -> Cost:
    """Run one of the bench's own modules with this very Python."""
    return run([sys.executable, "-m", module, *map(str, words)], env)


def interleaved(rounds: int, candidates: Mapping[str, Callable[[], Cost]]) -> dict[str, list[Cost]]:
    """Every candidate once a round, so that a noisy moment meets all of them alike."""
    costs: dict[str, list[Cost]] = {name: [] for name in candidates}
    for number in range(rounds):
        for name, candidate in candidates.items():
            costs[name].append(candidate())
            print(
                f"  round {number + 1}/{rounds} {name}: {costs[name][-1].cpu:.2f} CPU s",
                file=sys.stderr,
                flush=True,
            )
    return costs


def _surroundings(more: Mapping[str, str] | None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CRMEXPORT_")}
    return {**kept, "NO_PROXY": "127.0.0.1", "PYTHONHASHSEED": "0", **(more or {})}


def _text(file: Any) -> str:
    file.seek(0)
    return str(file.read().decode("utf-8", "replace"))


def _end(file: Any) -> str:
    return _text(file)[-2000:]
