"""An Odoo in memory that may answer some questions in its own way, and an archive of it."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from crmexport_odoo import Odoo
from crmexport_odoo.sandbox import OdooRehearsal

from crmexport.archive import Archive
from crmexport.pull import PullResult, pull
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Account, Gap
from tests.memory import in_memory
from tests.toy import TestClock

Own = Callable[[Asked], Answer | None]


class Firm:
    """`own` is asked first; where it gives None, the sandbox answers. `asked` are all questions, in their order."""

    def __init__(self, folder: Path, own: Own = lambda _asked: None) -> None:
        self.app = self
        self.folder = folder
        self.box = OdooRehearsal()
        self.own = own
        self.asked: list[Asked] = []
        self.clock = TestClock()
        self.clock.now = 1_790_000_000.0  # after all that its records were ever changed
        self._address = ExitStack()
        self.url = ""

    def __enter__(self) -> Self:
        self.url = self._address.enter_context(in_memory(self))
        return self

    def __exit__(self, *_how: object) -> None:
        self._address.close()

    def respond(self, asked: Asked) -> Answer:
        """What Odoo answers."""
        self.asked.append(asked)
        return self.own(asked) or self.box.answer(asked)

    def pull(self, *, full: bool = False, **options: Any) -> PullResult:
        """Once more, into the same archive."""
        self.asked.clear()
        odoo = Odoo(Account(self.url, options))
        return pull(self.folder, odoo, self.box.credentials, rate=0, clock=self.clock, full=full)

    def gaps(self) -> dict[tuple[str, str], Gap]:
        """What the archive lacks."""
        with Archive.open(self.folder) as archive:
            return {(gap.stream, gap.id): gap for gap in archive.gaps()}
