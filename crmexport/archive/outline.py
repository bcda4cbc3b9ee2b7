"""What the answers of a source look like, without one of their values: for whoever mends a connector and may not see the data.

A connector is written from a description of its source, and then meets accounts that nobody described. Whoever has such an account is
seldom a programmer, and what it holds is nobody else's business. So of each route, with numbers and the like left out of it, this
tells which members the answers have, and of which type their values are, how often. Names of members are told, also those of an
account's own fields as the API calls them, but for what does not look like a name; of texts only how they are formed and their
rough length; of words for a kind of object (`About.kind_members`) the words.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, select

from crmexport.archive.packing import DamagedError, unpack
from crmexport.archive.schema import responses
from crmexport.archive.store import Archive
from crmexport.archive.walking import steps
from crmexport.archive.wording import step
from crmexport.errors import ArchiveDamagedError
from crmexport.source import Connector, Request, Response
from crmexport.source.contract import single_answers
from crmexport.source.slices import decoded
from crmexport.text import _
from crmexport.watch import Watch, counted, nobody

MOST = 200  # answers of one route that are looked into, spread over all of them
DEEP = 8
NAMES = 200  # under one place; more are names of things, and no fields
DAMAGED = "(damaged)"
WHOLE = "(all)"  # the member that stands for a whole answer
Place = tuple[str, str, str]
"""A route, a member (`data[].name`), and the type of a value there."""

_name = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,60}").fullmatch
_segment = re.compile(r"(?!(?:.*\d){3})[A-Za-z_][A-Za-z0-9_.-]{0,31}").fullmatch
_digits = re.compile(r"\d+")
_FORMS = {
    "number": re.compile(r"[+-]?\d+(?:[.,]\d+)?").fullmatch,
    "date": re.compile(r"\d{4}-\d\d-\d\d").fullmatch,
    "time": re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*").fullmatch,
    "address": re.compile(r"https?://\S*").fullmatch,
    "page": re.compile(r"\s*<[\s\S]*").fullmatch,
}
_answers = step(
    select(responses.c.id, responses.c.request)
    .where(responses.c.id > bindparam("last"))
    .order_by(responses.c.id)
)


@dataclass
class Outline:
    """What was met how often: answers by route and status, values by their place; `unread` answers, that are no JSON, by route;
    and what is missing, by stream, kind and status.
    """

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    values: Counter[Place] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)
    gaps: Counter[Place] = field(default_factory=Counter)


def outline(archive: Archive, connector: Connector, watch: Watch = nobody) -> Outline:
    """The outline of all that is stored."""
    found = Outline()
    looking = _Looking(found, connector)
    numbers = sorted(number for sample in _samples(archive).values() for number in sample.kept)
    for number in counted(numbers, watch, _("answers"), len(numbers)):
        try:
            looking.look(*archive.answer(number))
        except ArchiveDamagedError:
            found.unread[DAMAGED] += 1
    for gap in archive.gaps():
        found.gaps[gap.stream, gap.kind.value, _status(gap.reason)] += 1
    return found


def lines(found: Outline, known: Outline | None = None) -> Iterator[str]:
    """As text: each route with a line for each member; of what is `known` only what is not."""
    known = known or Outline()
    routes: dict[str, dict[str, list[str]]] = {
        route: {} for route in found.unread.keys() - known.unread.keys()
    }
    for (route, member, type_), number in sorted(found.values.items()):
        if (route, member, type_) not in known.values:
            routes.setdefault(route, {}).setdefault(member, []).append(f"{type_} × {number}")
    for route, members in sorted(routes.items()):
        answers = sorted((status, n) for (other, status), n in found.answers.items() if other == route)
        yield f"{route}: {', '.join(f'{status} × {number}' for status, number in answers)}"
        if route in found.unread:
            yield f"  no JSON × {found.unread[route]}"
        yield from (f"  {member}: {', '.join(types)}" for member, types in members.items())
    for gap in sorted(found.gaps.keys() - known.gaps.keys()):
        yield f"{' '.join(filter(None, gap))} × {found.gaps[gap]}"


def _status(reason: str) -> str:
    """The status of an answer that a gap's reason begins with: the words behind it may be somebody's data."""
    first = reason.partition(" ")[0]
    return first if len(first) == 3 and first.isdecimal() else ""


def route_of(request: Request) -> str:
    """Method and path of a request; whatever in it may be a number, a name or a secret is "…"."""
    segments = request.path.partition("?")[0].split("/")
    return f"{request.method} {'/'.join(one if not one or _segment(one) else '…' for one in segments)}"


def type_of(value: Any) -> str:
    """The type of a value: a word of JSON, and roughly how big; of a text also how it is formed."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return _form(value)
    if isinstance(value, int):
        digits = len(str(abs(value)))
        return "integer" if digits < 10 else f"integer of {digits} digits"
    if isinstance(value, list):
        return f"array {_about(len(value))}"
    return "object" if isinstance(value, dict) else "fraction"


