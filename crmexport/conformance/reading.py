"""Checks of reading: pure, repeatable, exact to the byte, and carrying through whatever it does not know."""

import json
import re
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from crmexport.conformance.asking import shown
from crmexport.conformance.bench import Answered, Bench
from crmexport.conformance.check import Complaints, check
from crmexport.conformance.mutations import HOSTILE, objects, replaced, spelt, with_member
from crmexport.source import FILES, Reading, Request, Row

GROUP = "reading"
IO_EVENTS = ("open", "socket.connect", "socket.__new__", "subprocess.Popen", "os.system", "sqlite3.connect")
NEW = "x_unheard_of"
NUMBERS = (12345678901234567890123, 0.30000000000000004, -0.0, 1e300, True)
_here = threading.local()


def told(reading: Reading) -> tuple[Any, ...]:
    """A reading as a value that can be compared; the order of what it holds does not count."""
    return (
        [
            (row.stream, row.id, row.start, row.end, row.parent, row.modified, repr(row.value))
            for row in reading.records
        ],
        sorted(one.dump() for one in reading.asks),
        sorted(map(repr, reading.files)),
        sorted(reading.announced),
        sorted((gap.stream, gap.id, gap.kind.value, gap.reason) for gap in reading.gaps),
        sorted(reading.links),
        sorted(reading.present),
        sorted(reading.ended),
        sorted(reading.whole),
    )


@check(GROUP)
def reading_does_no_io(bench: Bench) -> Complaints:
    """Reading opens no file, no socket and no process: the archive reads again years later, on another machine."""
    connector = bench.connector()
    for one in bench.examples:
        connector.read(*one)  # what is imported or translated late is loaded now
        with _watched() as seen:
            connector.read(*one)
            connector.rows(*one)
        yield from (f"{shown(one.request)}: {event}" for event in seen)


@contextmanager
def _watched() -> Iterator[list[str]]:
    """What of input and output this thread does meanwhile."""
    if not getattr(_watch, "is_hooked", False):
        sys.addaudithook(_watch)
        _watch.is_hooked = True  # type: ignore[attr-defined]
    seen: list[str] = []
    _here.seen = seen
    try:
        yield seen
    finally:
        _here.seen = None


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    seen = getattr(_here, "seen", None)
    if seen is not None and event in IO_EVENTS:
        seen.append(f"{event} {str(arguments[:1])[:80]}")


@check(GROUP)
def an_edit_is_a_change(bench: Bench) -> Complaints:
    """A record whose every text is another one is not the same, whatever its mark of change says: edits move no mark now and then."""
    connector = bench.connector()
    for stream, row in {
        row.stream: row for _one, reading in bench.readings for row in reading.records
    }.items():
        edited = _edited(row.value, {row.id, row.modified})
        if edited != row.value and connector.is_same(stream, row.value, edited):
            yield f"{stream} {row.id} counts as unchanged though every text in it is another"


def _edited(value: Any, kept: Collection[str | None]) -> Any:
    """The same value with other texts, but for its id and its mark of change."""
    if isinstance(value, dict):
        return {key: _edited(inner, kept) for key, inner in value.items()}
    if isinstance(value, list):
        return [_edited(inner, kept) for inner in value]
    return f"{value} (edited)" if isinstance(value, str) and value not in kept else value


@check(GROUP)
def reading_twice_teaches_the_same(bench: Bench) -> Complaints:
    """The same answer read again by the same connector teaches the same: the archive can be read again at any time."""
    connector = bench.connector()
    for one in bench.answers:
        if told(connector.read(*one)) != told(connector.read(*one)):
            yield f"{shown(one.request)} teaches something else the second time"


@check(GROUP)
def the_order_of_readings_does_not_matter(bench: Bench) -> Complaints:
    """Answers read in reverse order teach the same: several are on their way at once, and after a stop others come first."""
    connector = bench.connector()
    backwards = [told(connector.read(*one)) for one in reversed(bench.answers)]
    for one, before, now in zip(bench.answers, map(told, _readings(bench)), reversed(backwards), strict=True):
        if before != now:
            yield f"{shown(one.request)} teaches something else when it is read earlier"


def _readings(bench: Bench) -> list[Reading]:
    return [reading for _one, reading in bench.readings]


@check(GROUP)
def memory_travels_in_requests(bench: Bench) -> Complaints:
    """A new connector with a request out of the frontier reads the same: after a stop, nothing else is left of the old one."""
    for one, reading in bench.readings:
        stored = Request.load(one.request.dump())
        if told(bench.connector().read(stored, one.response)) != told(reading):
            yield f"{shown(one.request)} teaches something else to a connector that has just been made"


@check(GROUP)
def rows_are_what_read_finds(bench: Bench) -> Complaints:
    """`rows` gives the records of `read`, no more and no fewer, at the same places: mapping uses the one, pulling the other."""
    connector = bench.connector()
    for one, reading in bench.readings:
        if [row[:2] + row[3:] for row in connector.rows(*one)] != [
            row[:2] + row[3:] for row in reading.records
        ]:
            yield f"{shown(one.request)}: {len(connector.rows(*one))} rows, {len(reading.records)} records read"


@check(GROUP)
def files_are_no_rows(bench: Bench) -> Complaints:
    """What describes a file comes as a `FileRef` alone: a row of the files' own stream is counted nowhere and written nowhere."""
    for one, reading in bench.readings:
        rows = [row for row in reading.records if row.stream == FILES]
        yield from (f"{shown(one.request)} gives {row.stream} {row.id} as a row" for row in rows[:1])


