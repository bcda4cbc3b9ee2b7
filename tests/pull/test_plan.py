"""A plan looks at first pages only and comes near what the pull then takes; it keeps nothing."""

from pathlib import Path

from crmexport.pull import pull
from crmexport.pull.plan import plan
from crmexport.source import Credentials
from tests.toy import TestClock, ToyServer, toy


def test_a_plan_is_near_the_pull_and_asks_less(tmp_path: Path) -> None:
    server = ToyServer(things=400, incoming=tmp_path / "files" / "incoming")
    estimate = plan(toy(), Credentials(token="t"), clock=TestClock(), line=server)
    looked = server.asked.total()
    result = pull(tmp_path, toy(), Credentials(token="t"), clock=TestClock(), line=server)
    assert estimate.records["thing"] == 400
    assert looked <= 5
    assert estimate.requests_low * 0.7 <= result.requests <= estimate.requests_high * 1.3
