"""The sandbox: a dozen records of each kind, and one switch for every habit."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote

from crmexport.sandbox.exchange import HTML, Answer, Asked
from crmexport.sandbox.faults import LOGIN_PAGE
from crmexport.sandbox.rehearsal import Fact, Habit, Rehearsal, Topic
from crmexport.source import Credentials, Key, Request, Verdict

TOKEN, LOGIN, PASSWORD = "acme-application-token", "olga", "acme-password"
HABITS: dict[str, tuple[Topic, dict[str, Any]]] = {
    "a page begins with its cursor": (Topic.CURSOR, {"inclusive": True}),
    "pages of two": (Topic.CAPS, {"cap": 2}),
    "totals are absent": (Topic.COUNTS, {"totals": "absent"}),
    "totals count the page": (Topic.COUNTS, {"totals": "page"}),
    "no flag": (Topic.FLAGS, {"flag": False}),
    "no deals": (Topic.EMPTY, {"deals": 0}),
    "falling order": (Topic.ORDER, {"order": "falling"}),
    "no order": (Topic.ORDER, {"order": "none"}),
    "who has left is hidden": (Topic.HIDDEN, {"hides": True}),
    "spaces": (Topic.SHAPE, {"dump": {"indent": 1, "ensure_ascii": False}}),
    "escapes": (Topic.SHAPE, {"dump": {}}),
    "no batches": (Topic.BATCHES, {"batch": 0}),
    "batches of two": (Topic.BATCHES, {"batch": 2}),
    "tokens die after five requests": (Topic.TOKENS, {"uses": 5}),
    "tokens die, told inside": (Topic.TOKENS, {"uses": 5, "inside": True}),
    "files come by a redirect": (Topic.FILES, {"redirect": True}),
}
LIKELY: dict[str, Any] = {
    "inclusive": False, "cap": 99, "totals": "all", "flag": True, "deals": 9, "order": "rising", "hides": False,
    "dump": {"ensure_ascii": False, "separators": (",", ":")}, "batch": 3, "uses": None, "inside": False, "redirect": False,
}  # fmt: skip
FILES = {
    "f1": ("../../etc/passwd", b"bytes"),
    "f2": ("ноль\r\n.txt", b""),
    "f3": ("CON.bin", bytes(range(256))),
}
PAST = datetime(2024, 5, 1, tzinfo=UTC)
Record = dict[str, Any]


class AcmeRehearsal(Rehearsal):
    habits: ClassVar[Mapping[str, Habit]] = {
        name: Habit(topic, name) for name, (topic, _set) in HABITS.items()
    }

    def __init__(self, habit: str | None = None) -> None:
        super().__init__(habit)
        self.set = {**LIKELY, **(HABITS[habit][1] if habit else {})}
        self.records: dict[Key, Record] = {(one["kind"], str(one["id"])): one for one in self._made()}
        self.notes = {str(n): self._notes(n) for n in range(1, self.set["deals"] + 1)}
        self.gone: dict[Key, Record] = {}
        self.access: dict[str, int | None] = {}
        self.refresh: set[str] = set()
        self.issued = 0

    def _made(self) -> Iterator[Record]:
        for n in range(1, 5):
            yield {"kind": "stage", "id": n, "name": f"Этап {n}", "retired": n >= 3}
        for n in range(1, 8):
            yield self._dated(
                {"kind": "person", "id": n, "name": f"Человек {n} 🚀", "left": n in (5, 6), "mail": None}
            )
        if self.set["deals"]:
            yield self._dated(
                {"kind": "person", "id": 90, "name": "Ни в одном списке", "left": True, "mail": ""}
            )
        for n in range(1, 7):
            yield self._dated({"kind": "firm", "id": n, "name": f"ООО «{n}»", "inn": f"00{n}"})
        for n in range(1, self.set["deals"] + 1):
            yield self._deal(n)

    def _dated(self, record: Record) -> Record:
        return {**record, "changed": (PAST + timedelta(hours=int(record["id"]))).isoformat()}

    def _deal(self, n: int) -> Record:
        party = {"kind": "firm" if n % 2 else "person", "id": 1 + n % 6}
        owner = {"kind": "person", "id": {2: 90, 3: 91, 4: 5, 5: 6}.get(n, 1)}
        deal = {
            "kind": "deal",
            "id": n,
            "name": f"Сделка {n}",
            "price": "0.10",
            "number": 12345678901234567890 + n,
        }
        deal |= {"party": party, "owner": owner, "stage": {"kind": "stage", "id": 1 + n % 3}, "comment": None}
        deal |= {"notes": n % 3, "files": self._files(n), "custom": {"поле": [n, None, ""]}}
        return self._dated(deal)

    def _files(self, n: int) -> list[Record]:
        id = f"f{1 if n == 4 else n}"  # the first hangs on two deals
        if id not in FILES:
            return []
        name, content = FILES[id]
        return [{"id": id, "name": name, "size": len(content)}]

    def _notes(self, n: int) -> list[Record]:
        return [
            {"id": n * 10 + i, "text": "Очень длинно " * 4000 if n == 1 else "a\x01\u2028б"}
            for i in range(n % 3)
        ]

    @property
    def credentials(self) -> Credentials:
        return Credentials(login=LOGIN, password=PASSWORD) if self.set["uses"] else Credentials(token=TOKEN)

    def other_credentials(self) -> Credentials | None:
        return Credentials(login=LOGIN, password=PASSWORD)

    def expire(self) -> bool:
        had = bool(self.access)
        self.access.clear()
        return had

    def secrets(self) -> Iterable[str]:
        return {f"{kind}-{n}-of-acme" for kind in ("access", "refresh") for n in range(1, self.issued + 1)}

    def truth(self) -> Iterator[Fact]:
        for (stream, id), record in self.records.items():
            yield Fact(stream, id, record)
        for deal, notes in self.notes.items():
            if ("deal", deal) in self.records:
                yield from (Fact("note", str(one["id"]), one, ("deal", deal)) for one in notes)
        yield from self._true_files()

    def _true_files(self) -> Iterator[Fact]:
        deals = self._of("deal")
        for file in {file["id"]: file for deal in deals for file in deal["files"]}.values():
            content, owners = FILES[file["id"]][1], [deal for deal in deals if file in deal["files"]]
            on = tuple(("deal", str(deal["id"])) for deal in owners)
            yield Fact("file", file["id"], file, None, sha256(content).hexdigest(), len(content), on)

    def change(self) -> set[Key]:
        keys: set[Key] = {("person", "2"), ("firm", "6"), ("deal", "7")}
        for key in keys:
            self.records[key] |= {"name": f"Изменено {key}", "changed": datetime.now(UTC).isoformat()}
        return keys

    def remove(self) -> set[Key]:
        keys: set[Key] = {("person", "7"), ("deal", "6")}
        self.gone |= {key: self.records.pop(key) for key in keys}
        return keys

    def restore(self, gone: set[Key]) -> None:
        now = datetime.now(UTC).isoformat()
        self.records |= {key: {**self.gone.pop(key), "changed": now} for key in gone}

    def writes(self) -> Iterator[Request]:
        yield Request("deal", "/api/deals", "POST", body='{"name":"x"}')
        yield Request(
            "deal", "/api/batch", "POST", body='{"calls":[{"method":"DELETE","path":"/api/deals/1"}]}'
        )

    def failures(self) -> Iterator[tuple[str, Answer, frozenset[Verdict]]]:
        for word, right in (
            ("expired", Verdict.EXPIRED),
            ("busy", Verdict.THROTTLED),
            ("forbidden", Verdict.REFUSED),
        ):
            yield f"{word} inside", self._json({"error": word}), frozenset({right})

    def answer(self, asked: Asked) -> Answer:
        if asked.path == "/oauth/token":
            return self._grant(json.loads(asked.body))
        if not self._admits(asked.headers.get("authorization", "").removeprefix("Bearer ")):
            if asked.path.startswith(("/api/files", "/bytes")):
                return Answer(200, LOGIN_PAGE, HTML)
            return self._json({"error": "expired"}, 200 if self.set["inside"] else 401)
        if asked.path == "/api/batch":
            return self._batch(asked)
        if asked.path.startswith(("/api/files/", "/bytes/")):
            return self._bytes(asked.path)
        status, document = self._get(asked.path, asked.query)
        return self._json(document, status)

    def _json(self, document: object, status: int = 200) -> Answer:
        return Answer(status, json.dumps(document, **self.set["dump"]).encode())

    def _admits(self, token: str) -> bool:
        if token == TOKEN:
            return True
        left = self.access.get(token, 0)
        if left is not None:
            self.access[token] = left - 1
        return left is None or left > 0

    def _grant(self, told: Record) -> Answer:
        if not (
            (told.get("login"), told.get("password")) == (LOGIN, PASSWORD)
            or told.get("refresh") in self.refresh
        ):
            return self._json({"error": "invalid_grant"}, 400)
        self.refresh.discard(told.get("refresh", ""))
        self.issued += 1
        access, refresh = f"access-{self.issued}-of-acme", f"refresh-{self.issued}-of-acme"
        self.access[access] = self.set["uses"]
        self.refresh.add(refresh)
        return self._json({"access": access, "refresh": refresh, "expires_in": 3600})

    def _bytes(self, path: str) -> Answer:
        id = path.rsplit("/", 1)[1]
        if self.set["redirect"] and path.startswith("/api"):
            return Answer(302, headers={"Location": f"/bytes/{id}"})
        return Answer(200, FILES[id][1], "application/octet-stream") if id in FILES else Answer(404, b"{}")

    def _batch(self, asked: Asked) -> Answer:
        calls = json.loads(asked.body)["calls"]
        if len(calls) > self.set["batch"]:
            return Answer(413 if self.set["batch"] else 404, b'{"error":"no batches of this size"}')
        answers = [self._get(*one["path"].partition("?")[::2]) for one in calls]
        return self._json({"answers": [{"status": status, **document} for status, document in answers]})

    def _get(self, path: str, query: str) -> tuple[int, Record]:
        told = {name: values[0] for name, values in parse_qs(query).items()}
        steps = [unquote(step) for step in path.strip("/").split("/")[1:]]
        match steps:
            case ["stages"]:
                shown = [one for one in self._of("stage") if told.get("retired") or not one["retired"]]
                return 200, {"items": shown}
            case ["parties" | "deals" as name]:
                return 200, self._page(name, told)
            case ["ids"]:
                shown = self._listed(told["of"])
                totals = self._totals(told["of"], shown, {})
                return 200, {**totals, "items": [{"kind": one["kind"], "id": one["id"]} for one in shown]}
            case ["deals", id, "notes"] if ("deal", id) in self.records:
                return 200, {"items": self.notes[id]}
            case [name, id] if (name.removesuffix("s"), id) in self.records:
                return 200, {"item": self.records[name.removesuffix("s"), id]}
        return 404, {"error": "not found"}

    def _of(self, *kinds: str) -> list[Record]:
        return [one for one in self.records.values() if one["kind"] in kinds]

    def _listed(self, name: str) -> list[Record]:
        kinds = ("firm", "person") if name == "parties" else ("deal",)
        shown = [
            one for one in self._of(*kinds) if one["id"] != 90 and not (self.set["hides"] and one.get("left"))
        ]
        return sorted(shown, key=lambda one: self._place(one["kind"], one["id"]))

    def _place(self, kind: str, id: int) -> tuple[Any, ...]:
        """Where a record stands in the order of lists."""
        places = {"rising": (kind, id), "falling": (kind == "firm", -id), "none": (id * 7 % 11, kind)}
        return places[self.set["order"]]

    def _page(self, name: str, told: Record) -> Record:
        shown = [one for one in self._listed(name) if one["changed"] >= told.get("since", "")]
        rest = self._after(shown, told.get("after"))
        page = rest[: min(int(told["limit"]), self.set["cap"])]
        flag = {"more": len(rest) > len(page)} if self.set["flag"] else {}
        return {**flag, **self._totals(name, page, told), "items": page}

    def _after(self, shown: list[Record], after: str | None) -> list[Record]:
        """The rows after a cursor, whose row may have been deleted meanwhile."""
        if after is None:
            return shown
        kind, _, id = after.partition("-")
        place = self._place(kind, int(id))
        rest = [one for one in shown if self._place(one["kind"], one["id"]) > place]
        first = [one for one in shown if self._place(one["kind"], one["id"]) == place]
        return first + rest if self.set["inclusive"] else rest

    def _totals(self, name: str, page: list[Record], told: Record) -> Record:
        if self.set["totals"] == "absent" or "since" in told:
            return {}
        counted = page if self.set["totals"] == "page" else self._listed(name)
        kinds = ("firm", "person") if name == "parties" else ("deal",)
        return {"totals": {kind: sum(one["kind"] == kind for one in counted) for kind in kinds}}
