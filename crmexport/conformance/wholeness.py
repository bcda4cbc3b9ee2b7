"""Checks of a whole pull against the truth: every record, field, value, parent, file and count."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from crmexport.archive import Archive
from crmexport.archive.replay import current_rows
from crmexport.conformance.asking import shown
from crmexport.conformance.bench import Answered, Bench, Played
from crmexport.conformance.check import Complaints, NotApplicableError, check
from crmexport.conformance.differences import Kind
from crmexport.conformance.entering import answered, entered
from crmexport.conformance.refusals import taught
from crmexport.sandbox.rehearsal import Fact
from crmexport.source import FILES, GapKind, Key, Reading, Request, Row

GROUP = "wholeness"
STEPS = 8
CARDS = 3


@check(GROUP)
def a_pull_ends_complete(bench: Bench) -> Complaints:
    """A first pull by the real engine comes to its end by itself and says that nothing is missing."""
    bench.stage  # noqa: B018 - raises for a connector without a rehearsal
    if not bench.first.complete:
        yield bench.first.ending


def _told(bench: Bench, *kinds: Kind, streams: Collection[str] = ()) -> Complaints:
    found = [one for one in bench.known if one.kind in kinds and (not streams or one.stream in streams)]
    return sorted(str(one) for one in found)


@check(GROUP)
def every_record_is_held(bench: Bench) -> Complaints:
    """Every record of every stream that the source has is held after a pull: closed, retired, hidden and foreign ones, too."""
    own = {FILES}
    return [words for words in _told(bench, Kind.MISSING) if words.partition(" ")[0] not in own]


@check(GROUP)
def dictionaries_are_complete(bench: Bench) -> Complaints:
    """Every entry of every dictionary is held, retired ones too: without it, old records name what nobody can read any more."""
    names = {stream.name for stream in bench.about.streams if stream.dictionary}
    if not names:
        raise NotApplicableError("no stream is a dictionary")
    return _told(bench, Kind.MISSING, streams=names)


@check(GROUP)
def nothing_is_invented(bench: Bench) -> Complaints:
    """What is held exists: a record that is read twice under two names is counted twice."""
    return sorted(str(one) for one in bench.known | bench.bare if one.kind is Kind.INVENTED)


@check(GROUP)
def every_field_is_held(bench: Bench) -> Complaints:
    """Every field of every record is there, own fields of the company included."""
    return _told(bench, Kind.DROPPED)


@check(GROUP)
def every_value_is_true(bench: Bench) -> Complaints:
    """Every value is the one that the source has, to the last character."""
    return _told(bench, Kind.OTHER)


@check(GROUP)
def null_is_not_absent(bench: Bench) -> Complaints:
    """A field that is null at the source is null here, and one that is not told is not there."""
    return _told(bench, Kind.BLURRED)


@check(GROUP)
def parents_are_known(bench: Bench) -> Complaints:
    """A record of a sub-list knows under which record it stands, when it does not say so itself; a file, all on which it hangs.

    These are records of declared streams: under another word (`deals` for `deal`) no export finds them.
    """
    yield from _told(bench, Kind.ORPHANED)
    known = {stream.name for stream in bench.about.streams} | {FILES}
    for stream, parent in sorted(set(_above(bench))):
        if parent not in known:
            yield f"{stream}: stands under records of {parent!r}, which is not declared"


def _above(bench: Bench) -> Iterator[tuple[str, str]]:
    """Each stream with the streams under whose records it stands. Definitions may be of what is no stream of its own."""
    for _one, reading in bench.readings:
        yield from ((row.stream, row.parent[0]) for row in reading.records if row.parent and row.parent[1])
        yield from ((FILES, file.owner[0]) for file in reading.files)


@check(GROUP)
def sub_lists_come_to_an_end(bench: Bench) -> Complaints:
    """A sub-list that was read to its end is told as `ended`: what is taken out of it later would stay for ever, as if it were there.

    Where nothing ever is, as out of a history, the rehearsal says so (`lasting`).
    """
    # old words explain old records
    dictionaries = (stream.name for stream in bench.about.streams if stream.dictionary)
    known = {*bench.about.swept, *bench.about.relisted, *dictionaries, *bench.stage.lasting}
    under = {
        (row.stream, row.parent)
        for _one, reading in bench.readings
        for row in reading.records
        if row.parent and row.stream not in known
    }
    if not under:
        raise NotApplicableError("nothing but words stands under another record, or a sweep shows it")
    ended = {tuple(one) for _one, reading in bench.readings for one in reading.ended}
    for stream, parent in sorted(under - ended):
        yield f"{stream}: the list of those under {' '.join(parent)} has no end"


@check(GROUP)
def no_end_is_told_too_early(bench: Bench) -> Complaints:
    """A sub-list is told as `ended` with its last page: told before, it marks as deleted what stands on later pages, should these be refused."""
    later = {one.request.key: reading for one, reading in bench.readings}
    for one, reading in bench.readings:
        following = [later[asked.key] for asked in reading.requests if asked.key in later]
        shown_later = {(row.stream, row.parent) for other in following for row in other.records}
        for ended in sorted(reading.ended):
            if (ended.stream, ended.parent) in shown_later:
                yield f"{ended.stream}: more of those under {' '.join(ended.parent)} comes after {shown(one.request)}"


@check(GROUP)
def same_ids_are_kept_apart(bench: Bench) -> Complaints:
    """Two records of two streams with the same id are two records: ids are unique within a stream only."""
    ids = Counter(fact.id for fact in bench.clean.rehearsal.truth() if fact.sha256 is None)
    if not any(times > 1 for times in ids.values()):
        raise NotApplicableError("no id is met in two streams of the rehearsal")
    spoilt = {one.id for one in bench.known if one.kind is not Kind.MISSING}
    lost = sorted(
        str(one) for one in bench.known if one.kind is Kind.MISSING and one.id in spoilt and ids[one.id] > 1
    )
    yield from (f"{one}; another record with its id holds its values" for one in lost)


def _rows(bench: Bench) -> list[Row]:
    with Archive.open(bench.clean.folder) as archive:
        return list(current_rows(archive, bench.connector(), list(archive.counts())))


@check(GROUP)
def files_are_whole(bench: Bench) -> Complaints:
    """Every file's bytes equal the source's, files of no bytes included."""
    if not any(fact.sha256 for fact in bench.stage().truth()):
        raise NotApplicableError("the rehearsal has no files")
    own = [one for one in bench.known if one.stream == FILES]
    return sorted(str(one) for one in own if one.kind in (Kind.MISSING, Kind.SPOILT))


@check(GROUP)
def file_names_are_kept(bench: Bench) -> Complaints:
    """A file keeps its name as the source tells it, hostile as it may be: making it safe is the writer's work."""
    if not any(fact.sha256 for fact in bench.stage().truth()):
        raise NotApplicableError("the rehearsal has no files")
    return _told(bench, Kind.RENAMED)


