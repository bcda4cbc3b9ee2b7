"""Failures of asking, sorted by what to do next. The engine and the coats catch them; a person never sees them raw."""


class FailureError(Exception):
    """An answer that is no answer. Its text is the reason, in the source's own words where it gave any; never a secret."""


class AgainError(FailureError):
    """The same request may succeed later."""


class ThrottledError(AgainError):
    """Too fast: ask again after `wait` seconds (None: the source does not say)."""

    def __init__(self, reason: str, wait: float | None) -> None:
        super().__init__(reason)
        self.wait = wait


class TransientError(AgainError):
    """A fault of the line or the server that passes: in `wait` seconds, if the source says when."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class BrokenOffError(TransientError):
    """A file broke off; the next try brings the rest of it."""


class TricklingError(TransientError):
    """An answer that comes so slowly that it is given up."""


class UnopenedError(TransientError):
    """A page to sign in at in place of a file, though the sign-in holds: most likely nothing lies there any more."""


class FaultyError(AgainError):
    """Often a fault of this very route: a few tries, then a gap."""


class PageError(FaultyError):
    """A web page that refuses: nobody knows whose word it is, so it never means that the source has no such thing."""


class ExpiredError(AgainError):
    """The sign-in does not hold any more: renew it, then ask again."""


class RefusedError(FailureError):
    """The source will not give it, now or later."""


class VanishedError(FailureError):
    """The source says there is no such thing."""


class DownError(FailureError):
    """Nothing has been answered since `since` (seconds since the epoch), and patience is at its end."""

    def __init__(self, reason: str, since: float) -> None:
        super().__init__(reason)
        self.since = since


class StoppedError(FailureError):
    """The run ends while a thread waits: whatever it waited for stays to be asked."""


class NotReadOnlyError(FailureError):
    """The request is not on the connector's list of reads. It was not sent. A fault in the connector."""