def _form(text: str) -> str:
    form = next((name for name, fits in _FORMS.items() if fits(text)), "")
    return " ".join(filter(None, ("text", form, _about(len(text)))))


def _about(length: int) -> str:
    """A length as the power of ten that it does not exceed."""
    return "0" if not length else "1" if length == 1 else f"≤{10 ** len(str(length - 1))}"


class _Sample:
    """At most `MOST` numbers, spread evenly over however many there are."""

    def __init__(self) -> None:
        self.kept: list[int] = []
        self._seen, self._stride = 0, 1

    def add(self, number: int) -> None:
        if self._seen % self._stride == 0:
            self.kept.append(number)
        if len(self.kept) > MOST:
            self.kept, self._stride = self.kept[::2], self._stride * 2
        self._seen += 1


def _samples(archive: Archive) -> dict[str, _Sample]:
    """Which answers to look into, by the route of the request that was sent."""
    found: dict[str, _Sample] = {}
    for batch in steps(
        lambda last: archive.database.found(_answers, (last,)), lambda row: int(row[0]), before=0
    ):
        for number, asked in batch:
            try:
                route = route_of(Request.load(unpack(asked).decode()))
            except (DamagedError, ValueError):
                route = DAMAGED
            found.setdefault(route, _Sample()).add(int(number))
    return found


class _Looking:
    def __init__(self, found: Outline, connector: Connector) -> None:
        self._found, self._connector = found, connector
        self._kind_members = connector.about.kind_members
        self._names: dict[tuple[str, str], set[str]] = {}

    def look(self, request: Request, response: Response) -> None:
        """Count what one stored answer is made of: of a batch, each single answer."""
        try:
            singles = single_answers(self._connector, request, response)
        except ValueError:
            singles = [(request, response)]
        for one, answer in singles:
            route = route_of(one)
            self._found.answers[route, answer.status] += 1
            try:
                self._count(route, WHOLE, decoded(answer.body))
            except (ValueError, RecursionError):
                self._found.unread[route] += 1

    def _count(self, route: str, member: str, value: Any, depth: int = 0, name: str = "") -> None:
        is_kind = name in self._kind_members and isinstance(value, str) and _name(value)
        self._found.values[route, member, json.dumps(value) if is_kind else type_of(value)] += 1
        if depth == DEEP:
            return
        if isinstance(value, list):
            for inner in value:
                self._count(route, f"{member}[]", inner, depth + 1)
        elif isinstance(value, dict):
            for name, inner in value.items():
                told = self._told(route, member, name)
                place = told if member == WHOLE else f"{member}.{told}"
                self._count(route, place, inner, depth + 1, name)

    def _told(self, route: str, member: str, name: str) -> str:
        """A member's name with its numbers left out; "…" for what looks like no name, and for one of very many."""
        if not _name(name):
            return "…"
        told = _digits.sub("N", name)
        known = self._names.setdefault((route, member), set())
        if told not in known and len(known) == NAMES:
            return "…"
        known.add(told)
        return told
