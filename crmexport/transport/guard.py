"""The coat that keeps the source unharmed: whatever is not on the connector's list of reads is not sent (invariant I6)."""

from collections.abc import Iterable, Mapping, Sequence

from crmexport.source import ReadRule, Request, Response
from crmexport.transport.failures import NotReadOnlyError
from crmexport.transport.line import Transport

# Some servers take another method from one of these than stands in front: a GET that deletes.
_OVERRIDES = frozenset({"x-http-method-override", "x-http-method", "x-method-override"})


class ReadOnly(Transport):
    """Lets only reads through."""

    def __init__(self, inner: Transport, reads: Sequence[ReadRule]) -> None:
        self._inner = inner
        self._reads = reads

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Ask, if some rule allows it."""
        if not is_read(self._reads, request):
            raise NotReadOnlyError(
                f"{request.method} {request.path.partition('?')[0]} is not among the declared reads"
            )
        return self._inner.send(request, headers)


def is_read(reads: Iterable[ReadRule], request: Request) -> bool:
    """Whether some rule allows it, and no header makes another method of it."""
    if not _OVERRIDES.isdisjoint(name.lower() for name in request.headers):
        return False
    return any(rule.allows(request) for rule in reads)
