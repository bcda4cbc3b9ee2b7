"""A tiny CRM for testing the engine: a connector without I/O, and a line (transport) that answers it from memory.

Things are listed page by page; every other thing has notes (a sub-list, asked in batches) and a file; things link to
other things, some of which no list shows, some of which are gone. Every thing knows when it was changed; deletions are
told by nothing but their absence from the list.
"""

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path

from crmexport.source import (
    About,
    Account,
    Announced,
    Connector,
    Credentials,
    FileRef,
    Grant,
    Limits,
    Reading,
    ReadRule,
    Request,
    Response,
    Row,
    SignIn,
    Stream,
    Verdict,
)
from crmexport.source.reading import SubList
from crmexport.source.slices import pieces
from crmexport.transport.clock import Clock
from crmexport.transport.failures import TransientError
from crmexport.transport.incoming import FileResponse
from crmexport.transport.line import Transport

PAGE = 5


class ToySignIn(SignIn):
    def ready(self, credentials: Credentials) -> Grant | None:
        return Grant({"Authorization": f"Bearer {credentials.token}"}) if credentials.token else None

    def request(self, credentials: Credentials) -> Request:
        return Request(
            "",
            "/token",
            "POST",
            body=json.dumps({"login": credentials.login, "password": credentials.password}),
        )

    def renewal(self, grant: Grant) -> Request | None:
        return None

    def granted(self, response: Response) -> Grant:
        return Grant({"Authorization": f"Bearer {json.loads(response.body)['token']}"}, expires_in=3600)


class Toy(Connector):
    about = About(
        name="toy",
        title="Toy",
        streams=(Stream("thing", "Things"), Stream("note", "Notes")),
        limits=Limits(per_second=5, bulk_calls=4, page=PAGE),
        reads=(
            ReadRule("GET", re.compile(r"/(things|ids|thing|notes|file)/?.*")),
            ReadRule(
                "POST", re.compile("/bulk"), lambda body: all(p.startswith("/") for p in json.loads(body))
            ),
        ),
        swept=("thing",),
    )

    def sign_in(self) -> SignIn:
        return ToySignIn()

    def opening(self, since: datetime | None) -> list[Request]:
        changed = f"&since={since.timestamp():.0f}" if since else ""
        return [Request("thing", f"/things?after=0{changed}", worth=90, subject=("thing", ""))]

    def sweep(self) -> list[Request]:
        return [Request("thing", "/ids", worth=90, subject=("thing", ""))]

    def rows(self, request: Request, response: Response) -> list[Row]:
        if request.path == "/ids":
            return []
        parent = ("thing", request.path.rsplit("/", 1)[1]) if request.stream == "note" else None
        found = pieces(response.body, "data")[1]
        return [
            Row(request.stream, piece.value["id"], piece.value, piece.start, piece.end, parent)
            for piece in found
        ]

    def read(self, request: Request, response: Response) -> Reading:
        reading = Reading(records=self.rows(request, response))
        around = json.loads(response.body)
        if request.path == "/ids":
            reading.present = {("thing", id) for id in around["data"]}
        if around.get("next"):
            onwards = re.sub(r"after=\d+", f"after={around['next']}", request.path)
            reading.requests.append(Request("thing", onwards, worth=90, subject=("thing", ""), goes_on=True))
        if request.stream == "note":
            reading.ended.append(SubList("note", ("thing", request.path.rsplit("/", 1)[1])))
        if "total" in around:
            reading.announced.append(Announced("thing", "list", around["total"]))
        for row in reading.records:
            self._follow(row, reading)
        return reading

    def _follow(self, row: Row, reading: Reading) -> None:
        notes = row.value.get("notes")
        if notes is not None:
            reading.announced.append(Announced("note", f"thing/{row.id}", notes))
        if notes == 0:
            reading.ended.append(SubList("note", ("thing", row.id)))
        elif notes:
            request = Request(
                "note", f"/notes/{row.id}", worth=40, bulk=True, subject=("note", f"thing/{row.id}")
            )
            reading.under.append((("thing", row.id), request))
        if row.value.get("link"):
            reading.links.add(("thing", row.value["link"]))
        if file := row.value.get("file"):
            request = Request(
                "file",
                f"/file/{file.get('at', '')}{file['id']}",
                worth=10,
                is_file=True,
                subject=("file", file["id"]),
                context=file,
            )
            meta = json.dumps(file)
            reading.files.append(
                FileRef(
                    file["id"], file["name"], file["size"], (row.stream, row.id), meta, request, "version"
                )
            )

    def card(self, stream: str, id: str) -> Request | None:
        return (
            Request("thing", f"/thing/{id}", worth=80, subject=("thing", id)) if stream == "thing" else None
        )

    def combine(self, requests: Sequence[Request]) -> Request:
        body = json.dumps([one.path for one in requests])
        return Request("", "/bulk", "POST", body=body, context={"calls": [one.dump() for one in requests]})

    def is_bulk(self, request: Request) -> bool:
        return request.path == "/bulk"

    def split(self, request: Request, response: Response) -> list[tuple[Request, Response]]:
        parts = pieces(response.body)[1]
        return [
            (
                Request.load(call),
                Response(part.value["status"], {}, response.body[part.start : part.end], part.start),
            )
            for call, part in zip(request.context["calls"], parts, strict=True)
        ]

    def verdict(self, request: Request, response: Response) -> Verdict:
        if response.body.lstrip().startswith(b"<html") and response.status == 200:
            return Verdict.EXPIRED
        return super().verdict(request, response)


