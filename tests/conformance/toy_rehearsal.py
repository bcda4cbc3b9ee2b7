"""The toy CRM of tests/toy.py as a rehearsal: what a sandbox must have at the least, and no more."""

import json
from collections.abc import Iterator
from hashlib import sha256

from crmexport.sandbox.exchange import Answer, Asked
from crmexport.sandbox.rehearsal import Fact, Rehearsal
from crmexport.source import Credentials, Request
from tests.toy import ToyServer

TOKEN = "toy-application-token"


class ToyRehearsal(Rehearsal):
    def __init__(self, habit: str | None = None) -> None:
        super().__init__(habit)
        self.server = ToyServer(things=23)

    @property
    def credentials(self) -> Credentials:
        return Credentials(token=TOKEN)

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(401, b"{}")
        if asked.path.startswith("/file/"):
            return Answer(200, self._bytes(asked.path.rsplit("f", 1)[1]), "application/octet-stream")
        response = self.server.send(Request("", asked.target, asked.method, asked.body.decode() or None))
        return Answer(response.status, response.body)

    def truth(self) -> Iterator[Fact]:
        for id, thing in {**self.server.things, **self.server.unlisted}.items():
            yield Fact("thing", id, thing)
            if "file" in thing:
                file = json.loads(json.dumps(thing["file"]))
                content = self._bytes(id)
                yield Fact("file", file["id"], file, None, sha256(content).hexdigest(), len(content))
        for id, notes in self.server.notes.items():
            yield from (Fact("note", note["id"], note, ("thing", id)) for note in notes)

    @staticmethod
    def _bytes(number: str) -> bytes:
        return f"bytes {number}".encode()
