"""Everything an answer of the older API teaches: records, links, files, and what to ask next."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from crmexport.source import FileRef, Gap, GapKind, Key, Reading, Request, Response, Row
from crmexport.source.reading import SubList
from crmexport.source.slices import Piece
from crmexport.text import N_, _
from crmexport_megaplan.records import merged
from crmexport_megaplan.v1 import lists, paging, refusals
from crmexport_megaplan.v1.clock import zone_of
from crmexport_megaplan.v1.envelope import regular
from crmexport_megaplan.v1.files import downloaded, files_of, plainly
from crmexport_megaplan.v1.kinds import STREAM_OF, SUBJECTS, id_of, links_of
from crmexport_megaplan.v1.query import posted, question
from crmexport_megaplan.v1.records import (
    ACCOUNT,
    account,
    another,
    is_no_bin,
    is_whole,
    names_in,
    pieces_of,
    records,
)

CLOCK = "BumsCommonApiV01/System/datetime"
WHO = "BumsCommonApiV01/UserInfo/id"
URGENCIES = "BumsTaskApiV01/Severity/list"
MARKS = ("TimeUpdated", "Activity", "CommentsCount")
LONG = 20  # so few comments are read again, whatever they are
_REMARKED = re.compile(r"^ph_|\t")
# what is missing when the clock does not answer: the account's own record may come all the same
ZONE = "zone"


def opening(zone: str | None, since: str | None) -> list[Request]:
    """The first requests: the account's clock where its zone is not given, and all lists that wait for nothing."""
    if zone is not None:
        return [_who(zone), *_everything(since)]
    clock = question("Account", CLOCK, {}, worth=100, subject=("Account", ZONE), context={"kind": "clock"})
    return [clock, *_everything(since)]


def greeting() -> Request:
    """Who is signed in, before all else: a POST, for a pull asks the same by GET."""
    return posted("", WHO, {}, worth=100, context={"kind": "greeting"})


def read(url: str, history: bool, request: Request, response: Response) -> Reading:
    """Read the answer to `request` from the account at `url`. Raises ValueError for what is no such answer."""
    kind = request.context["kind"]
    if kind == "clock":
        return _clock(response)
    if kind == "account":
        return Reading(records=account(request, response))
    pieces = pieces_of(request, response)
    if kind == "ids":
        return _swept(request, pieces)
    if shown := another(request, response, pieces):
        return merged(request, shown)
    rows = records(request, pieces)
    reading = Reading(records=rows)
    for piece in pieces:
        reading.links.update(links_of(regular(piece.value)))
    for row in rows:
        _take_files(reading, url, row)
        reading.under.extend(((row.stream, row.id), one) for one in _under(row, history))
    _NEXT[kind](reading, request, pieces)
    reading.links -= {(row.stream, row.id) for row in rows}
    return reading


def sweep() -> list[Request]:
    """The lists of the streams that are swept, for their ids."""
    return [one.replace(context={**one.context, "kind": "ids"}) for one in map(lists.bare_page, lists.SWEPT)]


def instead(request: Request) -> list[Request]:
    """What to ask when `request` is never answered: another way to what hangs on it."""
    context = request.context
    if context.get("kind") == "file":
        return [downloaded((request.subject or ("", ""))[1], context["name"], context["url"])]
    if context.get("kind") == "download":
        return [plainly(request)]
    if context.get("kind") == "clock":
        return [_who(None)]
    if context.get("kind") == "account" and request.method == "GET":
        # by whatever answer it comes, the record tells the zone of all times: an older install may lack that route
        return [posted("Account", URGENCIES, {}, worth=100, subject=request.subject, context=context)]
    if context.get("kind") == "fields":
        # the gap of the definitions stands for the fields that must be named and cannot be
        return [lists.waiting_list(context["scope"], context.get("since"), (), cards=True)]
    if context.get("kind") == "list":
        return list(refusals.nameless(request)) or list(lists.bin_list(request, ()))
    if context.get("kind") == "card" and context.get("wishes"):
        return [refusals.plainer(request)]
    return []


