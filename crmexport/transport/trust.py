"""Whose certificates are believed: what this computer believes, as its browsers do, and the list that comes with requests.

A virus scanner or a company's proxy that looks into encrypted connections leaves its certificate in the store of the system; so
does an authority that no list abroad knows. With the list alone, a pull in such an office would be refused by its own computer.
"""

import ssl
from collections.abc import Iterator
from typing import Any

import truststore

from crmexport.transport.heads import Whole


class Trusting(Whole):
    """Asks as usual, and verifies by the store of the system besides the list (`REQUESTS_CA_BUNDLE` names another list)."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Connections of its own."""
        super().init_poolmanager(*args, ssl_context=_context(), **more)

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        """Connections through a proxy."""
        return super().proxy_manager_for(proxy, ssl_context=_context(), **more)


def _context() -> truststore.SSLContext:
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def distrust(failure: BaseException) -> str:
    """Why a certificate was not accepted, in the words of the system; nothing where that is not what failed."""
    found = (one for one in _within(failure) if isinstance(one, ssl.SSLCertVerificationError))
    refused = next(found, None)
    return "" if refused is None else refused.verify_message or str(refused)


def _within(failure: BaseException) -> Iterator[BaseException]:
    """The failure and those that led to it: they wrap each other as causes, as contexts, and as arguments."""
    left, seen = [failure], set[int]()
    while left:
        one = left.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        left += [other for other in inner if isinstance(other, BaseException)]
