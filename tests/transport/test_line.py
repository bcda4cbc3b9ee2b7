"""Over a real socket: an answer is whole or it is a failure; files stream to disk; other hosts get no secrets."""

import gzip
import io
import socket
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
import requests
from requests.adapters import HTTPAdapter

from crmexport.errors import ConfigurationError
from crmexport.source import Request
from crmexport.transport.clock import Clock
from crmexport.transport.dressing import PATH
from crmexport.transport.failures import RefusedError, TransientError
from crmexport.transport.incoming import FileResponse
from crmexport.transport.line import PIECE, TRICKLE_SECONDS, TRICKLE_SPEED, Line, _joined, is_loopback

BIG = bytes(range(256)) * 4000


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str | None]] = []
    elsewhere = ""

    def do_GET(self) -> None:
        type(self).seen.append((self.path, self.headers.get("Authorization")))
        getattr(self, self.path.partition("?")[0].rpartition("/")[2].replace("-", "_"))()

    do_POST = do_GET

    def _send(self, body: bytes, length: int | None = None, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def good(self) -> None:
        self._send(b'{"data": []}', Retry_After="3")

    def short(self) -> None:
        self._send(b'{"data": [', length=100)
        self.close_connection = True

    def reset(self) -> None:
        self._send(b'{"data": [', length=100)
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def file(self) -> None:
        self._send(BIG)

    def empty_file(self) -> None:
        self._send(b"")

    def packed(self) -> None:
        """As a web server does, which then tells no length."""
        wants = self.headers.get("Accept-Encoding", "")
        packed = gzip.compress(BIG)
        self.send_response(200)
        if "gzip" in wants:
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Transfer-Encoding", "chunked")
        else:
            self.send_header("Content-Length", str(len(BIG)))
        self.end_headers()
        half = len(packed) // 2
        chunks = (packed[:half], packed[half:], b"")
        body = b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in chunks) if "gzip" in wants else BIG
        self.wfile.write(body)

    def packed_regardless(self) -> None:
        self._send(gzip.compress(BIG, mtime=0), **{"Content-Encoding": "gzip"})

    def packed_file_moved(self) -> None:
        self._send(b"", status=302, Location="/packed")

    def twice_as_long(self) -> None:
        self._send(b"{}", **{"Content-Length": "5"})

    def cookie(self) -> None:
        self._send(str(self.headers.get("Cookie")).encode(), **{"Set-Cookie": f"node={self.path[1]}"})

    def remembered(self) -> None:
        self._send(str(self.headers.get("Cache-Control")).encode())

    def ways_of_packing(self) -> None:
        self._send(str(self.headers.get("Accept-Encoding")).encode())

    def moved(self) -> None:
        self._send(b"", status=int(self.path.partition("?")[2] or 302), Location="/file")

    def told(self) -> None:
        self._send(b"No", status=int(self.path.partition("?")[2]))

    def echo(self) -> None:
        self._send(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

    def moved_away(self) -> None:
        self._send(b"", status=302, Location=type(self).elsewhere)

    def linked(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._send(b'{"result": {"at": "%b", "none": null}}' % type(self).elsewhere.encode())

    def circle(self) -> None:
        self._send(b"", status=302, Location="/circle")

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01}).start()
    Handler.seen.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


SECRET = {"Authorization": "Bearer secret"}


def test_an_answer_is_taken_whole_with_its_headers(url: str, tmp_path: Path) -> None:
    response = Line(url, tmp_path).send(Request("x", "/good"), SECRET)
    assert (response.status, response.body) == (200, b'{"data": []}')
    assert response.headers["retry_after"] == "3"
    assert Handler.seen == [("/good", "Bearer secret")]


@pytest.mark.parametrize("path", ["/short", "/reset"])
@pytest.mark.parametrize("is_file", [False, True])
def test_a_short_body_is_a_failure(url: str, tmp_path: Path, path: str, is_file: bool) -> None:
    with pytest.raises(TransientError):
        Line(url, tmp_path).send(Request("x", path, is_file=is_file), SECRET)