@check(GROUP)
def spans_cover_their_records(bench: Bench) -> Complaints:
    """The place of a record holds exactly its bytes: one whole JSON value with the fields of the record, and no other's bytes."""
    for one, reading in bench.readings:
        last = 0
        for row in sorted(reading.records, key=lambda row: row.start):
            if row.start < last:
                yield f"{row.stream} {row.id} in {shown(one.request)} overlaps the record before it"
            last = row.end
            yield from _bytes(one, row)


def _bytes(one: Answered, row: Row) -> Complaints:
    try:
        held = json.loads(one.response.body[row.start : row.end])
    except ValueError:
        yield f"{row.stream} {row.id} in {shown(one.request)}: its place holds no whole value"
        return
    if not isinstance(held, dict):
        yield f"{row.stream} {row.id} in {shown(one.request)}: its place holds no record"
    elif other := [key for key, value in held.items() if _is_plain(value) and row.value.get(key) != value]:
        yield f"{row.stream} {row.id} in {shown(one.request)}: its place holds another {', '.join(other[:3])}"


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


@check(GROUP)
def ids_are_texts(bench: Bench) -> Complaints:
    """Every row has an id that is a text with something in it, and a stream that is declared: else rows overwrite each other."""
    declared = {stream.name for stream in bench.about.streams}
    bench.stage  # noqa: B018 - raises for a connector without a rehearsal
    connector = bench.connector()
    for one in bench.heard:  # for a pull ends at the first id that is none
        for row in connector.rows(*one):
            if not isinstance(row.id, str) or not row.id or row.id == "None":
                yield f"{row.stream} in {shown(one.request)} has the id {row.id!r}"
            if row.stream not in declared:
                yield f"{shown(one.request)} holds a record of {row.stream!r}, which is not declared"


@check(GROUP)
def ids_may_be_numbers_or_texts(bench: Bench) -> Complaints:
    """An id spelt as 5 or "5" is the same record (or is plainly refused): sources change their mind between two routes."""
    connector = bench.connector()
    for one in bench.examples:
        for row in objects(connector, one)[:1]:
            body = _other_id(one, row)
            if body is None:
                continue
            try:
                found = connector.rows(one.request, replaced(one.response, body))
            except ValueError:
                continue
            if (row.stream, row.id) not in {(other.stream, other.id) for other in found}:
                yield f"{row.stream} {row.id} becomes another record when its id is spelt otherwise"


def _other_id(one: Answered, row: Row) -> bytes | None:
    """The answer with the id of a record as a text where it was a number, or a number where it was a text."""
    body = one.response.body
    piece, number = body[row.start : row.end], row.id.encode()
    for before, after in ((number, b'"%b"' % number), (b'"%b"' % number, number)):
        found = re.search(rb'"id"\s*:\s*(%b)(?=\s*[,}])' % re.escape(before), piece, re.IGNORECASE)
        if row.id.isdecimal() and found:
            start, end = row.start + found.start(1), row.start + found.end(1)
            return body[:start] + after + body[end:]
    return None


@check(GROUP)
def unknown_fields_are_carried(bench: Bench) -> Complaints:
    """A field that nobody has heard of is in the record that is read: sources add fields, and own ones of every company."""
    yield from _carried(bench, {"a": [1, {"b": "c"}]})


@check(GROUP)
def nulls_are_kept(bench: Bench) -> Complaints:
    """A null in the answer is a null in the record, and an empty text an empty text: "nothing known" is not "not told"."""
    yield from _carried(bench, None)
    yield from _carried(bench, "")


@check(GROUP)
def hostile_texts_survive(bench: Bench) -> Complaints:
    """Control characters, emoji, markup and 40,000 letters come through unchanged, however they are spelt in JSON."""
    yield from _carried(bench, HOSTILE)
    yield from _carried(bench, HOSTILE, plain=False)


@check(GROUP)
def numbers_survive(bench: Bench) -> Complaints:
    """Numbers of 23 digits, small fractions and true come through exactly: money and tax numbers are not approximations."""
    for number in NUMBERS:
        yield from _carried(bench, number)


def _carried(bench: Bench, value: Any, *, plain: bool = True) -> Complaints:
    connector = bench.connector()
    nameless = {stream.name for stream in bench.about.streams if stream.nameless}
    for one in bench.examples:
        for row in [row for row in objects(connector, one) if row.stream not in nameless][-1:]:
            response = with_member(one, row, NEW, value, plain=plain)
            found = {(other.stream, other.id): other for other in connector.rows(one.request, response)}
            other = found.get((row.stream, row.id))
            if other is None:
                yield f"{row.stream} {row.id} is not read any more when it holds {value!r:.40}"
            elif repr(other.value.get(NEW, "nothing")) != repr(value):
                yield f"{row.stream} {row.id} holds {other.value.get(NEW, 'nothing')!r:.40} instead of {value!r:.40}"


@check(GROUP)
def another_spelling_is_the_same(bench: Bench) -> Complaints:
    """The same JSON with spaces and line breaks, or with every letter escaped, gives the same records, at their own places."""
    connector = bench.connector()
    for one in bench.examples:
        for dump in (lambda value: json.dumps(value, indent=1, ensure_ascii=False), json.dumps):
            response = spelt(one, dump)
            if response is None:
                continue
            before, now = connector.rows(*one), connector.rows(one.request, response)
            if [row[:3] for row in now] != [row[:3] for row in before]:
                yield f"{shown(one.request)} gives other records when it is spelt otherwise"
            for row in now:
                yield from _bytes(Answered(one.request, response), row)