def _everything(since: str | None) -> list[Request]:
    names = (*lists.AT_ONCE, *lists.OF_CHANGES) if since else lists.AT_ONCE
    first = [lists.first_page(name, since) for name in names]
    return [*first, *(lists.definitions(scope, since) for scope in lists.FIELDS)]


def _who(zone: str | None) -> Request:
    context = {"kind": "account", "zone": zone}
    return question("Account", WHO, {}, worth=100, subject=("Account", ACCOUNT), context=context)


def _clock(response: Response) -> Reading:
    zone = zone_of(response)
    reading = Reading(requests=[_who(zone)])
    if zone is None:
        words = _(
            "The account does not tell its time zone. Its times are read as the mapping file says (zone); if that is not "
            "right, set the option zone."
        )
        reading.gaps.append(Gap("Account", ZONE, GapKind.REFUSED, words))
    return reading


def _take_files(reading: Reading, url: str, row: Row) -> None:
    for found in files_of(url, (row.stream, row.id), row.value):
        if isinstance(found, FileRef):
            reading.files.append(found)
        else:
            reading.gaps.append(found)


def _under(row: Row, history: bool) -> Iterator[Request]:
    """What hangs under a record. Nothing tells how many comments there are, unless a counter does."""
    if row.stream in SUBJECTS:
        if str(row.value.get("CommentsCount", "")) != "0":
            yield lists.under(row.stream, row.id, lists.COMMENTS)
        if history:
            yield lists.under(row.stream, row.id, lists.HISTORY)


def _after_list(reading: Reading, request: Request, pieces: Sequence[Piece]) -> None:
    name, since = request.context["list"], request.context.get("since")
    stream = lists.LISTS[name].stream
    ids = [id_of(stream, piece.value) for piece in pieces]
    if is_no_bin(request, pieces):
        reading.gaps.append(_no_bin(stream))
        return
    if name == lists.NEW_COMMENTS:
        if _is_not_narrowed(request, pieces):
            return
        under = sorted(set(_subjects(pieces)))
        reading.links.update(under)  # their own list may have been refused
        reading.requests.extend(lists.under(*of, lists.COMMENTS) for of in under)
    elif name == lists.ALL_DEALS:
        reading.links.update((stream, id) for id in ids)
        reading.requests.extend(_schemes((_program(piece.value) for piece in pieces), since))
    elif name == "Program":
        reading.requests.extend(_schemes(ids, since))
    else:
        reading.requests.extend(_cards(request, ids, pieces))
        reading.present.update(_shown_in_part(request, ids, pieces))
        reading.gaps.extend(_unremarked(stream, pieces))
        reading.requests.extend(lists.bin_list(request, ids))
    more = paging.following(request, ids)
    if more is not None:
        reading.requests.append(more)


def _is_not_narrowed(request: Request, pieces: Sequence[Piece]) -> bool:
    """Whether a list of what changed shows everything instead: most of a long page is older than it was asked for.

    Some of it may be, for old comments are edited, too. What a filter means that is not understood nobody says (§17).
    """
    since = str(request.context["params"].get("TimeUpdated", ""))
    old = [one for one in pieces if str(one.value.get("TimeCreated", since)).replace(" ", "T") < since]
    return len(pieces) >= LONG and 2 * len(old) > len(pieces)


def _subjects(pieces: Sequence[Piece]) -> Iterator[Key]:
    """The records under which these comments stand."""
    for piece in pieces:
        stream, id = STREAM_OF.get(str(piece.value.get("SubjectType")).lower()), piece.value.get("SubjectId")
        if stream and id:
            yield stream, str(id)


def _schemes(ids: Any, since: str | None) -> list[Request]:
    """The field definitions of schemes, which their deals wait for; a scheme that is not listed shows in its deals."""
    return [lists.definitions(f"Deal/{id}", since) for id in sorted({id for id in ids if id})]


def _program(value: dict[str, Any]) -> str:
    told = value.get("Program")
    return str(told.get("Id") or "") if isinstance(told, dict) else str(told or "")


def _shown_in_part(request: Request, ids: Sequence[str], pieces: Sequence[Piece]) -> Iterator[Key]:
    """The records that a list shows to be there, but not whole."""
    stream = lists.LISTS[request.context["list"]].stream
    for id, piece in zip(ids, pieces, strict=True):
        if not is_whole(request, piece.value):
            yield stream, id