@check(GROUP)
def counts_are_announced(bench: Bench) -> Complaints:
    """The source's own counts are noted and true: the proof compares what is held with them, and has nothing else."""
    announced = announced_in(bench.clean)
    if not announced and not bench.stage.tells_counts:
        raise NotApplicableError("the source does not say how many records there are")
    if not announced:
        yield "no count was announced"
    for stream in sorted({one.stream for _one, reading in bench.readings for one in reading.announced}):
        if stream not in announced:
            yield f"{stream}: announced by its list, but not anew by the sweep"
    yield from miscounted(bench.clean)


def announced_in(played: Played) -> dict[str, int]:
    """How many records of each stream the source announced, as the archive notes it."""
    with Archive.open(played.folder) as archive:
        return {stream: sum(numbers) for stream, numbers in archive.announced().items()}


def miscounted(played: Played) -> Complaints:
    """Every stream of which another number is announced than there are and were."""
    true = Counter(fact.stream for fact in played.rehearsal.truth())
    with Archive.open(played.folder) as archive:
        gone = Counter(gap.stream for gap in archive.gaps() if gap.kind is GapKind.VANISHED)
    for stream, number in announced_in(played).items():
        if number != true[stream] + gone[stream]:
            yield f"{stream}: {number} announced, there are {true[stream]}"


