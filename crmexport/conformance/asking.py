"""Checks of the requests that a connector makes up: stable, storable, reading only, in a sensible order."""

from collections import Counter
from typing import Any

from crmexport.conformance.bench import Bench
from crmexport.conformance.check import Complaints, NotApplicableError, check
from crmexport.conformance.declared import writing_forms
from crmexport.conformance.disguise import EVER
from crmexport.source import FILES, Connector, Request, Row
from crmexport.source.contract import single_answers

GROUP = "requests"


def allowed(connector: Connector, request: Request) -> bool:
    """Whether the connector's own list of reads lets this through."""
    return any(rule.allows(request) for rule in connector.about.reads)


def shown(request: Request) -> str:
    """A request in a few words."""
    return f"{request.method} {request.path[:80]}"


@check(GROUP)
def keys_are_stable(bench: Bench) -> Complaints:
    """The same connector asks the same questions each time: what differs from run to run is asked twice after every stop."""
    before, now = list(bench.connector().opening(None)), list(bench.connector().opening(None))
    if {one.key for one in before} != {one.key for one in now}:
        yield "the opening asks other questions the second time"
    connector = bench.connector()
    for one, reading in bench.readings:
        again = {request.key for request in connector.read(*one).asks}
        if again != {request.key for request in reading.asks}:
            yield f"{shown(one.request)} leads to other questions when it is read again"


@check(GROUP)
def requests_survive_being_stored(bench: Bench) -> Complaints:
    """Every request is the same after its way through the frontier: its context is JSON, its subject a pair of texts."""
    for request in bench.requests:
        if Request.load(request.dump()) != request:
            yield f"{shown(request)} comes back as another: {request.context}"


@check(GROUP)
def every_request_only_reads(bench: Bench) -> Complaints:
    """All that the connector ever asks is on its list of reads, sign-in apart; else the pull stops in the middle."""
    connector = bench.connector()
    made = [one for one in bench.requests if not allowed(connector, one)]
    yield from (f"{shown(one)} is not among the declared reads" for one in made)


@check(GROUP)
def writes_are_refused(bench: Bench) -> Complaints:
    """The list of reads refuses what would write: the same by PUT, PATCH, DELETE, or by the name of a write, and the source's own writes."""
    connector = bench.connector()
    forms = [form for one in bench.requests for form in writing_forms(one)]
    for one in [*forms, *bench.stage().writes()]:
        if allowed(connector, one):
            yield f"{shown(one)} {(one.body or '')[:80]} would be sent"


@check(GROUP)
def paths_are_plain(bench: Bench) -> Complaints:
    """Paths begin with a slash and are encoded: they are sent exactly as written, and to the account's own host only."""
    for one in bench.requests:
        if not one.path.startswith("/") or one.path.startswith("//"):
            yield f"{one.path[:80]!r} is no path on the account's host"
        elif not one.path.isascii() or any(sign <= " " for sign in one.path):
            yield f"{one.path[:80]!r} is not encoded"


@check(GROUP)
def requests_belong_to_declared_streams(bench: Bench) -> Complaints:
    """Every request names a declared stream: a gap is noted under it, and nobody would look under another word."""
    known = {stream.name for stream in bench.about.streams} | {FILES}
    connector = bench.connector()
    for one in bench.requests:
        if one.stream not in known and not connector.is_bulk(one):
            yield f"{shown(one)} belongs to {one.stream!r}, which is not declared"


@check(GROUP)
def worth_has_its_order(bench: Bench) -> Complaints:
    """Dictionaries come first, files last: at any minute the archive is the best obtainable so far."""
    dictionaries = {stream.name for stream in bench.about.streams if stream.dictionary}
    files = [one.worth for one in bench.requests if one.is_file]
    first = [one.worth for one in bench.requests if one.stream in dictionaries]
    own = {*dictionaries, FILES}  # an inventory of files may come after them
    rest = [one for one in bench.requests if not one.is_file and one.stream not in own]
    yield from (f"{shown(one)} is worth {one.worth}" for one in bench.requests if not 0 <= one.worth <= 100)
    for one in rest:
        if files and one.worth <= max(files):
            yield f"{shown(one)} is worth {one.worth}, files {max(files)}"
        if first and one.worth > min(first):
            yield f"{shown(one)} is worth {one.worth}, dictionaries only {min(first)}"


@check(GROUP)
def files_name_their_subject(bench: Bench) -> Complaints:
    """The request for a file names that file as its subject and is marked as a file's, so that a lost one can be named."""
    for _one, reading in bench.readings:
        for file in reading.files:
            if file.request.subject != (FILES, file.id) or not file.request.is_file:
                yield f"the request for file {file.id} names {file.request.subject}"


@check(GROUP)
def lists_name_whose_they_are(bench: Bench) -> Complaints:
    """The request for a list under a record has its `stream/id` as subject: by another name, "no such list" marks a record as deleted."""
    told = set()
    for one, reading in bench.readings:
        parents = {row.parent for row in reading.records if row.parent and row.parent[1]}
        subject = one.request.subject
        is_card = subject in {row[:2] for row in reading.records}
        if is_card or one.request.stream in told or len(parents) != 1:
            continue
        stream, id = parents.pop()
        if subject is not None and subject[1] == id:
            told.add(one.request.stream)
            right = (one.request.stream, f"{stream}/{id}")
            yield f"{shown(one.request)} names {subject} as its subject, and not {right}"
    yield from _nameless(bench)


