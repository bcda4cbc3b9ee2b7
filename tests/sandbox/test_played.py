"""A rehearsal that is served lies where it is served: addresses of its own in answers lead there."""

import json
from typing import Any

from crmexport.sandbox.exchange import Answer, Asked
from crmexport.sandbox.played import PlayedRehearsal
from tests.conformance.toy_rehearsal import ToyRehearsal

HOST = "127.0.0.1:8123"


class Telling(ToyRehearsal):
    """Names its own address in whatever way the path asks for."""

    def answer(self, asked: Asked) -> Answer:
        told = {
            "/plain": Answer(200, json.dumps({"at": f"{self.url}/file"}).encode()),
            "/escaped": Answer(200, json.dumps({"at": f"{self.url}/file"}).replace("/", "\\/").encode()),
            "/moved": Answer(302, headers={"Location": f"{self.url}/file"}),
            "/bytes": Answer(200, self.url.encode(), "application/octet-stream"),
        }
        return told[asked.path]


def answered(path: str, headers: dict[str, Any] | None = None) -> Answer:
    given = {"host": HOST} if headers is None else headers
    return PlayedRehearsal(Telling()).app.respond(Asked("GET", path, "", given))


def test_addresses_in_answers_and_redirects_lead_to_where_it_is_served() -> None:
    for path in ("/plain", "/escaped"):
        assert json.loads(answered(path).body) == {"at": f"http://{HOST}/file"}
    assert answered("/moved").headers == {"Location": f"http://{HOST}/file"}


def test_the_bytes_of_a_file_are_its_own() -> None:
    assert answered("/bytes").body == Telling.url.encode()


def test_without_a_host_the_address_stays() -> None:
    assert json.loads(answered("/plain", {}).body) == {"at": f"{Telling.url}/file"}