@check(GROUP)
def linked_records_are_reached(bench: Bench) -> Complaints:
    """Every record that another one names is held, or asked for by its card and known to be gone: links lead where no list does."""
    links = {link for _one, reading in bench.readings for link in reading.links}
    if not links:
        raise NotApplicableError("no record names another")
    held = {(row.stream, row.id) for row in _rows(bench)}
    with Archive.open(bench.clean.folder) as archive:
        gaps = {(gap.stream, gap.id): gap for gap in archive.gaps()}
    connector = bench.connector()
    for stream, id in sorted(links - held):
        gap = gaps.get((stream, id))
        if gap is None or gap.kind is not GapKind.VANISHED:
            card = "it has a card" if connector.card(stream, id) else "it has no card"
            yield f"{stream} {id} is named by other records and not held; {card}; {gap and gap.reason}"


@check(GROUP)
def cards_hold_what_lists_hold(bench: Bench) -> Complaints:
    """A record asked for by its card is the same record with the same fields: it may be the only way to it."""
    facts: dict[str, list[Fact]] = {}
    for fact in bench.stage().truth():
        facts.setdefault(fact.stream, []).append(fact)
    tried = 0
    for known in facts.values():
        for fact in known[:CARDS]:
            card = bench.connector().card(fact.stream, fact.id)
            if card is not None:
                tried += 1
                yield from _by_card(bench, card, fact)
    if not tried:
        raise NotApplicableError("there are no cards")


def _by_card(bench: Bench, card: Request, fact: Fact) -> Complaints:
    rows = followed(bench, card, (fact.stream, fact.id))[0]
    given = [row for row in rows if (row.stream, row.id) == (fact.stream, fact.id)]
    if not given:
        yield f"the card of {fact.stream} {fact.id} does not give it"
        return
    found = given[-1]  # it may have been asked for again, more fully
    known = {(one.stream, one.id, one.place) for one in bench.known}
    for unlike in bench.stage().compare(fact.stream, found.value, fact.body):
        if (fact.stream, fact.id, unlike.place) not in known:
            yield f"the card of {fact.stream} {fact.id} differs at {unlike.place}: {unlike.held!r:.60}"


@check(GROUP)
def cards_in_a_batch_are_the_same(bench: Bench) -> Complaints:
    """Cards asked for in one batch give what each gives alone: `verify` asks for hundreds so, and leaves out what it cannot read."""
    connector, rehearsal = bench.connector(), bench.stage()
    first = {fact.stream: (fact.stream, fact.id) for fact in reversed(list(rehearsal.truth()))}
    known = {key: card for key in first.values() if (card := connector.card(*key)) and card.bulk}
    if bench.about.limits.bulk_calls == 1 or not known:
        raise NotApplicableError("no card goes into a batch")
    grant = entered(rehearsal, connector, rehearsal.credentials)
    for (stream, id), card in known.items():
        whole = connector.combine([card, *(other for other in known.values() if other is not card)][:2])
        parts = connector.split(whole, answered(rehearsal, connector, grant, whole))
        within = [taught(connector, *part) for part in parts if part[0].key == card.key]
        alone = taught(connector, card, answered(rehearsal, connector, grant, card))
        if _said(*within) != _said(alone):
            yield f"the card of {stream} {id} gives {_said(alone)!r:.60} alone, in a batch {_said(*within)!r:.60}"


