"""Lines before and within the body of an answer: they come whole, and some day they end.

Python takes an end of the connection for the end of the headers (http.client, `_read_headers`): an answer cut off there has no length,
and a file without a byte would be held for whole. Nor does it tire of a server that sends a byte a minute, or “100 Continue” for ever.
"""

from functools import cache
from http.client import HTTPResponse, IncompleteRead
from time import monotonic
from typing import Any

from requests.adapters import HTTPAdapter

SECONDS = 300.0


class _Lines:
    """What comes over a connection, with lines that are given up after a while: after that of `until`, while that is set."""

    def __init__(self, plain: Any) -> None:
        self._plain = plain
        self.until: float | None = monotonic() + SECONDS
        self.is_cut = False

    def readline(self, most: int = -1) -> bytes:
        """A line, looked at as its bytes come. Raises TimeoutError."""
        until = monotonic() + SECONDS if self.until is None else self.until
        line = b""
        while not line.endswith(b"\n") and len(line) != most:
            if monotonic() > until:
                raise TimeoutError
            there = len(self._plain.peek(1))
            if not there:
                break
            line += self._plain.readline(there if most < 0 else min(there, most - len(line)))
        self.is_cut = not line.endswith(b"\n") and len(line) != most
        return line

    def __getattr__(self, name: str) -> Any:
        """All else is as the connection has it."""
        return getattr(self._plain, name)


class _Answer(HTTPResponse):
    def begin(self) -> None:
        """Read what stands before the body. Raises IncompleteRead where it does not come to its end."""
        lines = _Lines(self.fp)
        self.fp = lines  # type: ignore[assignment]
        super().begin()
        lines.until = None
        if lines.is_cut:
            raise IncompleteRead(b"")


class _Careful:
    response_class = _Answer


@cache
def _careful(kind: type) -> type:
    return kind if issubclass(kind, _Careful) else type(kind.__name__, (_Careful, kind), {})


class Whole(HTTPAdapter):
    """Asks as usual, and takes no answer whose headers do not end."""

    def get_connection_with_tls_context(self, *args: Any, **more: Any) -> Any:
        """Connections that read answers so."""
        pool: Any = super().get_connection_with_tls_context(*args, **more)
        pool.ConnectionCls = _careful(pool.ConnectionCls)
        return pool
