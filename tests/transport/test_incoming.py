"""A file that breaks off goes on where it stopped, if it is sure to be the same file; else it is asked for anew."""

import os
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from crmexport.source import Request
from crmexport.transport.begun import HEAD, is_begun, key_of
from crmexport.transport.failures import BrokenOffError, TransientError
from crmexport.transport.incoming import FileResponse, Incoming
from crmexport.transport.line import TRICKLE_SECONDS, Line
from tests.transport.test_line import Jumping

OLD, NEW = bytes(range(256)) * 2000, bytes(reversed(range(256))) * 2000
EACH = 200_000  # bytes after which the line drops
TAG, DATE = '"first"', "Wed, 21 Oct 2026 07:28:00 GMT"
REQUEST = Request("file", "/file", is_file=True)


class Server(ThreadingHTTPServer):
    """Sends `EACH` bytes of a file at a time, or what is left of it, from where it is asked to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = OLD
        self.version = {"ETag": TAG}
        self.gives_parts = self.knows_parts = self.tells_length = True
        self.length_of_part: int | None = None
        self.gives = EACH
        self.looks = True
        self.told: Callable[[int], str] = lambda start: f"bytes {start}-{len(OLD) - 1}/{len(OLD)}"
        self.asked: list[tuple[str, str | None, str | None]] = []

    def handle_error(self, request: object, client_address: object) -> None:
        """Who asks may hang up before all has come."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        asked, version = self.headers.get("Range"), self.headers.get("If-Range")
        self.server.asked.append((self.path, asked, version))
        self.close_connection = True
        if self.path == "/moved":
            self._head(302, Location="/file", Content_Length="0")
            return
        is_same = version in self.server.version.values() or not self.server.looks
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        if asked and not self.server.gives_parts:
            self._head(416, Content_Length="0")
            return
        start = start if is_same and self.server.knows_parts else 0
        rest = self.server.content[start:][: self.server.length_of_part if start else None]
        part = {"Content-Range": self.server.told(start)} if start else {}
        if not start and not self.server.tells_length:
            self._head(200, Transfer_Encoding="chunked", **self.server.version)
            self.wfile.write(b"%x\r\n%b\r\n" % (self.server.gives, rest[: self.server.gives]))
            return
        self._head(206 if start else 200, Content_Length=str(len(rest)), **part, **self.server.version)
        self.wfile.write(rest[: self.server.gives])

    def _head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Connection", "close")  # else a request may be sent to where nobody listens any more
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01}).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def line(server: Server, tmp_path: Path) -> Line:
    return Line(f"http://127.0.0.1:{server.server_port}", tmp_path)


def tried(line: Line, request: Request = REQUEST, times: int = 10) -> FileResponse:
    """The file, after as many tries as it takes."""
    for _number in range(times):
        try:
            response = line.send(request)
        except TransientError:
            continue
        assert isinstance(response, FileResponse)
        return response
    raise AssertionError("never whole")


def is_whole(response: FileResponse, content: bytes) -> bool:
    return (
        response.status == 200
        and response.path.read_bytes() == content
        and response.sha256 == sha256(content).hexdigest()
        and response.size == len(content)
        and response.body == content[:HEAD]
    )


@pytest.mark.parametrize(
    "version", [{"ETag": TAG}, {"Last-Modified": DATE}, {"ETag": TAG, "Last-Modified": DATE}]
)
def test_what_broke_off_goes_on_where_it_stopped(server: Server, line: Line, version: dict[str, str]) -> None:
    server.version = version
    assert is_whole(tried(line), OLD)
    name = next(iter(version.values()))
    first, *rest = server.asked
    assert first == ("/file", None, None)
    assert {version for _path, _asked, version in rest} == {name}
    starts = [int(str(asked)[len("bytes=") : -1]) for _path, asked, _version in rest]
    assert starts == sorted(set(starts)) and starts[0] > 0 and len(starts) > 1


def test_in_a_later_run_too(server: Server, line: Line, tmp_path: Path) -> None:
    with pytest.raises(BrokenOffError):
        line.send(REQUEST)
    later = Line(f"http://127.0.0.1:{server.server_port}", tmp_path)
    assert is_whole(tried(later), OLD)
    assert server.asked[1] == ("/file", f"bytes={EACH}-", TAG)
    assert None not in [asked for _path, asked, _version in server.asked[1:]], "nothing comes twice"
    assert [path.name for path in tmp_path.iterdir()] == [REQUEST.key]