def _said(*readings: Reading | None) -> list[tuple[str, str, dict[str, Any]]]:
    return [row[:3] for reading in readings if reading for row in reading.records]


def followed(bench: Bench, request: Request, key: Key) -> tuple[list[Row], bool]:
    """The rows that a request leads to, itself or by the requests it asks for next; and whether it says that `key` is gone."""
    connector = bench.connector()
    rows, gone = [], False
    for one, reading in _steps(bench, request):
        gone |= connector.verdict(*one).value == "vanished"
        if reading is not None:
            rows += reading.records
            gone |= any((gap.stream, gap.id, gap.kind) == (*key, GapKind.VANISHED) for gap in reading.gaps)
    return rows, gone


def _steps(bench: Bench, request: Request) -> Iterator[tuple[Answered, Reading | None]]:
    """The answers to a request and to those that it asks for next, with what each teaches."""
    connector, rehearsal = bench.connector(), bench.stage()
    grant = entered(rehearsal, connector, rehearsal.credentials)
    waiting = [request]
    for _step in range(STEPS):
        if not waiting:
            break
        one = waiting.pop(0)
        answer = answered(rehearsal, connector, grant, one)
        reading = taught(connector, one, answer)
        waiting += reading.requests if reading else ()
        yield Answered(one, answer), reading


@check(GROUP)
def a_card_gives_no_other_record(bench: Bench) -> Complaints:
    """The answer with another record is not read as the one that was asked for: the id of what was merged leads to what is left of two."""
    known: dict[str, list[tuple[Answered, Row]]] = {}
    for fact in bench.stage().truth():
        card = bench.connector().card(fact.stream, fact.id)
        if card is not None and len(known.setdefault(fact.stream, [])) < 2:
            known[fact.stream] += _giving(bench, card, (fact.stream, fact.id))
    pairs = [found for found in known.values() if len(found) == 2]
    if not pairs:
        raise NotApplicableError("there are no cards, or none says whose it is")
    for (asked, right), (other, _row) in pairs:
        reading = taught(bench.connector(), asked.request, other.response)
        if reading and any(row[:2] == right[:2] for row in reading.records):
            yield f"the card of {right.stream} {right.id} takes another record for it"


def _giving(bench: Bench, card: Request, key: Key) -> list[tuple[Answered, Row]]:
    """The step that gives the record, with its row, if the record says its own id."""
    return [
        (one, row)
        for one, reading in _steps(bench, card)
        for row in (reading.records if reading else ())
        if row[:2] == key and row.id in {str(value) for value in row.value.values()}
    ][-1:]


@check(GROUP)
def a_missing_card_says_so(bench: Bench) -> Complaints:
    """The card of a record that does not exist says that it is gone, and gives no other record in its place."""
    connector, tried = bench.connector(), 0
    for stream in connector.about.streams:
        for id in ("987654321",):
            card = connector.card(stream.name, id)
            if card is None:
                continue
            tried += 1
            rows, gone = followed(bench, card, (stream.name, id))
            if [row for row in rows if row.stream == stream.name] or not gone:
                yield f"{stream.name} {id} does not exist, but {shown(card)} does not say so"
    if not tried:
        raise NotApplicableError("there are no cards")


@check(GROUP)
def the_archive_can_be_read_again(bench: Bench) -> Complaints:
    """A new connector finds in the stored answers exactly the records that the archive lists: mapping lives by this, for ever."""
    with Archive.open(bench.clean.folder) as archive:
        counts = archive.counts()
        streams = [stream.name for stream in bench.about.streams]
        rows = Counter(row.stream for row in current_rows(archive, bench.connector(), streams))
        for stream in streams:
            if counts.get(stream, 0) != rows[stream] and stream != FILES:
                yield f"{stream}: {counts.get(stream, 0)} held, {rows[stream]} read again"
        yield from archive.check()
