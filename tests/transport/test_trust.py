"""Over real TLS: what this computer believes is believed, by its own store or by a list; nobody else hears a secret."""

import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme

from crmexport.source import Request
from crmexport.transport.failures import TransientError
from crmexport.transport.line import Line

SECRET = {"Authorization": "Bearer secret"}


class Handler(BaseHTTPRequestHandler):
    heard: list[str | None] = []

    def do_GET(self) -> None:
        self.heard.append(self.headers.get("Authorization"))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *words: object) -> None:
        """Silence."""


class Quiet(ThreadingHTTPServer):
    def handle_error(self, *words: object) -> None:
        """A connection that the other end breaks off is what is tested."""


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def port(authority: trustme.CA) -> Iterator[int]:
    Handler.heard.clear()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with Quiet(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def list_of_its_own(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)


def ask(port: int, folder: Path, host: str = "localhost") -> int:
    return Line(f"https://{host}:{port}", folder).send(Request("thing", "/good"), SECRET).status


def test_who_is_not_believed_hears_nothing_and_the_person_hears_why(port: int, tmp_path: Path) -> None:
    with pytest.raises(
        TransientError, match=r"certificate is not accepted: .*issuer.*date right.*virus scanner"
    ):
        ask(port, tmp_path)
    assert Handler.heard == []


def test_what_the_system_believes_is_believed(
    port: int, tmp_path: Path, list_of_its_own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a company's proxy is, or a virus scanner: by the store that browsers use."""
    paths = SimpleNamespace(cafile=list_of_its_own, capath=None)
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: paths)
    monkeypatch.setattr(
        ssl.SSLContext,
        "set_default_verify_paths",
        lambda context: context.load_verify_locations(list_of_its_own),
    )
    assert ask(port, tmp_path) == 200
    assert Handler.heard == ["Bearer secret"]


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_a_list_may_be_named(
    port: int, tmp_path: Path, list_of_its_own: str, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, list_of_its_own)
    assert ask(port, tmp_path) == 200


def test_a_believed_certificate_of_another_name_is_not_accepted(
    port: int, tmp_path: Path, list_of_its_own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", list_of_its_own)
    with pytest.raises(TransientError, match="certificate is not accepted: .*127.0.0.1"):
        ask(port, tmp_path, "127.0.0.1")
    assert Handler.heard == []