class Killed(BaseException):
    """Stands for SIGKILL."""


def killed_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that ends in the middle of a file, after it had written down how far it was, and some bytes more."""
    monkeypatch.setattr("crmexport.transport.incoming.STEP", EACH)

    def pieces() -> Iterator[bytes]:
        yield OLD[:EACH]
        yield OLD[EACH : EACH + 10]
        raise Killed

    with pytest.raises(Killed):
        Incoming(folder).take(REQUEST, 200, {"etag": TAG, "content-length": str(len(OLD))}, pieces())


def test_what_a_killed_run_had_written_down_is_not_fetched_again(
    server: Server, line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed_at(tmp_path, monkeypatch)
    assert is_whole(tried(line), OLD)
    assert server.asked[0] == ("/file", f"bytes={EACH}-", TAG)


def test_bytes_that_are_not_those_written_down_are_fetched_again(
    server: Server, line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a power cut a file may have its length and not its contents: it would look whole."""
    killed_at(tmp_path, monkeypatch)
    with (tmp_path / REQUEST.key).open("r+b") as file:
        file.write(b"zero")
    assert is_whole(tried(line), OLD)
    assert server.asked[0] == ("/file", None, None)


@pytest.mark.parametrize("left", [b"", b'{"version": ', b"[]"])
def test_half_a_note_is_none(server: Server, line: Line, tmp_path: Path, left: bytes) -> None:
    (tmp_path / REQUEST.key).write_bytes(OLD[:EACH])
    (tmp_path / f"{REQUEST.key}.begun").write_bytes(left)
    assert is_whole(tried(line), OLD)
    assert server.asked[0] == ("/file", None, None)


def test_a_source_that_gives_small_parts_only_is_asked_for_one_after_the_other(
    server: Server, line: Line
) -> None:
    server.length_of_part = EACH // 2
    server.told = lambda start: f"bytes {start}-{start + EACH // 2 - 1}/{len(OLD)}"
    assert is_whole(tried(line), OLD)


def test_a_part_that_nobody_asked_for_is_no_file(tmp_path: Path) -> None:
    headers = {"content-range": f"bytes 0-4/{len(OLD)}", "content-length": "5", "etag": TAG}
    with pytest.raises(TransientError, match="not whole"):
        Incoming(tmp_path).take(REQUEST, 206, headers, iter([b"bytes"]))


def test_behind_a_redirect_too(server: Server, line: Line) -> None:
    assert is_whole(tried(line, Request("file", "/moved", is_file=True)), OLD)
    assert {version for path, _asked, version in server.asked[2:] if path == "/file"} == {TAG}


def test_a_file_that_is_another_one_by_now_comes_whole(server: Server, line: Line) -> None:
    with pytest.raises(TransientError):
        line.send(REQUEST)
    server.content, server.version = NEW, {"ETag": '"second"'}
    assert is_whole(tried(line), NEW)
    assert len(server.asked) == 4  # the answer to the second is its first piece, not thrown away


def test_a_server_that_does_not_look_whether_it_is_the_same_spoils_nothing(
    server: Server, line: Line
) -> None:
    with pytest.raises(BrokenOffError):
        line.send(REQUEST)
    server.content, server.version, server.looks = NEW, {"ETag": '"second"'}, False
    assert is_whole(tried(line), NEW)


@pytest.mark.parametrize("version", [{}, {"ETag": f"W/{TAG}"}, {"ETag": f"W/{TAG}", "Last-Modified": DATE}])
def test_without_a_sure_sign_that_it_is_the_same_it_is_asked_for_anew(
    server: Server, line: Line, version: dict[str, str]
) -> None:
    server.version = version
    for _number in range(3):
        with pytest.raises(TransientError):
            line.send(REQUEST)
    assert server.asked == [("/file", None, None)] * 3


def test_a_source_that_gives_no_parts_is_asked_for_all_of_it_again(server: Server, line: Line) -> None:
    server.gives_parts = False
    for _number in range(3):
        with pytest.raises(TransientError):
            line.send(REQUEST)
    assert [asked for _path, asked, _version in server.asked] == [None, f"bytes={EACH}-", None]


