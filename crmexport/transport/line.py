"""The line itself: one plain HTTP session to the account's own host. No retries, no waiting, no knowledge of any CRM."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from http.cookiejar import Cookie, DefaultCookiePolicy
from importlib.util import find_spec
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

import requests
import urllib3
from requests.utils import select_proxy

from crmexport import __version__
from crmexport.errors import ConfigurationError
from crmexport.source import Request, Response
from crmexport.text import _
from crmexport.transport.clock import Clock
from crmexport.transport.dressing import PATH
from crmexport.transport.failures import RefusedError, TransientError, TricklingError
from crmexport.transport.heads import Whole
from crmexport.transport.incoming import NO_SUCH_PART, Incoming
from crmexport.transport.linked import LINK, linked
from crmexport.transport.packed import as_it_lies
from crmexport.transport.trust import Trusting, distrust

CONNECT_SECONDS = 15.0
READ_SECONDS = 120.0
PIECE = 1 << 17
REDIRECTS = 5
LARGEST = 512 << 20  # bytes of one answer that is no file
# After so long, an answer slower than so many bytes a second is given up.
TRICKLE_SECONDS, TRICKLE_SPEED = 300.0, 1024
# A file that is packed for the way comes without its length, and one that breaks off then looks whole (see `packed`).
_AS_IT_IS = {"Accept-Encoding": "identity"}
_FAILURES = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    ConnectionError,
    TimeoutError,
    ValueError,  # of an address in a redirect, which requests looks into even where it is not followed
)
_SOCKS = {"socks4", "socks4a", "socks5", "socks5h"}
REDIRECT_STATUSES = frozenset({301, 302, 303, 307, 308})


class Transport(ABC):
    """Anything that turns a request into a whole answer. Safe to call from several threads at once."""

    @abstractmethod
    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Ask once. `headers` are added for this sending only (they may carry secrets). Raises a FailureError."""


class Line(Transport):
    """Asks the host of `url`, and no other host ever gets the account's headers. Files go to the folder `incoming`."""

    def __init__(self, url: str, incoming: Path, connections: int = 8, *, clock: Clock | None = None) -> None:
        self._url = _safe(url)
        self._home = _origin(self._url)
        self._incoming = Incoming(incoming)
        self._clock = clock or Clock()
        self._session = _session(url, connections)

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        """Ask once, and take the body whole: a short body is a failure, not an answer."""
        worn = dict(headers or {})
        url = self._url + worn.pop(PATH, request.path)
        try:
            if LINK in request.context:
                return self._by_link(request, url, worn)
            return self._taken(request, url, worn)
        except _FAILURES as failure:
            raise TransientError(_words(failure)) from failure

    def _by_link(self, request: Request, url: str, worn: Mapping[str, str]) -> Response:
        """The file at the address that the answer names; an answer that names none, to be judged."""
        first = self._taken(request.replace(is_file=False), url, worn)
        place = linked(request, first)
        if place is None:
            return first
        asked = request.replace(method="GET", body=None, headers={})
        return self._taken(asked, _target(self._url, url, place), worn, named=request)

    def _taken(
        self, asked: Request, url: str, worn: Mapping[str, str], named: Request | None = None
    ) -> Response:
        """The whole answer from `url`. A file goes to disk, under the name of the request `named` if it is not asked for itself."""
        name = named or asked
        rest = self._incoming.missing(name) if asked.is_file else {}
        with self._follow(asked, url, {**asked.headers, **worn}, rest) as answer:
            status, told = answer.status_code, _lower(answer)
            if asked.is_file and (200 <= status < 300 or (rest and status == NO_SUCH_PART)):
                came = self._incoming.take(name, status, told, self._pieces(answer, as_sent=True))
                return as_it_lies(name, came)
            return Response(status, told, _joined(self._pieces(answer)))

    def _follow(
        self, request: Request, url: str, headers: Mapping[str, str], rest: Mapping[str, str]
    ) -> requests.Response:
        """Files may be answered by a redirect; another host gets none of our headers but `rest`, and only over TLS."""
        answer = self._ask(request, url, {**self._own(url, headers), **rest})
        for _hop in range(REDIRECTS):
            if not request.is_file or answer.status_code not in REDIRECT_STATUSES:
                return answer
            # read as UTF-8, as it is written where it is no ASCII: letter by letter it would name another file, which is not there
            url = _target(self._url, url, self._session.get_redirect_target(answer) or "")
            answer.close()
            answer = self._ask(request, url, {**self._own(url, headers), **rest})
        raise RefusedError(_("the file's address redirects in a circle"))

    def _own(self, url: str, headers: Mapping[str, str]) -> Mapping[str, str]:
        return headers if _origin(url) == self._home else {}

    def _ask(self, request: Request, url: str, headers: Mapping[str, str]) -> requests.Response:
        """Send the address exactly as written: unquoting a signed or hostile file name in it would ask for something else.

        So everything is prepared but the address, which requests would take apart letter by letter.
        """
        asked = requests.PreparedRequest()
        asked.prepare_method(request.method)
        asked.url = url
        usual = {**self._session.headers, **(_AS_IT_IS if request.is_file else {})}
        asked.prepare_headers({**usual, **headers})
        asked.prepare_cookies(self._session.cookies)
        asked.prepare_body(request.body.encode() if request.body is not None else None, None)
        return self._session.send(
            asked, stream=True, allow_redirects=False, timeout=(CONNECT_SECONDS, READ_SECONDS)
        )

    def _pieces(self, answer: requests.Response, *, as_sent: bool = False) -> Iterator[bytes]:
        """The body as it comes, unpacked unless it is wanted `as_sent`; urllib3 raises when it is shorter than announced.

        An answer that trickles never runs into the time limit for one reading, and would hold its thread for days.
        """
        since, size = self._clock.monotonic(), 0
        while piece := _piece(answer, as_sent=as_sent):
            size += len(piece)
            lasted = self._clock.monotonic() - since
            if lasted > TRICKLE_SECONDS and size < lasted * TRICKLE_SPEED:
                raise TricklingError(_("the answer only trickles in"))
            yield piece


