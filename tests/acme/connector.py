"""The connector. Its steps are small methods, so that each can be got wrong by itself (tests/broken_connectors)."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import quote

from crmexport.errors import ConfigurationError, SignInRefusedError
from crmexport.source import (
    About,
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
    SubList,
    Verdict,
)
from crmexport.source.options import Option, Options
from crmexport.source.slices import Piece, pieces

LIMIT = 4
WORTH = {"stage": 95, "person": 80, "firm": 80, "deal": 70, "note": 40, "file": 10}
ROUTES = {"stage": "stages", "person": "persons", "firm": "firms", "deal": "deals"}
TOLD = {"expired": Verdict.EXPIRED, "busy": Verdict.THROTTLED, "forbidden": Verdict.REFUSED}


class AcmeOptions(Options, frozen=True):
    company: Annotated[str, Option("Which of several companies")] = ""


class AcmeSignIn(SignIn):
    def ready(self, credentials: Credentials) -> Grant | None:
        return Grant({"Authorization": f"Bearer {credentials.token}"}) if credentials.token else None

    def request(self, credentials: Credentials) -> Request:
        if not (credentials.login and credentials.password):
            raise ConfigurationError("Acme wants a token, or a login and a password.")
        return self._asking(login=credentials.login, password=credentials.password)

    def renewal(self, grant: Grant) -> Request | None:
        return self._asking(refresh=grant.renewal) if grant.renewal else None

    def granted(self, response: Response) -> Grant:
        try:
            told = json.loads(response.body)
            headers = {"Authorization": f"Bearer {told['access']}"}
            return Grant(headers, told["expires_in"], told["refresh"])
        except (ValueError, KeyError, TypeError) as error:
            raise SignInRefusedError("Acme does not accept this login and password.") from error

    def _asking(self, **told: Any) -> Request:
        return Request("", "/oauth/token", "POST", json.dumps(told))


def is_batch_of_reads(body: str) -> bool:
    return all(one["method"] == "GET" for one in json.loads(body)["calls"])


class Acme(Connector):
    """Acme CRM."""

    about = About(
        name="acme",
        title="Acme CRM",
        streams=(
            Stream("stage", "Stages", dictionary=True),
            Stream("person", "People"),
            Stream("firm", "Firms"),
            Stream("deal", "Deals"),
            Stream("note", "Notes"),
            Stream("file", "Files"),
        ),
        limits=Limits(per_second=5, bulk_calls=3, page=LIMIT),
        reads=(
            ReadRule("GET", re.compile(r"/api/[a-z]+(/[\w-]+)?(/notes)?")),
            ReadRule("POST", re.compile("/api/batch"), is_batch_of_reads),
        ),
        options=AcmeOptions,
        swept=("person", "firm", "deal"),
        relisted=("stage",),
    )

    def sign_in(self) -> SignIn:
        return AcmeSignIn()

    def opening(self, since: datetime | None) -> Iterable[Request]:
        told = {"since": since.astimezone(UTC).isoformat()} if since else {}
        yield Request("stage", "/api/stages?retired=1", worth=WORTH["stage"], context={"list": "stages"})
        yield self.page("person", "parties", told)
        yield self.page("deal", "deals", told)

    def sweep(self) -> Iterable[Request]:
        for name in ("parties", "deals"):
            yield Request("deal", f"/api/ids?of={name}", worth=60, context={"list": "ids"})

    def page(self, stream: str, name: str, told: dict[str, Any], after: str = "") -> Request:
        query = "".join(f"&{key}={quote(value)}" for key, value in told.items())
        cursor = f"&after={quote(after)}" if after else ""
        context = {"list": name, "told": told, **({"after": after} if after else {})}
        return Request(
            stream, f"/api/{name}?limit={LIMIT}{query}{cursor}", worth=WORTH[stream], context=context
        )

    def rows(self, request: Request, response: Response) -> list[Row]:
        if request.context.get("list") == "ids":
            return []
        found = self.fresh(request, self.opened(request, response)[1])
        return [self.row(request, piece) for piece in found]

    def opened(self, request: Request, response: Response) -> tuple[dict[str, Any], list[Piece]]:
        rest, found = pieces(response.body, "item" if "card" in request.context else "items")
        if not all(isinstance(piece.value, dict) and piece.value.get("id") is not None for piece in found):
            raise ValueError("the answer holds something that is no record")
        return rest, found

    def fresh(self, request: Request, found: list[Piece]) -> list[Piece]:
        """Without the row of the cursor, with which some servers begin a page."""
        after = request.context.get("after")
        return [piece for piece in found if not after or self.cursor(piece.value) != after]

    def cursor(self, value: dict[str, Any]) -> str:
        return f"{value['kind']}-{value['id']}"

    def row(self, request: Request, piece: Piece) -> Row:
        value = piece.value
        stream, id = self.stream_of(request, value), self.id_of(value)
        return Row(stream, id, value, piece.start, piece.end, self.parent_of(request), value.get("changed"))

    def stream_of(self, request: Request, value: dict[str, Any]) -> str:
        return str(value.get("kind", request.stream))

    def id_of(self, value: dict[str, Any]) -> str:
        return str(value["id"])

    def parent_of(self, request: Request) -> tuple[str, str] | None:
        return ("deal", request.context["deal"]) if "deal" in request.context else None

    def read(self, request: Request, response: Response) -> Reading:
        rest, found = self.opened(request, response)
        if request.context.get("list") == "ids":
            reading = Reading(present={(piece.value["kind"], str(piece.value["id"])) for piece in found})
            self.announce(request, rest, reading)
            return reading
        reading = Reading(records=self.rows(request, response))
        self.go_on(request, rest, reading.records, reading)
        self.announce(request, rest, reading)
        for row in reading.records:
            self.follow(row, reading)
        if "deal" in request.context:
            reading.ended.append(SubList("note", ("deal", request.context["deal"])))
        return reading

    def go_on(self, request: Request, rest: dict[str, Any], rows: list[Row], reading: Reading) -> None:
        """The next page, after the last row. Without a flag, only a page without new rows is the end."""
        if request.context.get("list") in ("parties", "deals") and rows and rest.get("more", True):
            last = self.cursor(rows[-1].value)
            name, told = request.context["list"], request.context["told"]
            reading.requests.append(self.page(request.stream, name, told, last))

    def announce(self, request: Request, rest: dict[str, Any], reading: Reading) -> None:
        for stream, number in (rest.get("totals") or {}).items():
            reading.announced.append(Announced(stream, "list", number))

    def follow(self, row: Row, reading: Reading) -> None:
        """What hangs on a record."""
        value = row.value
        for link in (value.get("party"), value.get("owner"), value.get("stage")):
            if link:
                reading.links.add((link["kind"], str(link["id"])))
        if value.get("notes"):
            reading.announced.append(Announced("note", f"{row.stream}/{row.id}", value["notes"]))
            reading.under.append(((row.stream, row.id), self.notes(row.id)))
        for file in value.get("files", ()):
            reading.files.append(self.file(file, (row.stream, row.id)))

    def notes(self, deal: str) -> Request:
        return Request(
            "note",
            f"/api/deals/{deal}/notes",
            worth=WORTH["note"],
            bulk=True,
            subject=("note", f"deal/{deal}"),
            context={"deal": deal},
        )

    def file(self, file: dict[str, Any], owner: tuple[str, str]) -> FileRef:
        id, context = str(file["id"]), {"name": file["name"], "size": file["size"]}
        request = Request(
            "file",
            f"/api/files/{id}",
            worth=WORTH["file"],
            is_file=True,
            subject=("file", id),
            context=context,
        )
        return FileRef(id, file["name"], file["size"], owner, json.dumps(file), request)

    def card(self, stream: str, id: str) -> Request | None:
        if stream not in ROUTES:
            return None
        path = f"/api/{ROUTES[stream]}/{quote(id, safe='')}"
        return Request(
            stream, path, worth=WORTH[stream], bulk=True, subject=(stream, id), context={"card": id}
        )

    def combine(self, requests: Sequence[Request]) -> Request:
        calls = [{"method": one.method, "path": one.path} for one in requests]
        body, context = json.dumps({"calls": calls}), {"batch": [one.dump() for one in requests]}
        return Request(requests[0].stream, "/api/batch", "POST", body, context=context)

    def is_bulk(self, request: Request) -> bool:
        return "batch" in request.context

    def split(self, request: Request, response: Response) -> list[tuple[Request, Response]]:
        answers = pieces(response.body, "answers")[1]
        calls = [Request.load(text) for text in request.context["batch"]]
        return [
            (call, Response(one.value.get("status", 200), {}, response.body[one.start : one.end], one.start))
            for call, one in zip(calls, answers, strict=False)
        ]

    def verdict(self, request: Request, response: Response) -> Verdict:
        if response.status != 200:
            return super().verdict(request, response)
        if response.body.lstrip()[:1] == b"<" and not request.context.get("name", "").endswith(".html"):
            return Verdict.EXPIRED
        if not request.is_file and not response.body.strip():
            return Verdict.TRANSIENT
        failure = re.match(rb'\{\s*"error":\s*"(\w+)"', response.body)
        return (
            Verdict.ANSWER
            if not failure or request.is_file
            else TOLD.get(failure[1].decode(), Verdict.TRANSIENT)
        )

    def source_url(self, stream: str, id: str) -> str | None:
        return f"{self.account.url}/{quote(stream, safe='')}/{quote(id, safe='')}"


def with_about(**changes: Any) -> About:
    """The card of a connector derived from this one."""
    return replace(Acme.about, **changes)
