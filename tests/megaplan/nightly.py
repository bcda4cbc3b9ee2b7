"""A Megaplan that is pulled night after night into one archive, in memory and in order."""

from pathlib import Path

from crmexport_megaplan.sandbox import MegaplanSandbox

from crmexport.archive import Archive
from crmexport.pull import PullResult
from crmexport.source import Gap
from tests.faults.inprocess import Sandboxed, in_order, pulled
from tests.toy import TestClock

DAY = 24 * 3600.0


class Nightly:
    """The account `box` and its archive in `folder`; `adapter` stands between them."""

    def __init__(self, folder: Path, box: MegaplanSandbox) -> None:
        self.folder, self.box = folder, box
        self.adapter = Sandboxed(box, TestClock())

    def pulled(self, *, full: bool = False) -> PullResult:
        """A night later."""
        self.adapter.clock.now += DAY
        with in_order():
            return pulled(self.folder, self.adapter, full=full)

    def gaps(self) -> list[Gap]:
        """What the archive names."""
        with Archive.open(self.folder) as archive:
            return archive.gaps()
