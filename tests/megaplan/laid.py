"""An account in which the traps of the Megaplan reference, §20, are laid; an archive of it made by the real engine; and a
careless client beside them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox
from crmexport_megaplan.sandbox.issues import PICTURED
from crmexport_megaplan.sandbox.spaces import shown_file
from crmexport_megaplan.v1.signing import headers

from crmexport.archive import Archive
from crmexport.archive.replay import connector_of, current_rows
from crmexport.mapping import MappedArchive, load_source_mapping
from crmexport.pull import PullResult, pull
from crmexport.sandbox.exchange import Asked
from crmexport.source import Account, Credentials, Gap, Key, Request
from tests.sandbox.asking import Client
from tests.toy import TestClock

HOSTILE = Behaviour(
    bare_rows=True,
    page_cap=30,
    comments_page_cap=20,
    count_is="page",
    employee_list_hides_fired=True,
    contractor_list_hides_dropped=True,
    deal_list_hides_inactive_programs=True,
    project_list_hides_closed=True,
    todo_list_hides_finished=True,
    absent=("knowledgeBase/all", "sectionArticles"),
    expiry="meta",
    token_requests=40,
)
SIZES = (100, 130, 260)


@dataclass
class Laid:
    """The sandbox, its careless client, and the archive of `api`'s pull in `folder`. What it tells is looked up once."""

    box: MegaplanSandbox
    folder: Path
    api: str = "v3"
    clock: TestClock = field(default_factory=TestClock)

    @property
    def client(self) -> Client:
        return Client(self.box)

    def pull(self, url: str, password: str | None = None, full: bool = False) -> PullResult:
        """Pull from the box running at `url`, signed in by its password or another."""
        secrets = Credentials(login=self.box.login, password=password or self.box.password)
        connector = Megaplan(Account(url, {"api": self.api}))
        return pull(self.folder, connector, secrets, rate=0, clock=self.clock, full=full)

    @cached_property
    def held(self) -> dict[Key, dict[str, Any]]:
        """Every current record of the archive."""
        with Archive.open(self.folder) as archive:
            streams = [stream for stream in archive.counts() if stream != "file"]
            rows = current_rows(archive, connector_of(archive), streams)
            return {(row.stream, row.id): row.value for row in rows}

    @cached_property
    def files(self) -> dict[str, str | None]:
        """The SHA-256 of every file of the archive."""
        with Archive.open(self.folder) as archive:
            return {file.id: file.sha256 for file in archive.files()}

    @cached_property
    def owners(self) -> set[tuple[str, Key]]:
        """What every file of the archive hangs on, as pairs of its id and a record."""
        with Archive.open(self.folder) as archive:
            return {(file.id, owner) for file in archive.files() for owner in file.owners}

    def owner_of(self, id: str) -> Key | None:
        """What a file truly hangs on; None if on nothing, or on what has no comments, tasks or fields of its own."""
        account = self.box.account
        cell, row = shown_file(account)
        if id == cell:
            return row
        if id.startswith("path-"):
            return "task", account.kinds["Task"].id(PICTURED)
        place = account.files.owner(int(id) - account.file_kind.first_id)
        if place is None:
            return None
        kind = account.kinds[place[0].partition(".")[0]]
        return kind.stream, kind.id(place[1])

    @cached_property
    def truth(self) -> dict[Key, Mapping[str, Any]]:
        """Everything a complete pull must hold."""
        own = self.box.v1.truth() if self.api == "v1" else self.box.truth()
        return {(line["stream"], line["id"]): line for line in own}

    def gaps(self) -> list[Gap]:
        with Archive.open(self.folder) as archive:
            return list(archive.gaps())

    def true(self, stream: str) -> dict[str, dict[str, Any]]:
        """The true bodies of one stream, by id."""
        return {id: line["body"] for (of, id), line in self.truth.items() if of == stream}

    def entities(self, kind: str) -> dict[str, dict[str, Any]]:
        """What the records become, by id."""
        with Archive.open(self.folder) as archive:
            mapped = MappedArchive(archive, connector_of(archive), load_source_mapping(archive.source.name))
            return {str(made["source_id"]): made for made in mapped.iterate(kind)}

    def sprung(self, careless: Iterable[Key], all: Iterable[Key]) -> None:
        """The careless way loses some of `all`, and the archive holds every one of them."""
        all = set(all)
        assert all - set(careless), "the sandbox does not spring this trap"
        assert not all - self.held.keys()


def keys(rows: Iterable[Mapping[str, Any]]) -> set[Key]:
    """The stream and id of rows."""
    return {(row["contentType"][:1].lower() + row["contentType"][1:], str(row["id"])) for row in rows}


def asked_of_v1(box: MegaplanSandbox, path: str) -> Any:
    """What the older API gives for a signed question."""
    signed = headers("demo.example.test", box.pair, Request("x", path), 1_760_000_000)
    heads = {name.lower(): value for name, value in signed.items()} | {"host": "demo.example.test"}
    before, _mark, query = path.partition("?")
    answer = box.v1(Asked("GET", before, query, heads))
    assert answer is not None
    return json.loads(answer.body)["data"]
