"""A pass counts from when its first question was asked, by the source's clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crmexport.archive import Archive, Source
from crmexport.archive.frontier import Frontier
from crmexport.archive.journal import Journal, Kind
from crmexport.pull.beginning import Beginning
from crmexport.transport.ledger import Ledger
from crmexport.transport.line import Transport
from tests.toy import TestClock

WEEK = timedelta(days=7)


class Shown(TestClock):
    """One that shows another time than it is, until it is set right."""

    ahead = timedelta()

    def time(self) -> float:
        return self.now + self.ahead.total_seconds()


@pytest.mark.parametrize("is_set_right", [False, True])
def test_while_the_first_answer_was_on_its_way_others_came(tmp_path: Path, is_set_right: bool) -> None:
    clock = Shown()
    clock.ahead = WEEK
    now = datetime.fromtimestamp(clock.now, UTC)
    with Archive.open_for(tmp_path, Source("toy", "https://toy.example")) as archive:
        journal = Journal(archive.database)
        with archive.database.transaction():
            pass_ = journal.begin_pass(1, Kind.SWEEP, None, clock.time())
            ledger = Ledger(_Nobody(), clock)
            beginning = Beginning(journal, Frontier(archive.database, pass_.id), clock, ledger)
            clock.sleep(600)
            clock.ahead = timedelta() if is_set_right else WEEK
            ledger.skew = -clock.ahead.total_seconds()
            beginning.answered()
            clock.sleep(600)
            beginning.answered()
        assert [one.started for one in journal.passes()] == [now]


class _Nobody(Transport):
    def send(self, *_asked: object) -> None:  # type: ignore[override]
        raise AssertionError
