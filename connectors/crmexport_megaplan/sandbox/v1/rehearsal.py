"""The older API as the conformance kit plays it: the small account of the newer one, told as “Bums…ApiV01” tells it."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import md5, sha256
from typing import Any, ClassVar
from urllib.parse import urlsplit

from crmexport.sandbox.exchange import Answer, Asked
from crmexport.sandbox.rehearsal import ABSENT, Fact, Habit, Topic, Unlike, strictly
from crmexport.source import Credentials, Key, Request, Verdict
from crmexport_megaplan.sandbox.rehearsal import InventedCompany
from crmexport_megaplan.sandbox.sandbox import MegaplanV1Sandbox
from crmexport_megaplan.sandbox.v1.behaviour import V1Behaviour
from crmexport_megaplan.sandbox.v1.tables import changes

ZONE = "Asia/Yekaterinburg"
SMALL_PAGES: dict[str, Any] = {"page_cap": 10}  # as few as the connector believes in
EDITED = {"Contractor": "contractorCompany", "Deal": "deal", "Task": "task", "Project": "project"}
REMOVED = {"Contractor": "contractorHuman", "Task": "task", "Event": "todo"}

HABITS: dict[str, tuple[Topic, str, Mapping[str, Any]]] = {
    "fifteen rows a page": (Topic.CAPS, "pages hold fifteen rows", {"page_cap": 15}),
    "large pages": (Topic.CAPS, "pages hold a hundred rows", {"page_cap": 100}),
    "empty texts": (Topic.EMPTY, "a list without rows is an empty text", {"empty_list": '""'}),
    "no order by id": (Topic.ORDER, "sorting by id is refused", {"sort_by_id": False}),
    "newest first": (
        Topic.ORDER,
        "sorting by id is refused, and the newest come first",
        {"sort_by_id": False, "newest_first": True},
    ),
    "short rows": (Topic.HIDDEN, "lists of tasks show little of them", {"detailed": False}),
    "spaced": (Topic.SHAPE, "JSON comes with spaces", {"json_form": "spaced"}),
    "escaped": (Topic.SHAPE, "JSON comes with escaped letters", {"json_form": "escaped"}),
    "pairs die": (Topic.TOKENS, "pairs die after thirty requests", {"pair_requests": 30}),
    "pairs die by 403": (
        Topic.TOKENS,
        "pairs die after thirty requests, told by 403",
        {"pair_requests": 30, "refusal": "403"},
    ),
    "pairs die inside": (
        Topic.TOKENS,
        "pairs die after thirty requests, told within an answer of status 200",
        {"pair_requests": 30, "refusal": "inside"},
    ),
    "older install": (Topic.TOKENS, "there are no one-time keys", {"one_time_key": "absent"}),
    "bare one-time key": (Topic.TOKENS, "the one-time key is all there is", {"one_time_key": "data"}),
    "files through the API": (Topic.FILES, "files come through the API only", {"attach_by_url": False}),
}


class MegaplanV1Rehearsal(InventedCompany):
    """Forty cards, forty tasks, eighty comments, in pages of ten. It tells the time of an account in Yekaterinburg."""

    habits: ClassVar[Mapping[str, Habit]] = {
        name: Habit(topic, words) for name, (topic, words, _set) in HABITS.items()
    }

    tells_counts: ClassVar[bool] = False
    lasting: ClassVar[frozenset[str]] = frozenset({"Change", "Payer"})

    def __init__(self, habit: str | None = None) -> None:
        """The account; `habit` is a name in `habits`."""
        super().__init__(habit)
        switches = HABITS[habit][2] if habit else {}
        self.box = MegaplanV1Sandbox(40, 40, 80, v1=V1Behaviour(zone=ZONE, **{**SMALL_PAGES, **switches}))

    @property
    def credentials(self) -> Credentials:
        """The application's pair; login and password where signing in is what differs."""
        is_signing_in = self.habit is not None and HABITS[self.habit][0] is Topic.TOKENS
        return self._password if is_signing_in else Credentials(token=self.box.token)

    def answer(self, asked: Asked) -> Answer:
        """As the site answers, with the universal time at the head, as every server tells it."""
        host = {"host": urlsplit(self.url).netloc}
        answer = self.box.v1(replace(asked, headers={**asked.headers, **host}))
        told = {"Date": format_datetime(datetime.now(UTC), usegmt=True)}
        return replace(answer or Answer(404, b"<html>404</html>"), headers=told)

    def secrets(self) -> Iterable[str]:
        """The secret half of every pair, and what stands for the password."""
        digest = md5(self.box.password.encode(), usedforsecurity=False).hexdigest()
        return {*self.box.v1.keys.secrets(), digest}

    def truth(self) -> Iterator[Fact]:
        """Every record and file; changes have no ids and are known by what they say."""
        yield from (self._fact(line, line.get("body", {})) for line in self.box.truth())
        yield from (Fact("Change", _id(row), row) for row in changes(self.box.account))
        whoami = {"UserId": 1_000_021, "EmployeeId": "1000001"}
        document = {"status": {"code": "ok", "message": None}, "params": {}, "data": whoami}
        yield Fact("Account", "account", {**document, "zone": ZONE})

    def expire(self) -> bool:
        """Let the pairs die that were signed in for."""
        had = self.box.v1.keys.issued > 0
        self.box.v1.keys.expire_all()
        return had

    def change(self) -> set[Key]:
        """Rename one record of each kind that tells when it was changed."""
        keys = {(stream, self._ids(newer)[1]) for stream, newer in EDITED.items()}
        for stream, id in keys:
            self.box.edits.change(EDITED[stream], id, name=f"Переименовано: {stream} {id}")
        return keys

    def remove(self) -> set[Key]:
        """Delete a contact, a task and an event."""
        keys = {(stream, self._ids(newer)[5]) for stream, newer in REMOVED.items()}
        for stream, id in keys:
            self.box.edits.remove(REMOVED[stream], id)
        return keys

    def restore(self, gone: set[Key]) -> None:
        """Bring them back, as changed just now."""
        for stream, id in gone:
            self.box.edits.restore(REMOVED[stream], id)
            self.box.edits.change(REMOVED[stream], id)

    def writes(self) -> Iterator[Request]:
        """Creating, acting and deleting, by either method (Megaplan reference, §12)."""
        for action in (
            "BumsTaskApiV01/Task/create",
            "BumsTaskApiV01/Task/action",
            "BumsTradeApiV01/Deal/save",
        ):
            for method in ("GET", "POST"):
                yield Request(
                    "Task", f"/{action}.api?Id=1", method, body="Id=1" if method == "POST" else None
                )
        yield Request("Comment", "/BumsCommonApiV01/Comment/create.api", "POST", body="Text=x")

    def failures(self) -> Iterator[tuple[str, Answer, frozenset[Verdict]]]:
        """Errors told within answers of status 200, their words often raw (Megaplan reference, §12, §17)."""
        told = {
            "Wrong signature": {Verdict.EXPIRED},
            "You can not see this task": {Verdict.REFUSED},
            "SQLSTATE[42S22]: Column not found": {Verdict.FAULTY, Verdict.VANISHED, Verdict.ANSWER},
        }
        for words, right in told.items():
            document = {"status": {"code": "error", "message": words}, "params": {}, "data": []}
            yield f"“{words}” within an answer", Answer(200, json.dumps(document).encode()), frozenset(right)

    def compare(self, stream: str, held: Any, true: Any) -> Iterator[Unlike]:
        """As they are, but for the names of linked records, which change with those, and for extra fields that a record does
        not have: they may be told as empty texts (Megaplan reference, §12).
        """
        for unlike in strictly(held, true):
            is_empty = unlike.true is ABSENT and unlike.held == "" and "CustomField" in unlike.place
            is_title = unlike.place.endswith(".Name") and unlike.place != ".Name" and ABSENT not in unlike
            if not (is_empty or is_title):
                yield unlike

    def _ids(self, stream: str) -> list[str]:
        kind = next(kind for kind in self.box.account.kinds.values() if kind.stream == stream)
        return [kind.id(index) for index in range(kind.count)]


def _id(row: Mapping[str, Any]) -> str:
    text = json.dumps(row, ensure_ascii=False, sort_keys=True)
    return sha256(text.encode()).hexdigest()[:24]
