"""A rehearsal as a server: what the conformance kit asks directly can be pulled over HTTP, too, and walked through to its files.

In: a rehearsal's class. Out: what `crmexport sandbox` serves. Its size is that of the rehearsal.
"""

from collections.abc import Callable

from crmexport.sandbox.limiter import Limiter
from crmexport.sandbox.rehearsal import Rehearsal
from crmexport.sandbox.server import serve_forever
from crmexport.sandbox.shell import Shell


class PlayedRehearsal:
    """The account of a rehearsal, on this computer. `rate` is how many requests a second it permits, without limit if not given."""

    def __init__(self, rehearsal: Rehearsal, *, latency_ms: float = 0, rate: float | None = None) -> None:
        given = rehearsal.credentials
        self.token, self.login, self.password = (
            one or "" for one in (given.token, given.login, given.password)
        )
        limiter = Limiter(rate) if rate else None
        self.app = Shell(rehearsal.answer, latency_ms=latency_ms, limiter=limiter)

    def run_forever(self, port: int, announce: Callable[[str], None] | None = None) -> None:
        """Serve in the foreground until interrupted. Raises ConfigurationError if the port belongs to another program."""
        serve_forever(self.app, port, announce)
