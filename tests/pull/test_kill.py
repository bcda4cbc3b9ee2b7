"""SIGKILL at any instant: the pull goes on, ends with the same archive, and repeats no request but those in flight."""

import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox

from crmexport.archive import Archive, Place, place_of
from crmexport.errors import ConfigurationError
from crmexport.pull import pull
from crmexport.pull.flights import UNLIMITED
from crmexport.source import Account, Credentials
from tests.conftest import Naming, address
from tests.killable import started
from tests.pull.once import pull_once

_SINCE = re.compile(r"%22(?:year|month|day)%22%3A\d+")
LATENCY_MS = 20  # so that a pull lasts long enough to be killed in its middle


def content(place: Place) -> dict[str, object]:
    """Everything an archive holds, however it came there."""
    with Archive.open(place) as archive:
        assert list(archive.check()) == []
        return {
            "records": {
                stream: sorted((id, body, parent) for id, body, _modified, parent in archive.records(stream))
                for stream in archive.counts()
                if stream != "file"
            },
            "files": [(file.id, file.sha256, tuple(file.owners)) for file in archive.files()],
            "gaps": archive.gaps(),
            "announced": archive.announced(),
            "waiting": archive.waiting(),
        }


def is_through(place: Place) -> bool:
    try:
        with Archive.open(place) as archive:
            return bool(archive.runs()) and archive.runs()[-1]["outcome"] == "complete"
    except ConfigurationError:  # killed before there was one
        return False


class Running:
    """A sandbox that lasts for all kills, and what an undisturbed pull of it holds."""

    def __init__(self, box: MegaplanSandbox, url: str, folder: Path) -> None:
        self.box = box
        self.url = url
        started = time.monotonic()
        result = pull(folder, Megaplan(Account(url)), Credentials(token=box.token), rate=0)
        self.seconds = time.monotonic() - started
        assert result.complete
        self.undisturbed = content(folder)
        self.asked = self.gets()

    def gets(self) -> Counter[str]:
        """What was asked, and how often: the looks that seal a pull ask some lists anew.

        The day since when they ask is passed over: it may end between two pulls.
        """
        asked = (entry.path for entry in self.box.ledger.entries if entry.method == "GET")
        return Counter(_SINCE.sub("", path) for path in asked)

    def pull_killed(self, archive: str, chance: random.Random) -> int:
        """Pull into `archive`, killed at random instants until a run gets through; how often it was killed."""
        for kills in range(1000):
            process = started(pull_once, self.url, self.box.token, archive)
            process.join(timeout=chance.random() * self.seconds)
            if process.exitcode is not None:
                assert process.exitcode == 0
                return kills
            process.kill()
            process.join()
            if is_through(place_of(archive)):  # killed between its last commit and its exit
                return kills + 1
        raise AssertionError("the pull never got through")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    box = MegaplanSandbox(cards=150, tasks=150, comments=300, latency_ms=LATENCY_MS)
    with box.running() as url:
        yield Running(box, url, tmp_path_factory.mktemp("undisturbed"))


def kill(running: Running, naming: Naming, folder: Path, at_least: int, seed: int) -> None:
    chance = random.Random(seed)
    killed = 0
    while killed < at_least:
        archive = naming(folder / str(killed))
        running.box.ledger.clear()
        kills = running.pull_killed(archive, chance)
        killed += max(1, kills)
        assert content(place_of(archive)) == running.undisturbed
        repeated = (running.gets() - running.asked).total()
        assert repeated <= kills * UNLIMITED, "only requests in flight are repeated"


def test_killed_at_random_instants(running: Running, naming: Naming, tmp_path: Path) -> None:
    kill(running, naming, tmp_path, at_least=5, seed=20261125)


@pytest.mark.soak
@pytest.mark.parametrize("hundred", range(10))
def test_killed_at_a_thousand_random_instants(running: Running, tmp_path: Path, hundred: int) -> None:
    kill(running, str, tmp_path, at_least=100, seed=1 + hundred)


@pytest.mark.soak
@pytest.mark.parametrize("fifty", range(4))
def test_killed_at_two_hundred_random_instants_on_postgresql(
    running: Running, postgresql: str, tmp_path: Path, fifty: int
) -> None:
    kill(running, lambda folder: address(postgresql, folder), tmp_path, at_least=50, seed=100 + fifty)
