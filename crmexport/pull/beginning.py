"""When a pass began, by the source's clock: nothing of it was read before its first answer, and that tells the source's time.

Our own clock may be wrong, and be set right while the pass goes on or between two runs of it. Where it is behind, it counts all the
same: to ask since too early a moment loses nothing. Other answers were on their way when that one was taken, so it counts from when
the first was asked for.
"""

from crmexport.archive.frontier import Frontier
from crmexport.archive.journal import Journal
from crmexport.transport.clock import Clock
from crmexport.transport.ledger import Ledger


class Beginning:
    """Of the pass of `frontier`. Every method belongs into the caller's transaction."""

    def __init__(self, journal: Journal, frontier: Frontier, clock: Clock, ledger: Ledger) -> None:
        self._journal = journal
        self._frontier = frontier
        self._clock = clock
        self._ledger = ledger
        self._is_known = frontier.has_answers()
        self._from = clock.monotonic()

    def answered(self) -> None:
        """An answer is about to be crossed out; the first of the pass tells when that began."""
        if not self._is_known:
            begun = self._clock.time() - (self._clock.monotonic() - self._from)
            self._journal.found_begun(self._frontier.number, begun, self._ledger.skew)
            self._is_known = True

    def ended(self) -> None:
        """Nothing is left to ask, be it that nothing was answered."""
        self.answered()
        self._journal.end_pass(self._frontier.number, self._clock.time(), self._ledger.skew)
