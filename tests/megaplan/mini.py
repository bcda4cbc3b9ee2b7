"""The smallest engine there can be: asks one thing after another, keeps what it learns, closes over links at the end."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import requests
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox

from crmexport.source import Credentials, FileRef, Gap, GapKind, Reading, Request, Response, Row, Verdict

GAP_OF = {
    Verdict.VANISHED: GapKind.VANISHED,
    Verdict.REFUSED: GapKind.REFUSED,
    Verdict.FAULTY: GapKind.REFUSED,
}


@dataclass
class Pulled:
    """What a pull got."""

    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    files: dict[str, tuple[FileRef, bytes]] = field(default_factory=dict)
    owners: set[tuple[str, tuple[str, str]]] = field(default_factory=set)
    announced: dict[tuple[str, str], int] = field(default_factory=dict)
    gaps: dict[tuple[str, str], Gap] = field(default_factory=dict)
    links: set[tuple[str, str]] = field(default_factory=set)
    asked: list[Request] = field(default_factory=list)

    def announced_of(self, stream: str) -> int:
        return sum(number for (of, _scope), number in self.announced.items() if of == stream)


class Mini:
    """Pulls everything from one sandbox, without threads."""

    def __init__(self, connector: Megaplan, sandbox: MegaplanSandbox, has_bulk: bool = True) -> None:
        self.connector, self.has_bulk = connector, has_bulk
        self.session = requests.Session()
        grant = connector.sign_in().ready(Credentials(token=sandbox.token))
        assert grant is not None
        self.session.headers.update(grant.headers)
        self.waiting: dict[str, Request] = {}
        self.known: set[str] = set()
        self.refs: dict[str, FileRef] = {}
        self.got = Pulled()

    def pull(self, since: datetime | None = None) -> Pulled:
        self.add(self.connector.opening(since))
        while self.waiting or self.close():
            self.step()
        return self.got

    def add(self, new: Iterable[Request]) -> None:
        for request in new:
            if request.key not in self.known:
                self.known.add(request.key)
                self.waiting[request.key] = request

    def close(self) -> bool:
        """Ask for what was linked and never met."""
        unmet = sorted(self.got.links - set(self.got.rows) - set(self.got.gaps))
        self.add(card for stream, id in unmet if (card := self.connector.card(stream, id)))
        return bool(self.waiting)

    def step(self) -> None:
        most = self.connector.about.limits.bulk_calls if self.has_bulk else 1
        best = max(self.waiting.values(), key=lambda one: one.worth)
        batch = [best]
        if best.bulk and most > 1:
            batch = [one for one in self.waiting.values() if one.bulk][:most]
        for one in batch:
            del self.waiting[one.key]
        if len(batch) == 1:
            self.take(best, self.ask(best))
            return
        whole = self.connector.combine(batch)
        answer = self.ask(whole)
        assert self.connector.verdict(whole, answer) is Verdict.ANSWER
        for inner, part in self.connector.split(whole, answer):
            assert answer.body[part.offset : part.offset + len(part.body)] == part.body
            self.take(inner, part)

    def ask(self, request: Request) -> Response:
        assert any(rule.allows(request) for rule in self.connector.about.reads), request.path
        self.got.asked.append(request)
        url = self.connector.account.url + request.path
        body = request.body.encode() if request.body else None
        got = self.session.request(request.method, url, data=body, headers=dict(request.headers))
        return Response(
            got.status_code, {name.lower(): text for name, text in got.headers.items()}, got.content
        )

    def take(self, request: Request, response: Response) -> None:
        verdict = self.connector.verdict(request, response)
        if verdict is not Verdict.ANSWER:
            assert request.subject is not None
            self.got.gaps[request.subject] = Gap(*request.subject, GAP_OF[verdict], str(response.status))
        elif request.is_file:
            assert request.subject is not None
            self.got.files[request.subject[1]] = (self.refs[request.subject[1]], response.body)
        else:
            reading = self.connector.read(request, response)
            rows = self.connector.rows(request, response)
            assert [row[:2] + row[3:] for row in rows] == [row[:2] + row[3:] for row in reading.records]
            self.got.rows.update({(row.stream, row.id): row for row in rows})
            self.learn(reading)

    def learn(self, reading: Reading) -> None:
        for ref in reading.files:
            self.refs[ref.id] = ref
            self.got.owners.add((ref.id, ref.owner))
        self.add(ref.request for ref in reading.files)
        self.add(reading.asks)
        self.got.announced.update({(one.stream, one.scope): one.number for one in reading.announced})
        self.got.gaps.update({(gap.stream, gap.id): gap for gap in reading.gaps})
        self.got.links |= reading.links
