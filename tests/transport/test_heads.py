"""Headers that do not end: cut off, dripping, or put off for ever. Neither is an answer, and none holds its thread for days."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from io import BufferedReader, BytesIO
from itertools import repeat
from pathlib import Path
from time import sleep

import pytest

from crmexport.source import Request
from crmexport.transport import heads
from crmexport.transport.failures import TransientError
from crmexport.transport.line import Line

Serving = Callable[[Iterable[bytes]], Line]
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[Serving]:
    """A line to a server that sends these pieces and hangs up."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        def serve(pieces: Iterable[bytes]) -> None:
            came, _where = server.accept()
            with came:
                came.recv(1 << 16)
                try:
                    for piece in pieces:
                        came.sendall(piece)
                        sleep(0.01)
                except OSError:
                    pass

        def line(pieces: Iterable[bytes]) -> Line:
            threading.Thread(target=serve, args=(pieces,), daemon=True).start()
            return Line(f"http://127.0.0.1:{server.getsockname()[1]}", tmp_path)

        yield line


@pytest.mark.parametrize("is_file", [True, False])
@pytest.mark.parametrize("cut", [15, 17, 30, len(HEAD), len(HEAD) - 1])
def test_an_answer_cut_off_in_its_headers_is_no_empty_one(serving: Serving, is_file: bool, cut: int) -> None:
    with pytest.raises(TransientError):
        serving([HEAD[:cut]]).send(Request("file", "/f", is_file=is_file))


@pytest.mark.parametrize(
    ("rest", "body"),
    [
        (b"\r\n", b""),
        (b"\r\nto the end of the connection", b"to the end of the connection"),
        (b"Content-Length: 3\r\n\r\nabc", b"abc"),
        (b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", b"abc"),
    ],
)
@pytest.mark.parametrize("in_bytes", [True, False])
def test_whole_answers_are_taken_however_they_come(
    serving: Serving, rest: bytes, body: bytes, in_bytes: bool
) -> None:
    whole = b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + rest
    pieces = [whole[place : place + 1] for place in range(len(whole))] if in_bytes else [whole]
    assert serving(pieces).send(Request("file", "/f")).body == body


@pytest.mark.parametrize(
    ("first", "ever"),
    [
        (HEAD, b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", b"0"),
    ],
)
def test_lines_that_never_end_are_given_up(
    serving: Serving, monkeypatch: pytest.MonkeyPatch, first: bytes, ever: bytes
) -> None:
    monkeypatch.setattr(heads, "SECONDS", 0.2)
    with pytest.raises(TransientError, match="no answer in time"):
        serving([first, *repeat(ever, 300)]).send(Request("file", "/f"))


class Socket:
    """Gives an answer in chunks."""

    def makefile(self, mode: str) -> BufferedReader:
        return BufferedReader(BytesIO(HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"))  # type: ignore[arg-type]


def test_a_big_file_may_come_for_longer_than_its_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line of it has time of its own: else none that takes minutes would ever be held."""
    now = [0.0]
    monkeypatch.setattr(heads, "monotonic", lambda: now[0])
    answer = heads._Answer(Socket())  # type: ignore[arg-type]
    answer.begin()
    now[0] += 2 * heads.SECONDS
    assert answer.read() == b"abc"
