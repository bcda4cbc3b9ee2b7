"""An account at a source, and how one signs in to it. Secrets live only here, and show themselves nowhere."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crmexport.errors import SignInRefusedError
from crmexport.source.exchange import Request, Response
from crmexport.text import _

_is_prefix = re.compile(r"(/[^/?#\s]+)*").fullmatch
_is_query = re.compile(r"[^?#\s]*").fullmatch


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the person gave: an application token, or a login with its password. `repr` shows none of it."""

    token: str | None = field(default=None, repr=False)
    login: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """Where to ask: `url` is scheme and host (and port) without a path; `options` are the connector's own settings, no secrets."""

    url: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grant:
    """A sign-in that succeeded: the headers that carry it, how long it holds (seconds), and the secret that renews it.

    Where every request is signed by itself, `key` is the key's name and the secret that `SignIn.dress` signs with.

    Where the source takes the sign-in within the address, `prefix` ("/rest/1/secret") is put before every path as it leaves, and
    `query` ("api_token=secret") behind it. Requests, the list of reads and the archive know the path without them. `blanked` are
    the secrets that the source repeats in its answers, such as in the addresses of files: stars take their place before anything
    is read or kept. Shorter ones than eight letters are left, for they would be words of the customer's, too.
    Raises SignInRefusedError for a prefix or a query that would make another address of it.
    """

    headers: Mapping[str, str] = field(repr=False)
    expires_in: float | None = None
    renewal: str | None = field(default=None, repr=False)
    key: tuple[str, str] | None = field(default=None, repr=False)
    prefix: str = field(default="", repr=False)
    query: str = field(default="", repr=False)
    blanked: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """What was copied by a person may hold anything: a "?" in a prefix would turn every path into a part of the query."""
        if not (_is_prefix(self.prefix) and _is_query(self.query)):
            raise SignInRefusedError(
                _(
                    "This sign-in cannot be right: there is a character in it that no address can carry there. Copy it once more, the whole "
                    "of it and nothing else."
                )
            )

    def address(self, path: str) -> str:
        """Where a request for `path` goes: with what the source takes of the sign-in in the address."""
        mark = "&" if "?" in path else "?"
        return f"{self.prefix}{path}{mark if self.query else ''}{self.query}"


class SignIn(ABC):
    """How credentials become a grant and how a grant is renewed. Says what to ask; the transport asks."""

    @abstractmethod
    def ready(self, credentials: Credentials) -> Grant | None:
        """The grant that needs no asking (an application token), or None."""

    @abstractmethod
    def request(self, credentials: Credentials) -> Request:
        """The request that signs in. Its body may hold secrets: it is sent, never stored.

        Raises ConfigurationError when a needed credential is missing.
        """

    @abstractmethod
    def renewal(self, grant: Grant) -> Request | None:
        """The request that renews `grant`, or None when only signing in anew helps."""

    @abstractmethod
    def granted(self, response: Response) -> Grant:
        """Read the answer to the last request of signing in or renewing. Raises SignInRefusedError when the source says no."""

    def following(self, credentials: Credentials, asked: Request, response: Response) -> Request | None:
        """The next request, where signing in takes more than one; None when `granted` is to read the answer to `asked`."""
        return None

    def dress(self, grant: Grant, request: Request, now: float) -> Mapping[str, str]:
        """The headers that carry `grant` with `request`, sent at `now` (seconds since the epoch); never stored.

        Called for every sending, retries too, so that a signature over the date is never old.
        """
        return grant.headers
