"""Fourteen days of pulling while the sign-in dies every half hour: each refresh token is used once, the newest pair is kept."""

import re
from pathlib import Path

import pytest
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox

from crmexport.pull import PullResult
from crmexport.sandbox.exchange import Asked
from crmexport.transport.tokens import Tokens, default_folder
from tests.faults.holding import wrong
from tests.faults.inprocess import URL, Sandboxed, by_password, pulled
from tests.faults.kinds import Struck
from tests.toy import TestClock

HALF_HOUR, DAY = 1800.0, 24 * 3600.0


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


class Fortnight:
    """A pull so slow that it takes fourteen days, killed now and then."""

    def __init__(self, folder: Path, cards: int) -> None:
        self.folder, self.clock = folder, TestClock()
        small_pages = Behaviour(token_seconds=HALF_HOUR, page_cap=5, comments_page_cap=5, bulk="off")
        self.box = MegaplanSandbox(cards=cards, tasks=cards, comments=2 * cards, behaviour=small_pages)
        self.box.tokens._clock = self.clock.monotonic
        self.adapter = Sandboxed(self.box, self.clock)
        self.adapter.strikes.append(self.watch)
        self.kept_wrong = 0
        self.kills: set[int] = set()

    def watch(self, number: int, asked: Asked, line: Sandboxed) -> Struck | None:
        """What is kept on disk must be the very sign-in that is used."""
        if "authorization" in asked.headers:
            if due := {kill for kill in self.kills if kill <= number}:
                self.kills -= due
                raise Killed
            kept = Tokens(default_folder(), URL, self.box.login).load()
            self.kept_wrong += (
                kept is None or kept[0].headers["Authorization"] != asked.headers["authorization"]
            )
        return None

    def pull(self, every: float) -> PullResult:
        """One request every so many seconds."""
        return pulled(self.folder, self.adapter, by_password(self.box), rate=1 / (every * 0.98))

    def grants(self, kind: str) -> list[bytes]:
        """The bodies of the sign-ins of that kind."""
        bodies = [asked.body for asked in self.adapter.asked if "auth" in asked.path]
        return [body for body in bodies if f"grant_type={kind}".encode() in body]


@pytest.fixture
def fortnight(tmp_path: Path) -> Fortnight:
    return Fortnight(tmp_path / "archive", cards=20)


@pytest.mark.parametrize(
    ("cards", "every", "kills"),
    [
        (20, 3.3 * HALF_HOUR, 3),
        pytest.param(240, 1.1 * HALF_HOUR, 0, marks=pytest.mark.soak),
        pytest.param(240, 1.1 * HALF_HOUR, 12, marks=pytest.mark.soak),
    ],
)
def test_fourteen_days(tmp_path: Path, cards: int, every: float, kills: int) -> None:
    """Each request finds its token expired: they come more than half an hour apart."""
    fortnight = Fortnight(tmp_path / "archive", cards)
    fortnight.kills = set(range(40, 40 + 51 * kills, 51))
    since, killed = fortnight.clock.now, 0
    while True:
        try:
            result = fortnight.pull(every)
            break
        except Killed:
            killed += 1
    assert result.complete and killed == kills
    assert wrong(fortnight.folder, fortnight.box) == []
    assert fortnight.clock.now - since > 14 * DAY
    refreshed = fortnight.grants("refresh_token")
    assert len(fortnight.grants("password")) == 1
    assert len(refreshed) > 14 * DAY / every - 20 and len(refreshed) == len(set(refreshed))
    assert fortnight.kept_wrong == 0


def test_killed_between_the_renewal_and_keeping_it(
    fortnight: Fortnight, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new pair is lost with the process and the old one is spent: the password signs in anew, and nothing else is lost."""
    save, saved = Tokens.save, [0]

    def torn(self: Tokens, *given: object) -> None:
        saved[0] += 1
        if saved[0] == 5:
            raise Killed
        save(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Tokens, "save", torn)
    with pytest.raises(Killed):
        fortnight.pull(every=HALF_HOUR)
    assert fortnight.pull(every=1).complete
    assert len(fortnight.grants("password")) == 2
    assert wrong(fortnight.folder, fortnight.box) == []


def test_no_refresh_token_is_in_the_archive(fortnight: Fortnight) -> None:
    fortnight.pull(every=HALF_HOUR)
    for path in fortnight.folder.rglob("*"):
        assert not path.is_file() or not re.search(rb"(refresh|access)-\d+-", path.read_bytes())