class Jumping(Clock):
    """A clock that is so many seconds on whenever it is looked at."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self._seconds = seconds
        self._now = 0.0

    def monotonic(self) -> float:
        self._now += self._seconds
        return self._now


@pytest.mark.parametrize("is_file", [False, True])
def test_an_answer_that_only_trickles_in_is_given_up(url: str, tmp_path: Path, is_file: bool) -> None:
    """Each byte comes in time, so that no limit of a single reading ends it: it would hold its thread for days."""
    slow = Line(url, tmp_path, clock=Jumping(TRICKLE_SECONDS + PIECE / TRICKLE_SPEED))
    with pytest.raises(TransientError, match="trickles"):
        slow.send(Request("x", "/file", is_file=is_file))
    quick = Line(url, tmp_path, clock=Jumping(PIECE / TRICKLE_SPEED / 2))
    assert quick.send(Request("x", "/file", is_file=is_file)).status == 200


def test_this_very_computer_is_reached_without_a_proxy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example.test:3128")
    monkeypatch.setenv("https_proxy", "http://proxy.example.test:3128")
    assert Line("http://127.0.0.1:1", tmp_path)._session.proxies == {}
    assert Line("https://crm.example.test", tmp_path)._session.proxies["https"].endswith(":3128")


def test_nobody_there_is_a_failure_without_addresses(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TransientError, match="no connection"):
        Line(f"http://127.0.0.1:{port}", tmp_path).send(Request("x", "/good?token=1"))


def test_a_length_that_contradicts_itself_is_a_failure(url: str, tmp_path: Path) -> None:
    with pytest.raises(TransientError, match="not whole"):
        Line(url, tmp_path).send(Request("x", "/twice-as-long"))


def test_a_cookie_is_kept_once_however_many_addresses_set_it(url: str, tmp_path: Path) -> None:
    """One for each record would be looked through for every request, longer than an answer takes."""
    line = Line(url, tmp_path)
    told = [line.send(Request("x", f"/{number}/cookie")).body for number in range(4)]
    assert told == [b"None", b"node=0", b"node=1", b"node=2"]
    assert len(line._session.cookies) == 1


def test_answers_come_packed_alike_whatever_else_this_python_could_unpack(url: str, tmp_path: Path) -> None:
    assert Line(url, tmp_path).send(Request("x", "/ways_of_packing")).body == b"gzip, deflate"


def test_nothing_is_wanted_that_a_proxy_remembers(url: str, tmp_path: Path) -> None:
    assert Line(url, tmp_path).send(Request("x", "/remembered")).body == b"no-cache"


@pytest.mark.parametrize(("path", "content"), [("/file", BIG), ("/empty_file", b""), ("/moved", BIG)])
def test_files_stream_to_disk_also_by_redirect(url: str, tmp_path: Path, path: str, content: bytes) -> None:
    response = Line(url, tmp_path).send(Request("file", path, is_file=True), SECRET)
    assert isinstance(response, FileResponse)
    assert response.path.read_bytes() == content
    assert (response.size, response.sha256) == (len(content), sha256(content).hexdigest())
    assert content.startswith(response.body) and len(response.body) < len(BIG)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_however_it_was_moved_on_its_own_host_a_file_is_asked_for_with_the_sign_in(
    url: str, tmp_path: Path, status: int
) -> None:
    response = Line(url, tmp_path).send(Request("file", f"/moved?{status}", is_file=True), SECRET)
    assert isinstance(response, FileResponse)
    assert Handler.seen == [(f"/moved?{status}", "Bearer secret"), ("/file", "Bearer secret")]


@pytest.mark.parametrize("status", [300, 401, 403, 404, 416, 429, 500])
def test_what_comes_in_place_of_a_file_is_to_be_judged(url: str, tmp_path: Path, status: int) -> None:
    """It may say that the file is gone, or refused: nobody asks for that again and again."""
    response = Line(url, tmp_path).send(Request("file", f"/told?{status}", is_file=True))
    assert not isinstance(response, FileResponse)
    assert (response.status, response.body) == (status, b"No")
    assert list(tmp_path.iterdir()) == []


def test_a_question_is_sent_as_it_is(url: str, tmp_path: Path) -> None:
    asked = Request("x", "/echo", "POST", body='{"кто": "я"}')
    assert Line(url, tmp_path).send(asked).body.decode() == asked.body


def test_who_does_not_answer_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread would be held for ever."""
    monkeypatch.setattr("crmexport.transport.line.READ_SECONDS", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        line = Line(f"http://127.0.0.1:{silent.getsockname()[1]}", tmp_path)
        with pytest.raises(TransientError, match="no answer in time"):
            line.send(Request("x", "/good"))


def test_answers_come_packed_and_files_as_they_are(url: str, tmp_path: Path) -> None:
    """What is packed on the way has no length, so that a file which breaks off would look whole."""
    line = Line(url, tmp_path)
    answer = line.send(Request("x", "/packed"))
    assert (answer.body, answer.headers["content-encoding"]) == (BIG, "gzip")
    for path in ("/packed", "/packed-file-moved"):
        file = line.send(Request("file", path, is_file=True))
        assert isinstance(file, FileResponse)
        assert file.path.read_bytes() == BIG
        assert "content-encoding" not in file.headers


@pytest.mark.parametrize(("largest", "is_taken"), [(len(BIG), True), (len(BIG) - 1, False)])
def test_an_answer_that_unpacks_to_more_than_memory_holds_is_refused(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, largest: int, is_taken: bool
) -> None:
    """Nothing is gained by asking for it once more. Files go to the disk, however big."""
    monkeypatch.setattr("crmexport.transport.line.LARGEST", largest)
    line = Line(url, tmp_path)
    assert line.send(Request("file", "/packed-regardless", is_file=True)).status == 200
    if is_taken:
        assert line.send(Request("x", "/packed")).body == BIG
        return
    with pytest.raises(RefusedError, match="larger than"):
        line.send(Request("x", "/packed"))


def test_of_what_has_no_end_no_more_is_taken_than_memory_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmexport.transport.line.LARGEST", 3 * PIECE)
    left = iter(range(100))
    with pytest.raises(RefusedError):
        _joined(bytes(PIECE) for _piece in left)
    assert next(left) == 4


@pytest.mark.parametrize(("name", "content"), [("a.tar.gz", gzip.compress(BIG, mtime=0)), ("a.pdf", BIG)])
def test_whoever_packs_a_file_regardless_may_mean_the_way_or_the_file(
    url: str, tmp_path: Path, name: str, content: bytes
) -> None:
    request = Request("file", "/packed-regardless", is_file=True, context={"name": name})
    file = Line(url, tmp_path).send(request)
    assert isinstance(file, FileResponse)
    assert (file.path.read_bytes(), file.size) == (content, len(content))


@pytest.mark.parametrize("path", ["/good?%7Esigned%2E", "/good?a=%D0%9F", "/good?/../%2E%2E"])
def test_the_address_is_sent_exactly_as_written(url: str, tmp_path: Path, path: str) -> None:
    Line(url, tmp_path).send(Request("x", path))
    assert Handler.seen == [(path, None)]


def test_another_host_without_encryption_is_refused(url: str, tmp_path: Path) -> None:
    Handler.elsewhere = url.replace("127.0.0.1", "localhost") + "/file"
    with pytest.raises(RefusedError):
        Line(url, tmp_path).send(Request("file", "/moved-away", is_file=True), SECRET)
    assert [path for path, _ in Handler.seen] == ["/moved-away"]


def test_nor_is_the_account_itself_asked_without_encryption(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sign-in would be readable by anybody on the way."""
    line = Line("https://crm.example", tmp_path)
    asked: list[str] = []

    def moved(request: Request, to: str, headers: dict[str, str]) -> requests.Response:
        asked.append(to)
        answer = requests.Response()
        answer.status_code, answer.raw = 302, io.BytesIO()
        answer.headers["Location"] = "http://crm.example/file"
        return answer

    monkeypatch.setattr(line, "_ask", moved)
    with pytest.raises(RefusedError, match="without encryption"):
        line.send(Request("file", "/moved-away", is_file=True), SECRET)
    assert asked == ["https://crm.example/moved-away"]


def test_a_redirect_may_name_its_place_as_people_write_it(url: str, tmp_path: Path) -> None:
    """Read letter by letter it would lead to a place where nothing is, and the file would count as gone."""
    Handler.elsewhere = "/договор 1/file".encode().decode("latin-1")
    response = Line(url, tmp_path).send(Request("file", "/moved-away", is_file=True))
    assert isinstance(response, FileResponse)
    assert [unquote(path) for path, _secret in Handler.seen] == ["/moved-away", "/договор 1/file"]


@pytest.mark.parametrize("is_file", [True, False])
@pytest.mark.parametrize("place", ["https://[half", "//[", "/\xff\xe4"])
def test_a_redirect_to_what_is_no_address_is_a_failure(
    url: str, tmp_path: Path, place: str, is_file: bool
) -> None:
    """Anything else would end the whole pull, and each that follows, for the sake of one answer."""
    Handler.elsewhere = place
    with pytest.raises(TransientError, match="no address"):
        Line(url, tmp_path).send(Request("file", "/moved-away", is_file=is_file))


def test_a_circle_of_redirects_ends(url: str, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="circle"):
        Line(url, tmp_path).send(Request("file", "/circle", is_file=True))


def test_an_answer_to_a_plain_request_is_not_redirected(url: str, tmp_path: Path) -> None:
    assert Line(url, tmp_path).send(Request("x", "/moved"), SECRET).status == 302


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://127.0.0.1:8", True),
        ("http://localhost", True),
        ("http://[::1]:80", True),
        ("http://127.0.0.1.evil.example", False),
        ("http://10.0.0.1", False),
        ("http://localhost.example", False),
    ],
)
def test_loopback_is_only_this_machine(url: str, loopback: bool) -> None:
    assert is_loopback(url) is loopback


def test_a_way_without_encryption_is_not_taken(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="https"):
        Line("http://company.example", tmp_path)


def test_another_host_gets_the_file_request_but_no_secret(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(url, tmp_path)
    Handler.elsewhere = "https://storage.example/file"
    asked: list[tuple[str, dict[str, str]]] = []
    ask = line._ask

    def watched(request: Request, to: str, headers: dict[str, str]) -> requests.Response:
        asked.append((to, headers))
        return ask(request, to.replace("https://storage.example", url), headers)

    monkeypatch.setattr(line, "_ask", watched)
    line.send(Request("file", "/moved-away", is_file=True), SECRET)
    assert asked == [(f"{url}/moved-away", SECRET), ("https://storage.example/file", {})]


@pytest.mark.parametrize(
    ("url", "goes_through"),
    [
        ("https://account.example", True),
        ("https://crm.firm.test", False),
        ("https://crm.firm.test:8443", False),
        ("http://127.0.0.1:8000", False),
    ],
)
def test_a_proxy_is_passed_by_where_the_system_says_so(
    url: str, goes_through: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company's own server is often not reached through the company's proxy."""
    asked: list[str] = []

    def through(self: object, request: object, proxies: dict[str, str], **more: object) -> None:
        asked.extend(proxies)
        raise requests.ConnectionError

    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.firm.test:3128")
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.firm.test:3128")
    monkeypatch.setenv("NO_PROXY", ".firm.test,other.test")
    monkeypatch.setattr(HTTPAdapter, "send", through)
    with pytest.raises(TransientError):
        Line(url, tmp_path).send(Request("thing", "/good"))
    assert bool(asked) is goes_through


@pytest.mark.parametrize(
    ("proxy", "package", "is_good"),
    [
        ("http://proxy.firm.test:3128", False, True),
        ("http://me:pass%40word@proxy.firm.test:3128", False, True),
        ("proxy.firm.test:3128", False, True),
        ("socks5://127.0.0.1:1080", False, False),
        ("socks5h://127.0.0.1:1080", True, True),
        ("socks://127.0.0.1:1080/", True, False),
        ("http://proxy.firm.test:port", False, False),
        ("http://[::1", False, False),
        ("ftp://proxy.firm.test", False, False),
    ],
)
def test_a_proxy_that_nobody_can_go_through_is_told_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxy: str, package: bool, is_good: bool
) -> None:
    """“The answer redirects to what is no address” was what a person heard, for ten minutes."""
    for name in ("HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALL_PROXY", proxy)
    monkeypatch.setattr("crmexport.transport.line.find_spec", lambda name: package or None)
    if is_good:
        assert Line("https://crm.example.test", tmp_path)._session.proxies["all"] == proxy
        return
    with pytest.raises(ConfigurationError, match="NO_PROXY=crm.example.test") as told:
        Line("https://crm.example.test", tmp_path)
    assert proxy not in str(told.value)
    assert Line("http://127.0.0.1:1", tmp_path)._session.proxies == {}


def test_a_proxy_that_lets_nothing_through_is_named(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The handler knows no CONNECT, and says so as a proxy says that it wants a password."""
    monkeypatch.setenv("HTTPS_PROXY", url.replace("://", "://anna:secret@"))
    with pytest.raises(TransientError, match="proxy") as told:
        Line("https://account.example", tmp_path).send(Request("thing", "/good"))
    assert "secret" not in str(told.value)


LINKED = Request(
    "file",
    "/linked",
    "POST",
    body="{}",
    is_file=True,
    subject=("file", "1"),
    context={"link": ["result", "at"]},
)


def test_the_sign_in_may_stand_within_the_address(url: str, tmp_path: Path) -> None:
    """The request itself knows nothing of it: it is kept for ever."""
    Line(url, tmp_path).send(Request("x", "/good"), {PATH: "/rest/1/secret/good?token=2"})
    assert Handler.seen == [("/rest/1/secret/good?token=2", None)]


def test_a_request_cannot_name_another_address_itself(url: str, tmp_path: Path) -> None:
    """What the list of reads has seen is what is sent."""
    with pytest.raises(TransientError):
        Line(url, tmp_path).send(Request("x", "/good", headers={PATH: "/delete"}))
    assert Handler.seen == []


def test_a_file_is_fetched_from_where_the_answer_says(url: str, tmp_path: Path) -> None:
    Handler.elsewhere = "/file?once=2"
    response = Line(url, tmp_path).send(LINKED, {**SECRET, PATH: "/rest/secret/linked"})
    assert isinstance(response, FileResponse)
    assert response.path == tmp_path / LINKED.key
    assert response.path.read_bytes() == BIG
    assert [path for path, _secret in Handler.seen] == ["/rest/secret/linked", "/file?once=2"]


def test_only_the_file_itself_is_asked_for_in_parts(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the answer that names it would name nothing."""
    Handler.elsewhere = "/file"
    line = Line(url, tmp_path)
    asked: list[tuple[str, bool]] = []
    ask = line._ask

    def watched(request: Request, to: str, headers: dict[str, str]) -> requests.Response:
        asked.append((to.removeprefix(url), "Range" in headers))
        return ask(request, to, headers)

    monkeypatch.setattr(line, "_ask", watched)
    monkeypatch.setattr(line._incoming, "missing", lambda request: {"Range": "bytes=4-"})
    line.send(LINKED)
    assert asked == [("/linked", False), ("/file", True)]


@pytest.mark.parametrize("member", ["none", "no such"])
def test_an_answer_that_names_no_place_is_no_file(url: str, tmp_path: Path, member: str) -> None:
    """It is judged as it came: it may say what is wrong."""
    request = LINKED.replace(context={"link": ["result", member]})
    response = Line(url, tmp_path).send(request, SECRET)
    assert not isinstance(response, FileResponse)
    assert response.body.startswith(b'{"result"')


def test_a_link_to_another_host_takes_no_secret_along(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(url, tmp_path)
    Handler.elsewhere = "https://storage.example/file"
    asked: list[tuple[str, str, str | None, dict[str, str]]] = []
    ask = line._ask

    def watched(request: Request, to: str, headers: dict[str, str]) -> requests.Response:
        asked.append((request.method, to, request.body, headers))
        return ask(request, to.replace("https://storage.example", url), headers)

    monkeypatch.setattr(line, "_ask", watched)
    line.send(LINKED, SECRET)
    assert asked == [
        ("POST", f"{url}/linked", "{}", SECRET),
        ("GET", "https://storage.example/file", None, {}),
    ]


def test_a_link_to_a_place_without_encryption_is_refused(url: str, tmp_path: Path) -> None:
    Handler.elsewhere = url.replace("127.0.0.1", "localhost") + "/file"
    with pytest.raises(RefusedError):
        Line(url, tmp_path).send(LINKED, SECRET)
