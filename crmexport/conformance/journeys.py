"""Checks of pulls that do not go straight: stopped, in another order, without batches, through failures, under other habits."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import cycle

from crmexport.archive import Archive
from crmexport.conformance.asking import shown
from crmexport.conformance.bench import Bench, Played, once
from crmexport.conformance.check import Complaints, NotApplicableError, check
from crmexport.conformance.differences import Kind
from crmexport.conformance.disguise import lists_alone, shuffled, since_ever, without_bulk
from crmexport.conformance.wholeness import miscounted
from crmexport.errors import CrmExportError
from crmexport.sandbox.faults import LOGIN_PAGE
from crmexport.sandbox.rehearsal import Topic
from crmexport.source import Key, Request, Response
from crmexport.transport.failures import TransientError

GROUP = "journeys"
SORTS = 8
HTML = {"content-type": "text/html"}
FAULTS: tuple[Response | Exception, ...] = (
    Response(429, {"retry-after": "1"}, b"{}"),
    Response(500, {}, b"{}"),
    Response(502, HTML, b"<html>502</html>"),
    Response(503, {}, b""),
    Response(401, {}, b"{}"),
    Response(200, HTML, LOGIN_PAGE),
    Response(200, {"content-type": "application/json"}, b""),
    TransientError("the answer broke off"),
)


def _under(bench: Bench, topic: Topic, *, bare: bool = False) -> Complaints:
    """What goes wrong under the habits of a topic and not without them; `bare`: with neither sweep nor link to mend what lists lose."""
    kind = lists_alone(bench.kind) if bare else bench.kind
    for name, habit in bench.habits(topic).items():
        played = bench.play(bench.stage(name), kind=kind)
        yield from (f"{habit.words}: {words}" for words in bench.lost(played, alone=bare))


@check(GROUP)
def lists_need_no_sweep(bench: Bench) -> Complaints:
    """Lists alone give every record that they show: the sweep is a second look, and must not be what holds the first together."""
    if not bench.about.swept:
        raise NotApplicableError("no stream is declared as swept")
    yield from sorted(str(one) for one in bench.bare - bench.known)


@check(GROUP)
def pages_join_without_a_gap(bench: Bench) -> Complaints:
    """Whether a page begins with the row of its cursor or after it, every row is held, and once: documentation seldom says."""
    return _under(bench, Topic.CURSOR, bare=True)


@check(GROUP)
def short_pages_end_no_list(bench: Bench) -> Complaints:
    """A page shorter than was asked for is no end: a server may cap pages, or take out rows that rights hide."""
    return _under(bench, Topic.CAPS, bare=True)


@check(GROUP)
def counts_end_no_list(bench: Bench) -> Complaints:
    """A count that is too small, absent, or of the page only, ends no list: well-known tools have lost millions so."""
    return _under(bench, Topic.COUNTS, bare=True)


@check(GROUP)
def absent_flags_end_no_list(bench: Bench) -> Complaints:
    """A source that does not say whether more follows is asked until it has no more."""
    return _under(bench, Topic.FLAGS, bare=True)


@check(GROUP)
def empty_lists_are_answers(bench: Bench) -> Complaints:
    """A list without rows is an answer like any other, neither a failure nor a loop."""
    return _under(bench, Topic.EMPTY)


@check(GROUP)
def any_order_will_do(bench: Bench) -> Complaints:
    """A source that does not sort, or sorts otherwise, gives the same archive."""
    return _under(bench, Topic.ORDER, bare=True)


@check(GROUP)
def hidden_records_are_found(bench: Bench) -> Complaints:
    """Records that lists hide (people who left, closed deals) are reached by the links of others."""
    return _under(bench, Topic.HIDDEN)


@check(GROUP)
def the_spelling_of_json_is_free(bench: Bench) -> Complaints:
    """Spaces, escaped letters and other habits of a server give the same archive, by places that fit."""
    return _under(bench, Topic.SHAPE)


@check(GROUP)
def batches_may_shrink(bench: Bench) -> Complaints:
    """A source that takes smaller batches than declared, or none, gives the same archive."""
    return _under(bench, Topic.BATCHES)


@check(GROUP)
def sign_ins_may_die_early(bench: Bench) -> Complaints:
    """Sessions that die in mid-pull, however the source tells it, cost no record."""
    return _under(bench, Topic.TOKENS)


@check(GROUP)
def bytes_may_come_otherwise(bench: Bench) -> Complaints:
    """Files that come by a redirect, or in another wrapping, are the same files."""
    return _under(bench, Topic.FILES)


@check(GROUP, slow=True)
def a_stop_anywhere_costs_nothing(bench: Bench) -> Complaints:
    """A pull that was stopped at any point and started again holds the same: people close their laptops."""
    sent = len(bench.clean.exchanges)
    for number in sorted({2, 3, sent // 3, sent * 2 // 3, sent - 1}):
        stopped = bench.play(meddle=once(number, _stop))
        again = bench.play(before=stopped)
        yield from (f"stopped at request {number}: {words}" for words in bench.lost(again))


def _stop() -> None:
    raise KeyboardInterrupt


@check(GROUP)
def the_order_of_asking_does_not_matter(bench: Bench) -> Complaints:
    """Requests asked in another order give the same archive: the engine asks what is worth most, and several at once."""
    for seed in (1,) if bench.quick else (1, 2):
        played = bench.play(kind=shuffled(bench.kind, seed))
        yield from (f"in another order: {words}" for words in bench.lost(played))


@check(GROUP)
def batches_give_what_single_requests_give(bench: Bench) -> Complaints:
    """The same account pulled without batches gives the same archive."""
    if bench.about.limits.bulk_calls == 1:
        raise NotApplicableError("there are no batches")
    played = bench.play(kind=without_bulk(bench.kind))
    yield from (f"without batches: {words}" for words in bench.lost(played))


@check(GROUP)
def a_refused_batch_is_taken_apart(bench: Bench) -> Complaints:
    """When the source refuses batches as such, everything in them is asked one by one: nothing in them was refused."""
    connector = bench.connector()
    if not any(connector.is_bulk(one.request) for one in bench.clean.exchanges):
        raise NotApplicableError("no batch was sent")

    def refuse(number: int, request: Request) -> Response | None:
        return Response(403, {}, b"{}") if connector.is_bulk(request) else None

    yield from (f"batches refused: {words}" for words in bench.lost(bench.play(meddle=refuse)))


@check(GROUP)
def failures_now_and_then_change_nothing(bench: Bench) -> Complaints:
    """429, 500, 502, 503, 401, a login page, an empty body and a broken line, each a few times: the archive is the same."""
    faults, struck = cycle(FAULTS), set[str]()

    def strike(number: int, request: Request) -> Response | None:
        if number % 3 or request.key in struck or bench.is_sign_in(request):
            return None
        struck.add(request.key)
        return _given(next(faults))

    yield from bench.lost(bench.play(meddle=strike))


def _given(fault: Response | Exception) -> Response:
    if isinstance(fault, Exception):
        raise fault
    return fault


@check(GROUP)
def cut_answers_change_nothing(bench: Bench) -> Complaints:
    """Half an answer now and then is asked again, and teaches nothing meanwhile."""
    whole = {one.request.key: one.response for one in bench.clean.exchanges if not one.request.is_file}
    struck = set[str]()

    def cut(number: int, request: Request) -> Response | None:
        response = whole.get(request.key)
        if number % 3 or request.key in struck or not response or len(response.body) < 4:
            return None
        struck.add(request.key)
        return (
            None
            if bench.is_sign_in(request)
            else replace(response, body=response.body[: len(response.body) // 2])
        )

    yield from bench.lost(bench.play(meddle=cut))


@check(GROUP, slow=True)
def what_is_refused_is_named(bench: Bench) -> Complaints:
    """A request that is refused for ever leaves a gap with a reason, and a pull that does not call itself complete."""
    for request in _sorts(bench)[:SORTS]:
        yield from _refused(bench, request)


def _sorts(bench: Bench) -> list[Request]:
    """One request of each sort: that of a file, then those of the streams that have most records."""
    connector = bench.connector()
    records = Counter(row.stream for _one, reading in bench.readings for row in reading.records)
    sent = [one.request for one in bench.clean.exchanges if not bench.is_sign_in(one.request)]
    sorts = {(one.stream, one.is_file): one for one in reversed(sent) if not connector.is_bulk(one)}
    return sorted(sorts.values(), key=lambda one: (not one.is_file, -records[one.stream]))


def _refused(bench: Bench, refused: Request) -> Complaints:
    def refuse(number: int, request: Request) -> Response | None:
        return (
            Response(403, {"content-type": "application/json"}, b'{"error":"no rights"}')
            if request.key == refused.key
            else None
        )

    played = bench.play(meddle=refuse)
    if played.error is not None:
        if not isinstance(played.error, CrmExportError):  # a sentence for a person would be no silence
            yield f"{shown(refused)} was refused: {played.ending}"
        return
    lost = bench.differences(played) - bench.known
    with Archive.open(played.folder) as archive:
        gaps = archive.gaps()
    if lost and played.complete:
        yield f"{shown(refused)} was refused, {len(lost)} things are missing, and the pull calls itself complete"
    yield from (f"the gap of {gap.stream} {gap.id} has no reason" for gap in gaps if not gap.reason.strip())


@check(GROUP)
def the_same_again_is_no_change(bench: Bench) -> Complaints:
    """A second full pull of an account in which nothing happened makes no new version of any record."""
    played = bench.play()
    _made(played)
    before = _versions(played)
    again = bench.play(before=played, full=True)
    yield from bench.lost(again)
    if again.error is None and _versions(again) != before:
        yield f"{_versions(again) - before} records have a new version though nothing was changed"


def _versions(played: Played) -> int:
    with Archive.open(played.folder) as archive:
        line = archive.database.connection.exec_driver_sql("SELECT count(*) FROM versions")
        return int(line.scalar_one())


def _made(played: Played) -> None:
    if played.error is not None:
        raise NotApplicableError(played.ending)


def _then(bench: Bench, act: Callable[[Played], Iterable[Key]], full: bool) -> tuple[Played, set[Key]]:
    """A first pull, something that happens, and a second pull."""
    played = bench.play()
    _made(played)
    happened = {*(act(played) or ())}
    if not happened:
        raise NotApplicableError("the rehearsal cannot be changed so")
    return bench.play(before=played, full=full), happened


@check(GROUP)
def changes_are_found(bench: Bench) -> Complaints:
    """A pull of changes holds afterwards what a full pull would: every record that was edited since the last one."""
    again, _changed = _then(bench, lambda played: played.rehearsal.change(), full=False)
    yield from bench.lost(again)


@check(GROUP)
def changes_leave_the_counts_true(bench: Bench) -> Complaints:
    """After a pull of changes the announced counts are those of all records: that of the changed ones alone would hide all losses."""
    if not bench.stage.tells_counts:
        raise NotApplicableError("the source does not say how many records there are")
    again, _changed = _then(bench, lambda played: played.rehearsal.change(), full=False)
    _made(again)
    yield from sorted(set(miscounted(again)) - set(miscounted(bench.clean)))


@check(GROUP)
def what_ever_changed_is_listed(bench: Bench) -> Complaints:
    """Asked for what changed since long ago, the source lists everything, however its pages are cut: changes may be more than a page."""
    known = {(one.stream, one.id) for one in bench.bare}
    for name, words in _cuts(bench):
        played = bench.play(bench.stage(name), kind=since_ever(bench.kind))
        for one in sorted(bench.differences(played), key=str):
            if one.kind is Kind.MISSING and (one.stream, one.id) not in known:
                yield f"{words}{one}"


def _cuts(bench: Bench) -> Iterator[tuple[str | None, str]]:
    """The account as it is likely, and with each habit about where pages begin and end; with how complaints begin."""
    yield None, ""
    for name, habit in () if bench.quick else bench.stage.habits.items():
        if habit.topic in (Topic.CURSOR, Topic.CAPS):
            yield name, f"{habit.words}: "


@check(GROUP)
def a_full_pull_finds_changes(bench: Bench) -> Complaints:
    """A full pull onto an archive that is there holds every edited record in its new form."""
    again, _changed = _then(bench, lambda played: played.rehearsal.change(), full=True)
    yield from bench.lost(again)


@check(GROUP)
def deletions_are_marked(bench: Bench) -> Complaints:
    """What the source has deleted is marked so after a full pull, and kept: the proof would miss it, or count it as there."""
    if not (bench.about.swept or bench.about.relisted):
        raise NotApplicableError("no stream is declared as swept or relisted")
    again, gone = _then(bench, lambda played: played.rehearsal.remove(), full=True)
    _made(again)
    known = {*bench.about.swept, *bench.about.relisted}
    removed = {key for key in gone if key[0] not in bench.stage().lasting}
    for one in sorted(bench.differences(again) - bench.known, key=str):
        is_seen = one.stream in known or (one.stream, one.id) in removed
        if one.kind is not Kind.INVENTED or is_seen:  # what hung on a deleted record is kept, too
            yield str(one)
    with Archive.open(again.folder) as archive:
        deleted = archive.deleted()
    for stream in sorted({stream for stream, _id in gone if stream in known}):
        if not deleted.get(stream):
            yield f"{stream}: deleted records are not marked"


@check(GROUP)
def a_sweep_shows_every_id(bench: Bench) -> Complaints:
    """The walk through all ids shows every record of the streams that are declared as swept: what it misses would be taken for deleted."""
    if not bench.about.swept:
        raise NotApplicableError("no stream is declared as swept")
    shown_ids = {key for _one, reading in bench.readings for key in reading.present}
    for one, reading in bench.readings:
        for stream, id in {(row.stream, row.id) for row in reading.records}:
            is_listed = one.request.subject != (stream, id)  # what only a card gives, no walk can show
            if is_listed and stream in bench.about.swept and (stream, id) not in shown_ids:
                yield f"{stream} {id} is not shown"
