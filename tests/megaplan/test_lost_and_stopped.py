"""What a pull of changes lost in its first look, where it is stopped in the next one."""

from pathlib import Path

import pytest
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox

from crmexport.sandbox.exchange import Answer, Asked
from tests.faults.holding import wrong
from tests.faults.inprocess import Sandboxed
from tests.faults.kinds import WAYS
from tests.megaplan.nightly import DAY, Nightly

HOUR = 3600.0


def test_a_list_lost_in_one_look_leads_on_although_the_next_look_has_it(tmp_path: Path) -> None:
    """What follows from the list of schemes, the fields of each, is the same question in both looks."""
    box = MegaplanSandbox(cards=60, tasks=20, comments=30, behaviour=Behaviour(page_cap=5))
    office = Nightly(tmp_path / "archive", box)
    assert office.pulled().complete
    office.adapter.clock.now += 3 * HOUR
    for stream in ("deal", "task"):
        for line in box.truth([stream]):
            box.edits.change(stream, line["id"], office.adapter.clock.now, name="днём")
    office.adapter.clock.now += 4 * DAY
    looks: list[str] = []

    def strike(_number: int, asked: Asked, line: Sandboxed) -> Answer | Exception | None:
        looks.extend([asked.path] if asked.path.endswith("/employee/extraFields") else [])
        if asked.path.endswith("/program") and len(looks) < 2:
            failed = WAYS["503"](asked, line)
            assert isinstance(failed, Answer)
            return failed
        if asked.path.endswith("/deal") and len(looks) == 2:
            raise KeyboardInterrupt
        return None

    office.adapter.strikes.append(strike)
    with pytest.raises(KeyboardInterrupt):
        office.pulled()
    office.adapter.strikes.clear()
    assert office.pulled().complete
    assert wrong(office.folder, box) == []