def _nameless(bench: Bench) -> Complaints:
    """What is asked because of a record, and names nothing: refused, it is a gap of which nobody knows whose it is."""
    told = set()
    parents = {one.request.key: {row.parent for row in reading.records} for one, reading in bench.readings}
    for _one, reading in bench.readings:
        for record, request in reading.under:
            is_list = record in parents.get(request.key, ())
            if is_list and request.subject is None and request.stream not in told:
                told.add(request.stream)
                yield f"{shown(request)}, which hangs under {' '.join(record)}, names no subject"


@check(GROUP)
def nothing_is_asked_twice(bench: Bench) -> Complaints:
    """No question is put twice in one pass of a pull: calls are what is scarce, and a loop never ends."""
    passes = Counter(event.kind for event in bench.clean.events)["pass"] or 1
    asked = Counter(one.request.key for one in bench.clean.exchanges if not bench.is_sign_in(one.request))
    names = {one.request.key: one.request for one in bench.clean.exchanges}
    for key, times in asked.items():
        if times > passes:
            yield f"{shown(names[key])} was sent {times} times in {passes} passes"
    yield from _told_twice(bench)


def _told_twice(bench: Bench) -> Complaints:
    """Two questions for what hangs under one record, with the same answer, are one in two spellings. Lists may well be alike.

    So may definitions, which hang under no record: each card that has to name its fields asks for them in its own name. And a sweep
    shows once more what lists have shown, by their very rows where these cost no more than ids.
    """
    known: dict[frozenset[tuple[Any, ...]], Request] = {}
    for one, reading in bench.readings:
        if reading.present:
            continue
        rows = frozenset((row.stream, row.id, row.parent) for row in reading.records if _hangs(row))
        before = known.setdefault(rows, one.request)
        if rows and before.key != one.request.key:
            yield (
                f"{shown(one.request)} {_body(one.request)} gives the same records as {shown(before)} {_body(before)}"
            )


def _hangs(row: Row) -> bool:
    return row.parent is not None and row.parent[1] != ""


def _body(request: Request) -> str:
    return (request.body or "")[:80]


@check(GROUP)
def instead_ends(bench: Bench) -> Complaints:
    """What is asked instead of a request that was given up only reads, and leads to an end: never back to the same question."""
    connector = bench.connector()
    for request in bench.requests:
        yield from _following(connector, request)


def _following(connector: Connector, request: Request) -> Complaints:
    met, waiting = {request.key}, list(connector.instead(request))
    while waiting:
        other = waiting.pop()
        if other.key in met:
            yield f"instead of {shown(request)} the same is asked again"
            return
        if not allowed(connector, other):
            yield f"{shown(other)} is not among the declared reads"
        met.add(other.key)
        waiting += connector.instead(other)


@check(GROUP)
def a_sweep_asks_in_its_own_words(bench: Bench) -> Complaints:
    """No question begins both a pull and the walk through all ids: what an earlier pull lost of the one would be asked for in place of the other."""
    connector = bench.connector()
    swept = {one.key for one in connector.sweep()}
    if not swept:
        raise NotApplicableError("nothing is swept")
    begun = {one.key: one for since in (None, EVER) for one in connector.opening(since)}
    yield from (f"{shown(begun[key])} begins a pull and a sweep" for key in sorted(begun.keys() & swept))


@check(GROUP)
def batches_keep_their_promise(bench: Bench) -> Complaints:
    """A batch is one read that holds at most the declared number of calls, and `split` gives back every call with its answer."""
    connector, most = bench.connector(), bench.about.limits.bulk_calls
    batches = [one for one in bench.clean.exchanges if connector.is_bulk(one.request) and one.response]
    if most > 1 and not batches and not any(one.bulk for one in bench.requests):
        yield "batches are declared, but no request is marked for them"
    if not batches:
        raise NotApplicableError("no batch was sent")
    for request, _headers, response in batches:
        assert response is not None  # noqa: S101 - picked above
        calls = single_answers(connector, request, response)
        if connector.combine([call for call, _answer in calls]).key != request.key:
            yield f"{shown(request)}: `split` gives back other questions than were combined"
        if len(calls) > most or len({call.key for call, _answer in calls}) != len(calls):
            yield f"{shown(request)} holds {len(calls)} calls, {most} are declared"
        if not allowed(connector, request) or Request.load(request.dump()) != request:
            yield f"{shown(request)} is no read, or does not survive being stored"
        yield from _places(response.body, [(answer.body, answer.offset) for _call, answer in calls])


def _places(whole: bytes, parts: list[tuple[bytes, int]]) -> Complaints:
    for body, offset in parts:
        if whole[offset : offset + len(body)] != body:
            yield f"an answer within a batch is not at its offset {offset}"


@check(GROUP)
def batches_write_nothing(bench: Bench) -> Complaints:
    """A batch that holds a write is refused by the list of reads: the door that is most easily left open."""
    connector = bench.connector()
    bulk = [one for one in bench.requests if one.bulk]
    if bench.about.limits.bulk_calls == 1 or not bulk:
        raise NotApplicableError("there are no batches")
    one = bulk[0]
    forms = (
        writing_forms(one)
        if one.method == "POST"
        else [one.replace(method="POST", body="{}"), *writing_forms(one)]
    )
    good = connector.combine([one, bulk[-1]])
    for form in forms:
        evil = connector.combine([form, bulk[-1]])
        is_told = evil.body != good.body if form.method == one.method else form.method in (evil.body or "")
        if is_told and allowed(connector, evil):
            yield f"a batch with {shown(form)} would be sent"