Fault = Callable[[Request], Response | None]


class ToyServer(Transport):
    """Answers from memory. `faults` are asked first: each gives an answer of its own, raises, or gives None."""

    def __init__(self, things: int = 23, incoming: Path | None = None) -> None:
        self.things = {str(i): self._thing(i, things) for i in range(1, things + 1)}
        self.changed: dict[str, float] = {}
        self.notes: dict[str, list[dict[str, str]]] = {
            id: [{"id": f"{id}-{n}", "text": "заметка"} for n in range(int(str(thing["notes"])))]
            for id, thing in self.things.items()
            if "notes" in thing
        }
        self.unlisted = {"900": {"id": "900", "name": "unlisted, only linked"}}
        self.contents: dict[str, bytes] = {}  # of files whose bytes are not the usual ones
        self.asked: Counter[str] = Counter()
        self.headers: list[Mapping[str, str]] = []
        self.faults: list[Fault] = []
        self.incoming = incoming
        self.no_bulk = False
        self.clock: Callable[[], float] | None = None  # the source's own, told in its answers
        self._lock = threading.Lock()

    @staticmethod
    def _thing(i: int, things: int) -> dict[str, object]:
        thing: dict[str, object] = {"id": str(i), "name": f"Вещь {i}"}
        if i % 2 == 0:
            thing |= {
                "notes": i % 3 + 1,
                "file": {"id": f"f{i}", "name": f"файл {i}.txt", "size": len(f"bytes {i}")},
            }
        if i % 7 == 0:
            thing["link"] = "900"
        if i % 11 == 0:
            thing["link"] = "901"
        return thing

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        with self._lock:
            self.headers.append(dict(headers or {}))
            for fault in self.faults:
                answer = fault(request)
                if answer is not None:
                    return answer
            self.asked[f"{request.method} {request.path} {request.body or ''}"] += 1
        if request.is_file:
            return self._file(request)
        status, document = self._answer(request)
        headers = {"content-type": "application/json"}
        if self.clock is not None:
            headers["date"] = format_datetime(datetime.fromtimestamp(self.clock(), UTC), usegmt=True)
        return Response(status, headers, json.dumps(document, ensure_ascii=False).encode())

    def _answer(self, request: Request) -> tuple[int, object]:
        if request.path == "/token":
            return 200, {"token": "t"}
        if request.path == "/bulk":
            if self.no_bulk:
                return 405, {"error": "no bulk here"}
            answers = [self._get(path) for path in json.loads(request.body or "[]")]
            return 200, [{"status": status, **document} for status, document in answers]
        return self._get(request.path)

    def _get(self, path: str) -> tuple[int, dict[str, object]]:
        if path == "/ids":
            return 200, {"data": list(self.things), "total": len(self.things)}
        if path.startswith("/things"):
            return 200, self._page(*(float(told) for told in re.findall(r"=(\d+)", path)))
        kind, id = path.strip("/").split("/")
        if kind == "notes":
            return 200, {"data": self.notes.get(id, [])}
        thing = self.things.get(id) or self.unlisted.get(id)
        return (200, {"data": thing}) if thing else (404, {"error": "no such thing"})

    def _page(self, after: float, since: float = 0.0) -> dict[str, object]:
        """The things after an id, oldest first; those changed since a moment if one is given."""
        listed = sorted(self.things, key=int)
        wanted = [self.things[id] for id in listed if self.changed.get(id, 0.0) >= since]
        rest = [thing for thing in wanted if int(str(thing["id"])) > after]
        page, more = rest[:PAGE], len(rest) > PAGE
        told: dict[str, object] = {"data": page, "next": page[-1]["id"] if more else None}
        return told if since else {**told, "total": len(self.things)}

    def _file(self, request: Request) -> FileResponse:
        assert self.incoming is not None
        id = request.path.rsplit("/", 1)[1]
        usual = self.contents.get(id, f"bytes {id[1:]}".encode())
        content = self.contents.get(request.path.removeprefix("/file/"), usual)
        path = self.incoming / request.key
        path.write_bytes(content)
        return FileResponse(
            200, {}, content, path=path, sha256=sha256(content).hexdigest(), size=len(content)
        )


class TestClock(Clock):
    """Time that passes only when somebody sleeps."""

    __test__ = False

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_700_000_000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        if seconds > 0:
            with self._lock:
                self.now += seconds
                self.slept.append(seconds)


def fault(match: str, answer: Response | Exception, times: int = 1) -> Fault:
    """A fault for requests whose path begins with `match`, `times` times."""
    left = [times]

    def strike(request: Request) -> Response | None:
        if not request.path.startswith(match) or left[0] <= 0:
            return None
        left[0] -= 1
        if isinstance(answer, Exception):
            raise answer
        return answer

    return strike


def toy(token: str | None = "secret-token") -> Toy:
    return Toy(Account("https://toy.example"))


BROKEN_LINE = TransientError("the answer broke off")
