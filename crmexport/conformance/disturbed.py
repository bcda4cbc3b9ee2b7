"""Checks of pulls during which people go on working: records are deleted, inserted and edited between two requests."""

from collections.abc import Callable, Collection
from functools import partial

from crmexport.conformance.asking import shown
from crmexport.conformance.bench import Bench, Played, is_answer, once, once_asked
from crmexport.conformance.check import Complaints, NotApplicableError, check
from crmexport.conformance.differences import Kind
from crmexport.conformance.disguise import lists_alone, since_ever
from crmexport.conformance.journeys import GROUP
from crmexport.conformance.lines import Exchange
from crmexport.sandbox.rehearsal import Rehearsal
from crmexport.source import Key, Request


def _points(bench: Bench) -> list[int]:
    sent = len(bench.clean.exchanges)
    return sorted({max(2, sent // 8), max(2, sent // 4)})


def _disturbed(
    bench: Bench,
    number: int,
    act: Callable[[Rehearsal], object],
    rehearsal: Rehearsal | None = None,
    *,
    key: str | None = None,
) -> Complaints:
    """What goes wrong when something happens in the account before request `number`, or the one with `key` that had that number."""
    account = rehearsal or bench.stage()
    happens = partial(act, account)
    played = bench.play(account, meddle=once_asked(key, happens) if key else once(number, happens))
    yield from (f"before request {number}: {words}" for words in bench.lost(played))


def _changeable(bench: Bench) -> None:
    if not bench.stage().remove():
        raise NotApplicableError("the rehearsal cannot be changed")


def _behind_their_pages(bench: Bench, keys: Collection[Key]) -> dict[int, str | None]:
    """The requests that go on behind a page with one of these records: deleted just then, it draws the next row forward.

    Each by its number, with its key if it travels alone: batches are put together otherwise from pull to pull.
    """
    numbers: dict[str, int] = {}
    alone: dict[int, str] = {}
    for number, exchange in enumerate(bench.clean.exchanges, 1):
        for key in _single_keys(bench, exchange):
            numbers.setdefault(key, number)
            if key == exchange.request.key:
                alone[number] = key
    pages = [
        reading
        for _one, reading in bench.readings
        if any((row.stream, row.id) in keys for row in reading.records)
    ]
    onwards = [[numbers[one.key] for one in page.requests if one.key in numbers] for page in pages]
    return {number: alone.get(number) for number in sorted(min(found) for found in onwards if found)}


def _single_keys(bench: Bench, exchange: Exchange) -> list[str]:
    request, _headers, response = exchange
    connector = bench.connector()
    if response is None or not connector.is_bulk(request) or not is_answer(connector, request, response):
        return [request.key]
    return [one.key for one, _answer in connector.split(request, response)]


@check(GROUP, slow=True)
def rows_removed_between_pages_hide_no_others(bench: Bench) -> Complaints:
    """Records deleted in mid-pull shift no other record out of sight: colleagues go on working."""
    _changeable(bench)
    behind = _behind_their_pages(bench, bench.stage().remove())
    for number, key in {**dict.fromkeys(_points(bench)), **behind}.items():
        complaints = _disturbed(bench, number, lambda account: account.remove(), key=key)
        yield from (words for words in complaints if Kind.INVENTED.value not in words)


@check(GROUP, slow=True)
def rows_inserted_between_pages_are_found(bench: Bench) -> Complaints:
    """Records that come into being in mid-pull are found, and push no other out of sight."""
    _changeable(bench)
    if type(bench.stage()).restore is Rehearsal.restore:
        raise NotApplicableError("the rehearsal restores nothing")
    for number in _points(bench):
        account = bench.stage()
        gone = account.remove()
        yield from _disturbed(bench, number, partial(_restore, gone), account)


def _restore(gone: set[Key], account: Rehearsal) -> None:
    account.restore(gone)


@check(GROUP, slow=True)
def edits_in_mid_pull_are_found(bench: Bench) -> Complaints:
    """What is edited while a pull goes on is held in its new form at the end."""
    _changeable(bench)
    for number in _points(bench):
        yield from _disturbed(bench, number, lambda account: account.change())


@check(GROUP, slow=True)
def edits_hide_no_other_changes(bench: Bench) -> Complaints:
    """Records edited while changes are read draw no others out of sight: in the order of changes they move to the end, and all behind them one place forward."""
    edited = bench.stage().change()
    if not edited:
        raise NotApplicableError("the rehearsal cannot be changed")
    kind = lists_alone(since_ever(bench.kind))
    calm = bench.play(kind=kind)
    known = {(one.stream, one.id) for one in bench.differences(calm)}
    for further in _further_pages(bench, calm, edited):
        account = bench.stage()
        played = bench.play(account, kind=kind, meddle=once_asked(further.key, account.change))
        for one in sorted(bench.differences(played), key=str):
            if one.kind is Kind.MISSING and (one.stream, one.id) not in known:
                yield f"before {shown(further)}: {one}"


def _further_pages(bench: Bench, played: Played, keys: Collection[Key]) -> list[Request]:
    """The requests that go on behind a page with one of these records."""
    connector = bench.connector()
    found: dict[str, Request] = {}
    for one in bench.answers_of(played):
        reading = connector.read(*one)
        if any((row.stream, row.id) in keys for row in reading.records):
            found |= {other.key: other for other in reading.requests if other.stream == one.request.stream}
    return list(found.values())