def _joined(pieces: Iterator[bytes]) -> bytes:
    """A whole body. Raises RefusedError where it has no end that memory could hold: some kilobytes may unpack to any size."""
    body = BytesIO()  # gives what it holds without a copy
    for piece in pieces:
        if body.tell() + len(piece) > LARGEST:
            raise RefusedError(
                _(
                    "the answer is larger than {size} MB, as no page of records is: it was not taken any further"
                ).format(size=LARGEST >> 20)
            )
        body.write(piece)
    return body.getvalue()


def _piece(answer: requests.Response, *, as_sent: bool) -> bytes:
    try:
        return bytes(answer.raw.read1(PIECE, decode_content=not as_sent))
    except _FAILURES as failure:
        raise TransientError(_words(failure)) from failure


class _Frugal(DefaultCookiePolicy):
    """Takes a cookie that names no path for one of the whole host: else the address of each record would keep its own.

    To look through tens of thousands of them takes longer than an answer.
    """

    def set_ok(self, cookie: Cookie, request: Any) -> bool:
        if not cookie.path_specified:
            cookie.path = "/"
        return super().set_ok(cookie, request)


def _session(url: str, connections: int) -> requests.Session:
    session = requests.Session()
    session.cookies.set_policy(_Frugal())
    session.trust_env = False  # a .netrc would put its own credentials over the account's
    session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or True
    session.proxies = _proxies(url)
    session.headers["User-Agent"] = f"crmexport/{__version__}"
    session.headers["Accept-Encoding"] = "gzip, deflate"  # whatever else this computer's Python can unpack
    session.headers["Accept"] = "application/json, */*;q=0.5"
    session.headers["Cache-Control"] = "no-cache"  # what some proxy remembers is of yesterday
    session.mount("https://", Trusting(pool_connections=2, pool_maxsize=connections))
    session.mount("http://", Whole(pool_connections=2, pool_maxsize=connections))
    return session


def _proxies(url: str) -> dict[str, str]:
    """Those that are set on this computer, by what is asked for; none where it makes an exception of `url`.

    Raises ConfigurationError for one that nobody can go through: every try would fail, as if the source did not answer.
    """
    if is_loopback(url) or proxy_bypass(urlsplit(url).netloc):
        return {}
    found = getproxies()
    proxy = select_proxy(url, found)
    if proxy and not _is_passable(proxy):
        raise ConfigurationError(
            _(
                "The proxy that is set on this computer cannot be used: this program goes through one such as http://proxy.example:3128, "
                "and through SOCKS (socks5://…) only where the Python package PySocks is installed. Set HTTPS_PROXY to another one, or "
                "NO_PROXY={host} to go without."
            ).format(host=urlsplit(url).hostname)
        )
    return found


def _is_passable(proxy: str) -> bool:
    """As requests understands it, which leaves SOCKS to another package (https://requests.readthedocs.io/en/latest/user/advanced/#socks)."""
    try:
        parts = urllib3.util.parse_url(proxy if "://" in proxy else f"http://{proxy}")
    except (ValueError, urllib3.exceptions.HTTPError):
        return False
    known = {"http", "https"} | (_SOCKS if find_spec("socks") else set())
    return bool(parts.host) and parts.scheme in known


def is_loopback(url: str) -> bool:
    """Whether `url` is on this very machine: there, and only there, plain http is allowed."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _safe(url: str) -> str:
    """`url` without a slash at its end. Raises ConfigurationError when the way there is not encrypted."""
    if urlsplit(url).scheme == "https" or is_loopback(url):
        return url.rstrip("/")
    raise ConfigurationError(
        _("{url} is not encrypted: a password sent there could be read by others. Use https://.").format(
            url=url
        )
    )


def _target(home: str, url: str, place: str) -> str:
    """The address that `url` leads on to."""
    target = urljoin(url, place)
    if urlsplit(target).scheme != "https" and _origin(target) != _origin(home):
        raise RefusedError(_("the file's address redirects to a place without encryption"))
    return target


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _lower(answer: requests.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}


def _words(failure: Any) -> str:
    """What went wrong on the line, in a few words without addresses or secrets."""
    if why := distrust(failure):
        return _(
            "its certificate is not accepted: {words}. Is this computer's date right? Does a virus scanner or a proxy look into encrypted "
            "connections?"
        ).format(words=why)
    kinds = (
        (requests.exceptions.SSLError, _("the encrypted connection was not accepted")),
        (
            requests.exceptions.ProxyError,
            _("no way through the proxy that is set on this computer, which may want a password"),
        ),
        ((requests.Timeout, urllib3.exceptions.TimeoutError), _("no answer in time")),
        ((requests.ConnectionError, urllib3.exceptions.NewConnectionError), _("no connection")),
        (
            (urllib3.exceptions.ProtocolError, requests.exceptions.ChunkedEncodingError),
            _("the answer broke off"),
        ),
        ((urllib3.exceptions.HTTPError, requests.exceptions.InvalidHeader), _("the answer was not whole")),
        (ValueError, _("the answer redirects to what is no address")),
    )
    return next((words for kind, words in kinds if isinstance(failure, kind)), type(failure).__name__)