def _unremarked(stream: str, pieces: Sequence[Piece]) -> Iterator[Gap]:
    """Where a list shows telephones as mere numbers, though it was asked for all that is known of them (§16)."""
    told = [piece.value.get("Phones") for piece in pieces] if stream == "Contractor" else []
    phones = [one for several in told if isinstance(several, list) for one in several]
    if phones and all(isinstance(one, str) and not _REMARKED.search(one) for one in phones):
        words = _(
            "The list of clients shows telephones without their kinds and remarks, though it was asked for them. Look "
            "at the cards of some clients: where there are remarks that you need, write them into the description."
        )
        yield Gap("Contractor", N_("remarks at telephones"), GapKind.NOT_GIVEN, words)


def _no_bin(stream: str) -> Gap:
    words = _(
        "The list of what is in the bin is the same as the list of what is not. So what is in the bin is not known."
    )
    return Gap(stream, N_("bin"), GapKind.REFUSED, words)


def _cards(request: Request, ids: Sequence[str], pieces: Sequence[Piece]) -> Iterator[Request]:
    """The cards of rows that show only a part; they are announced by their list, which also tells what is in the bin."""
    name = request.context["list"]
    stream = lists.LISTS[name].stream
    wishes = request.context.get("wishes", 0)
    for id, piece in zip(ids, pieces, strict=True):
        if not is_whole(request, piece.value):
            yield lists.card(stream, id, request.context["names"], listed=True, list=name, wishes=wishes)


def _swept(request: Request, pieces: Sequence[Piece]) -> Reading:
    """A page of a sweep: which records there are now, and their marks of change, which a filter for changes may not have understood."""
    stream = lists.LISTS[request.context["list"]].stream
    ids = [id_of(stream, piece.value) for piece in pieces]
    marks = [{name: piece.value[name] for name in MARKS if name in piece.value} for piece in pieces]
    glimpses = dict(zip([(stream, id) for id in ids], marks, strict=True))
    more = paging.following(request, ids)
    return Reading(present=set(glimpses), glimpses=glimpses, requests=[more] if more else [])


def _after_under(reading: Reading, request: Request, pieces: Sequence[Piece]) -> None:
    more = paging.following(request, [row.id for row in reading.records])
    if more is not None:
        reading.requests.append(more)
    else:
        stream, id = request.context["of"]
        reading.ended.append(SubList(request.stream, (stream, id)))


def _after_fields(reading: Reading, request: Request, pieces: Sequence[Piece]) -> None:
    """The list that waited; in a pull of changes the whole list, too, where a field is new: its old values changed nothing."""
    scope, since = request.context["scope"], request.context.get("since")
    names = names_in(scope, pieces)
    reading.requests.append(lists.waiting_list(scope, since, names))
    if since:
        whole = lists.waiting_list(scope, None, names)
        reading.under.extend(((row.stream, row.id), whole) for row in reading.records)


def _after_card(reading: Reading, request: Request, pieces: Sequence[Piece]) -> None:
    """A card that no list led to has come without its extra fields: they are asked for, and then the card again."""
    if request.context.get("listed") or not lists.LISTS[request.stream].names:
        return
    for row in reading.records:
        program = _program(row.value)
        scope = f"Deal/{program}" if row.stream == "Deal" else row.stream
        if row.stream != "Deal" or program:
            reading.requests.append(lists.definitions_for_card(scope, row.id))


def _after_card_fields(reading: Reading, request: Request, pieces: Sequence[Piece]) -> None:
    scope = request.context["scope"]
    stream, names = scope.partition("/")[0], names_in(scope, pieces)
    if names:
        reading.requests.append(
            lists.card(stream, request.context["id"], names, listed=True, wishes=lists.ALL)
        )


_NEXT: dict[str, Callable[[Reading, Request, Sequence[Piece]], None]] = {
    "list": _after_list,
    "card": _after_card,
    "under": _after_under,
    "fields": _after_fields,
    "card fields": _after_card_fields,
}
