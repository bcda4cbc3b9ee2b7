"""A source that is down for a night costs a night; an account that is closed in mid-pull leaves all that was held, and says what is not."""

from pathlib import Path

import pytest
import requests
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import faults as told

from crmexport.archive import Archive
from crmexport.errors import CrmExportError, SourceError
from crmexport.mapping import load_source_mapping
from crmexport.proof import verify
from crmexport.pull import PullResult
from crmexport.sandbox import faults
from crmexport.sandbox.exchange import Asked
from crmexport.source import Account
from crmexport.target import export, exported, load_target
from tests.faults.holding import wrong
from tests.faults.inprocess import URL, Sandboxed, Strike
from tests.faults.kinds import Struck, Way, from_now_on
from tests.faults.test_every_call import DAY, Pulling

HOUR = 3600.0


@pytest.fixture
def pulling(tmp_path: Path) -> Pulling:
    return Pulling(tmp_path / "archive")


def night(call: int, hours: float) -> Way:
    """From that call on no connection for so many hours of the clock."""
    since: list[float] = []

    def strike(number: int, asked: Asked, line: Sandboxed) -> Struck | None:
        if number >= call:
            since.append(line.clock.time())
        is_down = bool(since) and line.clock.time() - since[0] < hours * HOUR
        return requests.ConnectionError("down") if is_down else None

    return strike  # type: ignore[return-value]


@pytest.mark.parametrize("call", [6, 20, 45, 70, 95])
def test_a_night_in_mid_pull(pulling: Pulling, call: int) -> None:
    since = pulling.clock.now
    pulling.adapter.strikes.append(night(call, 10))  # type: ignore[arg-type]
    ended = pulling.pull()
    assert isinstance(ended, PullResult) and ended.complete
    assert wrong(pulling.folder, pulling.box) == []
    assert 10 * HOUR <= pulling.clock.now - since < 11 * HOUR


def spent(seconds: int | None, hours: float) -> Strike:
    """From the 20th call on nothing but "too many requests", for so many hours of the clock."""
    since: list[float] = []
    fault = faults.throttled_bare() if seconds is None else faults.throttled(seconds)

    def strike(number: int, asked: Asked, line: Sandboxed) -> Struck | None:
        if number >= 20:
            since.append(line.clock.time())
        is_spent = bool(since) and line.clock.time() - since[0] < hours * HOUR
        return fault.instead() if is_spent and fault.instead else None

    return strike


@pytest.mark.parametrize("seconds", [None, 20, 3600])
def test_a_limit_that_is_spent_until_tomorrow_is_waited_for_and_not_worn(
    pulling: Pulling, seconds: int | None
) -> None:
    since = pulling.clock.now
    pulling.adapter.strikes.append(spent(seconds, 14))
    ended = pulling.pull()
    assert isinstance(ended, PullResult) and ended.complete
    assert wrong(pulling.folder, pulling.box) == []
    assert 14 * HOUR <= pulling.clock.now - since < 16 * HOUR
    assert len(pulling.adapter.asked) < 400


def test_a_limit_that_never_frees_ends_the_run_and_loses_nothing(pulling: Pulling) -> None:
    since = pulling.clock.now
    pulling.adapter.strikes.append(spent(20, 1000))
    ended = pulling.pull()
    assert isinstance(ended, SourceError) and "429" in str(ended)
    assert pulling.clock.now - since < 1.1 * DAY and len(pulling.adapter.asked) < 400
    pulling.adapter.strikes.clear()
    assert isinstance(after := pulling.pull(), PullResult) and after.complete
    assert wrong(pulling.folder, pulling.box) == []


CLOSED: dict[str, Way] = {
    "no connection": lambda asked, line: requests.ConnectionError("refused"),
    "402": lambda asked, line: told.told(402, "Account is blocked").instead(),  # type: ignore[misc,return-value]
    "403": lambda asked, line: faults.forbidden("Account is blocked").instead(),  # type: ignore[misc,return-value]
    "login page": lambda asked, line: faults.login_page().instead(),  # type: ignore[misc,return-value]
}


def closed_from(path: str, way: Way) -> Strike:
    """Every call fails from the first one on that asks for `path`."""
    begun: list[Asked] = []

    def strike(number: int, asked: Asked, line: Sandboxed) -> Struck | None:
        if begun or asked.path == path:
            begun.append(asked)
        return way(asked, line) if begun else None

    return strike


@pytest.mark.parametrize("how", CLOSED)
def test_the_account_is_closed_in_mid_pull(pulling: Pulling, tmp_path: Path, how: str) -> None:
    since = pulling.clock.now
    pulling.adapter.strikes.append(closed_from("/api/v3/task", CLOSED[how]))
    ended = pulling.pull()
    assert isinstance(ended, CrmExportError) or not ended.complete
    assert pulling.clock.now - since < 2 * DAY
    with Archive.open(pulling.folder) as archive:
        assert list(archive.check()) == []
        assert archive.counts()["contractorCompany"] == 7
        named = {gap.stream for gap in archive.gaps()} | archive.unasked().keys()
        export(
            archive,
            Megaplan(Account(URL)),
            load_source_mapping("megaplan"),
            [load_target("csv")],
            tmp_path / "out",
        )
    assert {"task", "file"} <= named
    (companies,) = (one.rows for one in exported(tmp_path / "out") if "compan" in one.path)
    assert companies == 7
    assert not verify(pulling.folder, tmp_path / "out").complete


def test_a_closed_account_is_told_in_a_sentence(pulling: Pulling) -> None:
    pulling.adapter.strikes.append(from_now_on(CLOSED["no connection"], 30))
    with pytest.raises(SourceError, match="has answered nothing since"):
        raise pulling.pull()  # type: ignore[misc]
