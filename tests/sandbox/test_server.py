"""The server on loopback delivers answers whole, and broken exactly in the ways that were ordered."""

import json
import socket
import sys
import tomllib
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import monotonic, time
from typing import Any

import pytest
import requests

from crmexport.errors import ConfigurationError
from crmexport.extras import PACKAGES
from crmexport.sandbox import faults
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.sandbox.faults import Fault
from crmexport.sandbox.limiter import Limiter
from crmexport.sandbox.server import serve, serve_forever
from crmexport.sandbox.shell import Shell

BODY = json.dumps({"text": "длинный ответ " * 500}, ensure_ascii=False).encode()


def echo(asked: Asked) -> Answer:
    """Answers with a long body; a POST gets back what it sent."""
    if asked.path == "/none":
        return Answer(200)
    return Answer(200, asked.body if asked.method == "POST" else BODY + asked.path.encode())


class Served:
    """A shell and where it is served."""

    def __init__(self, shell: Shell, url: str) -> None:
        self.shell, self.url = shell, url

    def get(self, path: str = "/page") -> requests.Response:
        return requests.get(self.url + path, timeout=10)


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    shell = Shell(echo, control={"numbers": lambda: iter((b"1\n", b"2\n"))})
    with serve(shell) as url:
        yield Served(shell, url)


@pytest.fixture
def served(server: Served) -> Served:
    server.shell.faults.clear()
    server.shell.ledger.clear()
    return server


def test_an_answer_arrives_whole(served: Served) -> None:
    assert served.get().content == BODY + b"/page"


def test_a_body_reaches_the_site_whole(served: Served) -> None:
    sent = b"\x00\xff" * 100_000
    assert requests.post(served.url + "/form", data=sent, timeout=10).content == sent


def test_the_ledger_counts_every_request_but_those_of_control_pages(served: Served) -> None:
    served.shell.faults.add(faults.broken(), nth=2)
    for _ in range(3):
        served.get("/page?a=1")
    assert served.get("/__sandbox__/numbers").text == "1\n2\n"
    assert served.get("/__sandbox__/nothing").json() == {"pages": ["numbers"]}
    summary = served.shell.ledger.summary()
    assert (summary["requests"], summary["statuses"]) == (3, {"200": 2, "500": 1})
    assert [(entry.status, entry.path) for entry in served.shell.ledger.entries][1] == (500, "/page?a=1")


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (faults.throttled(7), 429, b"{}"),
        (faults.broken(), 500, b"internal"),
        (faults.bad_gateway(), 502, b"<html>"),
        (faults.unavailable(3), 503, b"<html>"),
        (faults.unauthorized(), 401, b"invalid_token"),
        (faults.forbidden("act_read"), 403, b"act_read"),
        (faults.login_page(), 200, b'type="password"'),
        (faults.empty(), 200, b""),
    ],
)
def test_failures_that_have_a_status(served: Served, fault: Fault, status: int, body: bytes) -> None:
    served.shell.faults.add(fault)
    answer = served.get()
    assert answer.status_code == status
    assert body in answer.content
    assert served.get().content == BODY + b"/page", "it struck once"


def test_a_429_may_give_seconds_a_date_or_nothing(served: Served) -> None:
    for fault in (faults.throttled(7), faults.throttled_until(90), faults.throttled_bare()):
        served.shell.faults.add(fault)
    seconds, date, nothing = (served.get().headers.get("Retry-After") for _ in range(3))
    assert seconds == "7"
    assert date is not None
    assert 80 < parsedate_to_datetime(date).timestamp() - time() < 95
    assert nothing is None


@pytest.mark.parametrize("path", ["/page", "/none"])
def test_a_reset_is_a_real_connection_error(served: Served, path: str) -> None:
    served.shell.faults.add(faults.reset())
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        served.get(path)
    assert list(served.shell.ledger.statuses) == [0]
    assert served.get().status_code == 200, "the server lives on"


def test_a_reset_comes_in_the_middle_of_the_body(served: Served) -> None:
    served.shell.faults.add(faults.reset())
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(b"GET /page HTTP/1.1\r\nHost: x\r\n\r\n")
        got = b""
        with pytest.raises(ConnectionResetError):
            while True:
                part = line.recv(65_536)
                assert part, "the connection was closed politely"
                got += part
    if sys.platform != "win32":  # where a reset takes along what has come and was not read
        assert b"200 OK" in got
        assert len(BODY) // 2 <= len(got) < len(BODY)


def test_a_short_body_lacks_what_its_length_promises(served: Served) -> None:
    served.shell.faults.add(faults.short_body())
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        served.get()


def test_cut_json_looks_whole(served: Served) -> None:
    served.shell.faults.add(faults.cut_json())
    answer = served.get()
    assert len(answer.content) == int(answer.headers["Content-Length"]) < len(BODY)
    with pytest.raises(ValueError, match="delimiter|Unterminated"):
        answer.json()


def test_a_slow_answer_is_whole_in_the_end(served: Served) -> None:
    served.shell.faults.add(faults.drip())
    began = monotonic()
    assert served.get().content == BODY + b"/page"
    assert monotonic() - began > 0.15


def test_a_page_may_come_again(served: Served) -> None:
    served.shell.faults.add(faults.repeated_page(), nth=2)
    assert [served.get(path).content[-2:] for path in ("/1", "/2", "/3")] == [b"/1", b"/1", b"/3"]


def test_the_limiter_refuses_with_seconds_to_wait() -> None:
    shell = Shell(echo, limiter=Limiter(2, clock=lambda: 5.0))
    with serve(shell) as url:
        answers = [requests.get(url, timeout=10) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "1"


def test_latency_is_waited_for_by_many_at_once(server: Served) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with serve(Shell(echo, latency_ms=150)) as url, ThreadPoolExecutor(8) as pool:
        began = monotonic()
        list(pool.map(lambda _: requests.get(url, timeout=10), range(8)))
        spent = monotonic() - began
    assert 0.15 <= spent < 0.9


def test_a_taken_port_is_a_sentence(served: Served) -> None:
    port = int(served.url.rpartition(":")[2])
    with pytest.raises(ConfigurationError, match=f"{port}"):
        serve_forever(served.shell, port)


def test_without_uvicorn_a_sentence_tells_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ConfigurationError, match=r'pip install "crmexport\[sandbox\]"'), serve(Any):
        pass


@pytest.mark.parametrize(
    ("left", "command"),
    [
        ("pipx_metadata.json", "pipx inject crmexport uvicorn h11"),
        ("uv-receipt.toml", 'uv tool install "crmexport[sandbox]"'),
    ],
)
def test_what_is_missing_is_installed_where_the_program_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, left: str, command: str
) -> None:
    """The usual pip does not reach into the environment of pipx: the same sentence would come again."""
    (tmp_path / left).write_text("", encoding="utf-8")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ConfigurationError) as caught, serve(Any):
        pass
    assert str(caught.value).endswith(command)


def test_pipx_is_told_of_all_that_an_extra_needs() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    needed = project["project"]["optional-dependencies"]
    for extra, packages in PACKAGES.items():
        assert [one.partition(">")[0] for one in needed[extra]] == list(packages)


def test_the_address_is_told_before_serving(monkeypatch: pytest.MonkeyPatch) -> None:
    import uvicorn

    def interrupted(self: uvicorn.Server, sockets: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "run", interrupted)
    told: list[str] = []
    serve_forever(Shell(echo), 0, told.append)
    assert told[0].startswith("http://127.0.0.1:")
