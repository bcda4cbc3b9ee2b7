"""Radicale, a real server of address books and calendars, takes every file whole and gives every item back."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from radicale import config
from radicale.app import Application

from crmexport.target import Output
from tests.target.invented import Entities
from tests.target.test_content import hostile

Export = Callable[..., list[Output]]
TYPES = {"vcf": "text/vcard", "ics": "text/calendar"}
__all__ = ["hostile"]


class Radicale:
    """The server without a socket: requests are handed to it as a web server would."""

    def __init__(self, folder: Path) -> None:
        settings = config.load()
        settings.update(
            {
                "storage": {"filesystem_folder": str(folder), "_filesystem_fsync": "False"},
                "auth": {"type": "none"},
                "rights": {"type": "authenticated"},
                "logging": {"level": "critical"},
            },
            "test",
            privileged=True,
        )
        self._app = Application(settings)

    def call(self, method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, bytes]:
        said: list[str] = []
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "SCRIPT_NAME": "",
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": f"{kind}; charset=utf-8",
            "HTTP_AUTHORIZATION": "Basic YTphYQ==",
            "HTTP_DEPTH": "1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.input": io.BytesIO(body),
        }
        setup_testing_defaults(environ)
        answer = b"".join(self._app(environ, lambda status, _headers, _exc=None: said.append(status)))
        return int(said[0].split()[0]), answer


@pytest.fixture
def radicale(tmp_path: Path) -> Radicale:
    return Radicale(tmp_path / "radicale")


def taken(radicale: Radicale, file: Path) -> int:
    """Give the file as a whole collection; the number of items that the server holds then."""
    place = f"/a/{file.parent.name}-{file.stem}/"
    status, said = radicale.call("PUT", place, file.read_bytes(), TYPES[file.suffix[1:]])
    assert status == 201, said
    status, listed = radicale.call("PROPFIND", place)
    assert status == 207
    return listed.count(b"<getetag>") - 1


@pytest.mark.parametrize("nasty", [False, True])
def test_radicale_takes_every_file(
    exporting: Export, radicale: Radicale, request: pytest.FixtureRequest, tmp_path: Path, nasty: bool
) -> None:
    if nasty:
        request.getfixturevalue("hostile")
    outputs = [
        one for one in exporting("vcard", "vcard4", "icalendar") if one.path.endswith((".vcf", ".ics"))
    ]
    assert [
        (one.path, found)
        for one in outputs
        if (found := taken(radicale, tmp_path / "out" / one.path)) != one.rows
    ] == []
    assert len(outputs) >= 5


def test_the_server_knows_a_person_again(
    exporting: Export, radicale: Radicale, made: Entities, tmp_path: Path
) -> None:
    exporting("vcard")
    file = tmp_path / "out/vcard/contacts.vcf"
    assert taken(radicale, file) == 3
    made["contact"][0]["position"] = "Директор"
    exporting("vcard")
    card = file.read_bytes().partition(b"END:VCARD\r\n")[0] + b"END:VCARD\r\n"
    status, _said = radicale.call("PUT", "/a/vcard-contacts/again.vcf", card, "text/vcard")
    assert status == 409
    uid = card.decode().partition("UID:")[2].partition("\r\n")[0]
    other = card.replace(uid.encode(), b"urn:uuid:00000000-0000-5000-8000-000000000000")
    status, _said = radicale.call("PUT", "/a/vcard-contacts/again.vcf", other, "text/vcard")
    assert status == 201
