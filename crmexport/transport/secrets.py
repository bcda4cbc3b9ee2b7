"""Every secret of one account that was given, granted or sent: stars take its place in whatever is told or kept of a refusal.

A server in trouble shows the question that it was asked, headers and all. What it says then ends in reasons of gaps, errors and events,
which people pass on. Records are another matter: somebody wrote them, and they are kept as they came, whatever stands in them.
"""

import json
import re
import threading
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from urllib.parse import parse_qsl
from weakref import WeakSet

from crmexport.source import Credentials, Grant, Request, Response
from crmexport.transport.blanks import spellings
from crmexport.transport.dressing import PATH

STARS = "***"
SURE = 6  # letters of a secret that is blanked wherever it stands; a shorter one only where it is a word by itself
SHORTEST = 4  # and a still shorter one would be every other word
# of a value with several parts, such as a token behind its scheme: others are words of everybody's
SHORTEST_PART = 8
SHORTEST_COOKIE = 16
PASSING = 64  # signatures and cookies that are remembered: a request has others every time
_harmless = re.compile(
    r"accept.*|cache-control|content-.*|date|host|if-.*|origin|range|referer|user-agent|:.*"
).fullmatch
_telling = re.compile(r"pass|pwd|secret|token|key|auth|refresh|session|code|sign", re.IGNORECASE).search
_scheme_or_name = re.compile(r"^[A-Za-z][\w-]* |[\w.-]+=(?=[^=\s;,])")
_between = re.compile(r"[\s,;:/\"&]+")
_cookie = re.compile(rf"(?:^|[,;]\s*)[^=;,\s]+=([^;,\s]{{{SHORTEST_COOKIE},}})").findall


class Secrets:
    """Those of one account. `public` is what is no secret though it travels in the same headers, such as the name of a database."""

    def __init__(self, credentials: Credentials | None = None, public: Collection[str] = ()) -> None:
        self._public = public
        self._known: set[str] = set()
        self._passing: deque[str] = deque(maxlen=PASSING)
        self._lock = threading.Lock()
        self._ready: list[str] | None = None
        _in_use.add(self)
        if credentials is not None:
            self._add([credentials.token or "", credentials.password or ""])
            self._add(_parts(credentials.token or ""))

    def learn(self, grant: Grant) -> None:
        """All that this grant holds; what an earlier one held may still be told."""
        key = grant.key[1] if grant.key else ""
        self._add(
            [grant.renewal or "", key, *grant.blanked, *_parts(grant.prefix), *self._worn(grant.headers)]
        )
        self._add(value for name, value in parse_qsl(grant.query) if _is_meant(name, value))

    def sent(self, headers: Mapping[str, str]) -> None:
        """What a request carries as it leaves, such as a signature of its own."""
        self._pass(self._worn(headers))

    def signs_in(self, request: Request) -> None:
        """What the request that signs in holds: a form, or JSON."""
        self._add(value for name, value in _members(request.body or "") if _telling(name))

    def received(self, response: Response) -> None:
        """The cookies that the source sets: the next request carries them."""
        self._pass(_cookie(response.headers.get("set-cookie", "")))

    def blanked(self, words: str) -> str:
        """The same words with stars in place of every secret."""
        return _blanked(words, self._spelt())

    def without(self, response: Response) -> Response:
        """The answer with as many stars as each secret has bytes: what stands in it stays where it is."""
        body = self.out_of(response.body)
        return response if body is response.body else replace(response, body=body)

    def out_of(self, body: bytes) -> bytes:
        """Such bytes; the very same where there is no secret in them."""
        for one in self._spelt():
            told = one.encode(errors="replace")
            if told in body:
                stars = b"*" * len(told)
                body = _alone(told).sub(stars, body) if len(one) < SURE else body.replace(told, stars)
        return body

    def _spelt(self) -> list[str]:
        """The longest first: of one that begins like a shorter one, its end would be left."""
        with self._lock:
            if self._ready is None:
                found = {spelt for one in (*self._known, *self._passing) for spelt in spellings(one)}
                self._ready = sorted(found, key=len, reverse=True)
            return self._ready

    def _add(self, found: Iterable[str]) -> None:
        with self._lock:
            self._known |= {one for one in found if len(one) >= SHORTEST}
            self._ready = None

    def _pass(self, found: Iterable[str]) -> None:
        with self._lock:
            fresh = [one for one in found if one not in self._known and one not in self._passing]
            if fresh:
                self._passing += fresh
                self._ready = None

    def _worn(self, headers: Mapping[str, str]) -> Iterator[str]:
        """The values of headers that may carry a sign-in, whole and in parts. Of an address that does, the grant tells the parts."""
        for name, value in headers.items():
            if name != PATH and not _harmless(name.lower()) and value not in self._public:
                yield from [value] if _is_meant(name, value) else []
                yield from _parts(value)


_in_use: WeakSet[Secrets] = WeakSet()


def unsaid(words: str) -> str:
    """The same words without the secrets of any account that this process has to do with."""
    spelt = {one for secrets in list(_in_use) for one in secrets._spelt()}
    return _blanked(words, sorted(spelt, key=len, reverse=True))


def _blanked(words: str, spelt: Iterable[str]) -> str:
    for one in spelt:
        if one in words:
            words = _standing(one).sub(STARS, words) if len(one) < SURE else words.replace(one, STARS)
    return words


def _is_meant(name: str, value: str) -> bool:
    """Whether what goes by this name may be a secret: it says so, or is no mere word such as “json”."""
    return len(value) >= SHORTEST_PART or (len(value) >= SHORTEST and bool(_telling(name)))


def _parts(value: str) -> Iterator[str]:
    """What stands behind a scheme, a name or another mark."""
    parts = _between.split(_scheme_or_name.sub(" ", value))
    yield from (part for part in parts if len(part) >= SHORTEST_PART)


def _members(body: str) -> Iterator[tuple[str, str]]:
    try:
        yield from _within(json.loads(body))
    except ValueError:
        yield from parse_qsl(body)


def _within(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _within(inner, str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _within(inner, name)
    elif isinstance(value, str):
        yield name, value


def _standing(word: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")


def _alone(word: bytes) -> re.Pattern[bytes]:
    """The same in bytes: those beyond ASCII are parts of letters."""
    return re.compile(rb"(?<![\w\x80-\xff])" + re.escape(word) + rb"(?![\w\x80-\xff])")