def test_a_file_that_only_ever_comes_from_its_start_comes_no_nearer_to_its_end(
    server: Server, line: Line
) -> None:
    """Else the same half of a big file would be fetched some hundred times over."""
    with pytest.raises(BrokenOffError):
        line.send(REQUEST)
    server.knows_parts, server.gives = False, EACH // 4
    for _number in range(3):
        with pytest.raises(TransientError) as failure:
            line.send(REQUEST)
        assert not isinstance(failure.value, BrokenOffError)
    server.gives = 2 * EACH
    with pytest.raises(BrokenOffError):
        line.send(REQUEST)


def test_what_only_trickles_in_holds_no_thread_for_long_and_loses_nothing(
    server: Server, tmp_path: Path
) -> None:
    server.gives = len(OLD)
    url = f"http://127.0.0.1:{server.server_port}"
    slow = Line(url, tmp_path, clock=Jumping(TRICKLE_SECONDS * 3 / 4))
    with pytest.raises(TransientError, match="trickles") as failure:
        slow.send(REQUEST)
    assert not isinstance(failure.value, BrokenOffError)
    with pytest.raises(TransientError, match="trickles"):
        slow.send(REQUEST)
    assert server.asked[1][1] is not None  # the rest


def test_what_brings_nothing_more_is_a_failure_like_any_other(server: Server, line: Line) -> None:
    """Only what comes nearer to its end is tried on and on."""
    with pytest.raises(BrokenOffError):
        line.send(REQUEST)
    server.gives = 0
    with pytest.raises(TransientError) as failure:
        line.send(REQUEST)
    assert not isinstance(failure.value, BrokenOffError)
    server.gives = EACH
    assert is_whole(tried(line), OLD)
    assert server.asked[-1] == ("/file", f"bytes={2 * EACH}-", TAG)


@pytest.mark.parametrize(
    "told",
    [
        lambda start: f"bytes {start + 1}-{len(OLD) - 1}/{len(OLD)}",
        lambda start: f"bytes {start}-{len(OLD) - 1}/{len(OLD) + 1}",
        lambda start: "bytes */7",
        lambda start: "",
    ],
)
def test_a_part_that_does_not_fit_is_thrown_away(
    server: Server, line: Line, told: Callable[[int], str]
) -> None:
    server.told = told
    with pytest.raises(AssertionError, match="never whole"):
        tried(line)
    server.told = lambda start: f"bytes {start}-{len(OLD) - 1}/*"
    assert is_whole(tried(line), OLD)


@pytest.mark.parametrize("left", [None, EACH - 1])
def test_a_file_that_was_taken_away_or_cut_meanwhile_is_asked_for_anew(
    server: Server, line: Line, tmp_path: Path, left: int | None
) -> None:
    """The rest, written behind what is not there any more, would look whole."""
    with pytest.raises(TransientError):
        line.send(REQUEST)
    path = tmp_path / REQUEST.key
    if left is None:
        path.unlink()
    else:
        os.truncate(path, left)
    assert is_whole(tried(line), OLD)
    assert server.asked[1] == ("/file", None, None)


def test_an_address_that_an_answer_names_is_one_however_that_was_asked_for(tmp_path: Path) -> None:
    request = REQUEST.replace(method="POST", context={"link": ["result"]})
    incoming = broken(tmp_path, {"content-length": "8", "etag": TAG}, request)
    assert incoming.missing(request) == {"Range": "bytes=4-", "If-Range": TAG}


def test_a_part_that_is_not_all_of_the_rest_is_no_end_of_the_file(server: Server, line: Line) -> None:
    """It does not say how long the whole is, but the first answer did."""
    server.told = lambda start: f"bytes {start}-{start + 99}/*"
    server.length_of_part = 100
    with pytest.raises(AssertionError, match="never whole"):
        tried(line)


def test_a_part_of_what_nobody_tells_the_length_of_is_not_taken_for_the_rest(
    server: Server, line: Line
) -> None:
    server.tells_length = False
    test_a_part_that_is_not_all_of_the_rest_is_no_end_of_the_file(server, line)


def test_how_long_it_is_a_part_may_be_the_first_to_tell(server: Server, line: Line) -> None:
    server.tells_length = False
    assert is_whole(tried(line), OLD)
    assert None not in [asked for _path, asked, _version in server.asked[1:]]


def test_what_went_on_is_described_as_the_whole_that_it_is(server: Server, line: Line) -> None:
    """A file that is a web page is told from a page to sign in at by its length alone."""
    headers = tried(line).headers
    assert (headers["content-length"], headers["etag"]) == (str(len(OLD)), TAG)


def broken(folder: Path, headers: dict[str, str], request: Request = REQUEST) -> Incoming:
    """Half of a file has come by an answer with these headers."""

    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise TransientError("broke off")

    incoming = Incoming(folder)
    incoming.missing(request)
    with pytest.raises(TransientError):
        incoming.take(request, 200, headers, pieces())
    return incoming


@pytest.mark.parametrize(
    ("headers", "method"),
    [
        ({"content-length": "8"}, "GET"),
        ({"content-length": "8", "etag": 'W/"weak"'}, "GET"),
        ({"content-length": "8", "etag": TAG, "content-encoding": "gzip"}, "GET"),
        ({"content-length": "8", "etag": TAG}, "POST"),
    ],
)
def test_nothing_goes_on_where_two_halves_may_not_belong_together(
    tmp_path: Path, headers: dict[str, str], method: str
) -> None:
    """No sure name for its contents, bytes packed for the way, or an answer to a question that is no address."""
    request = REQUEST.replace(method=method)
    assert broken(tmp_path, headers, request).missing(request) == {}
    assert Incoming(tmp_path).missing(request) == {}


def test_what_is_left_is_kept_where_a_later_run_may_go_on_from_it(tmp_path: Path) -> None:
    """Bytes that nothing tells of would fill the disk, and be of no use."""
    broken(tmp_path, {"content-length": "8", "etag": TAG})
    path, note = tmp_path / REQUEST.key, tmp_path / f"{REQUEST.key}.begun"
    assert is_begun(path) and is_begun(note)
    assert key_of(path) == key_of(note) == REQUEST.key
    (tmp_path / "bytes alone").write_bytes(b"half")
    (tmp_path / "note alone.begun").write_bytes(note.read_bytes())
    (tmp_path / "half a note").write_bytes(b"half")
    (tmp_path / "half a note.begun").write_bytes(b'{"version": "1"}')
    left = set(tmp_path.iterdir()) - {path, note}
    assert len(left) == 4 and not any(is_begun(one) for one in left)


def test_a_part_that_brings_more_than_there_is_is_no_file(tmp_path: Path) -> None:
    incoming = broken(tmp_path, {"content-length": "8", "etag": TAG})
    assert incoming.missing(REQUEST) == {"Range": "bytes=4-", "If-Range": TAG}
    with pytest.raises(TransientError):
        incoming.take(REQUEST, 206, {"content-range": "bytes 4-7/8", "etag": TAG}, [b"of it, and more"])
    assert incoming.missing(REQUEST) == Incoming(tmp_path).missing(REQUEST) == {}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-length": "soon"},
        {"content-length": "3", "transfer-encoding": "chunked"},
        {"content-length": "3", "content-encoding": "gzip"},
    ],
)
def test_the_length_of_a_file_is_how_much_of_it_came(tmp_path: Path, headers: dict[str, str]) -> None:
    """A page to sign in at is told from a file that is a page by its length alone, which not every answer tells."""
    response = Incoming(tmp_path).take(REQUEST, 200, headers, [b"all ", b"of it"])
    assert response.path.read_bytes() == b"all of it" and response.size == 9
    assert response.headers == {**headers, "content-length": "9"}


def test_a_file_without_a_name_for_its_contents_leaves_nothing_to_go_on_from_when_a_process_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crmexport.transport.incoming.STEP", 1)

    def killed() -> Iterator[bytes]:
        yield b"half"
        raise Killed

    with pytest.raises(Killed):
        Incoming(tmp_path).take(REQUEST, 200, {"content-length": "8"}, killed())
    assert Incoming(tmp_path).missing(REQUEST) == {}


def test_the_first_bytes_of_a_file_are_known_in_however_small_pieces_they_come(tmp_path: Path) -> None:
    """By them a page is told from a file."""
    came = Incoming(tmp_path).take(REQUEST, 200, {}, [b"<ht", b"ml>", b"x" * HEAD])
    assert came.body == b"<html>" + b"x" * (HEAD - 6)
