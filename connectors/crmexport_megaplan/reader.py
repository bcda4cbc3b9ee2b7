"""Everything an answer teaches: records, links, files, counts, and what to ask next."""

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from typing import Any

from crmexport.source import Announced, Gap, GapKind, Key, Reading, Request, Response, Row
from crmexport.source.reading import SubList
from crmexport.source.slices import Piece, holding
from crmexport.text import _
from crmexport_megaplan import deals, fields, goods, parts, spaces, sublists, sweep
from crmexport_megaplan.cards import card, comment_card, whole_one
from crmexport_megaplan.dictionaries import COMPANYS
from crmexport_megaplan.envelope import Answer, opened
from crmexport_megaplan.files import FILE_MARK, Found, file_path, files_in, parts_beside
from crmexport_megaplan.kinds import OWNER_OF, instant
from crmexport_megaplan.links import Gathering
from crmexport_megaplan.lists import (
    LISTS,
    OUTSIDE,
    announced,
    answers_to,
    elements_within,
    first_page,
    in_folder,
    other_elements,
    other_letters,
)
from crmexport_megaplan.mend import mended
from crmexport_megaplan.paging import counts_all, following, fresh, is_whole, total
from crmexport_megaplan.papers import STORAGE, articles_in, letters_with
from crmexport_megaplan.pictures import holding_addresses, pictures
from crmexport_megaplan.query import BY_ACTIVITY, BY_CREATION, overlapping, query_of
from crmexport_megaplan.records import another, merged, parted, records
from crmexport_megaplan.verdicts import told_status


def read(url: str, request: Request, response: Response) -> Reading:
    """Read the answer to `request` from the account at `url`. Raises ValueError for what is not Megaplan's envelope."""
    status = told_status(request, response)
    if status != 200:
        return _refused(request, response)
    met = Gathering()
    answer = opened(response, met.look)
    pieces = fresh(request, answer)
    if request.context["kind"] == "ids":
        return sweep.read(request, answer, pieces, met.links())
    if shown := another(request, response, pieces):
        return merged(request, shown)
    whole, bare = parted(request, pieces)
    rows = records(request, whole)
    reading = Reading(records=rows, links=met.links() - {(row.stream, row.id) for row in rows})
    if bare:
        _take_bare(reading, records(request, bare))
    if met.files:
        beside = parts_beside(answer.included)
        holders = rows if beside else holding(response.body, rows, [FILE_MARK])
        roots = _roots(request, answer, pieces, holders)
        _take_files(reading, request, files_in(url, roots, met.files, beside))
    _take_pictures(url, reading, response, met)
    if met.has_space_files:
        spaces.take_files(url, reading, holding(response.body, rows, [spaces.FILE_MARK]), answer)
    is_card = request.context["kind"] == "card"
    is_news = is_card or request.late
    for row in rows:
        sublists.add_hanging(reading, row, is_card, is_news)
        parts.add_hanging(reading, row, is_news, answer.included)
        if row.stream in _ALSO:
            _ALSO[row.stream](reading, request, row)
    if request.context.get("cards"):
        _ask_cards(reading, request, rows)
    _NEXT[request.context["kind"]](reading, request, answer, pieces)
    return reading


def _refused(request: Request, response: Response) -> Reading:
    """A refusal that was taken for an answer: a count that is not needed, or a question that can be put better."""
    if request.context["kind"] == "count":
        return deals.walk_on(request)
    # what is left of the question without its parameter would be another one
    if request.context["kind"] == "tree":
        reason = f"{response.status} {opened(response).words}"
        gap = Gap("offerCategory", request.subject[1] if request.subject else "", GapKind.REFUSED, reason)
        return Reading(requests=instead(request), gaps=[gap])
    if told_status(request, response) == 403:  # of spaces alone
        return spaces.not_given(request, opened(response))
    if waiting := sweep.resumed(request):  # the page before was taken: it is the place that is wrong
        return Reading(requests=waiting)
    better = mended(request, opened(response))
    if not better.requests:
        better.requests.extend(instead(request))
    return better


def instead(request: Request) -> list[Request]:
    """What to ask when `request` is never answered: whatever waits for it, in a way that does without."""
    context = request.context
    kind = context.get("kind")  # a file has none
    if kind == "fields":
        return list(fields.waiting_lists(request, (), cards=True))
    if kind == "list" and context["list"] == "program":
        return [deals.outside(())]
    if kind == spaces.VIEWS:
        return spaces.instead(request)
    if "counted" in context and kind == "links":
        return [sublists.recount(request)]
    if kind == "tree":
        since, left, known = context.get("since"), context["left"], context["known"]
        if left:
            return [goods.categories(since, left[0], left[1:], known, cards=True)]
        return [_products(since, known, cards=True)]
    return []


def _ask_deals(reading: Reading, request: Request, row: Row) -> None:
    reading.requests.append(deals.for_scheme(row.id, request.context.get("since")))


def _ask_documents(reading: Reading, request: Request, row: Row) -> None:
    reading.requests.extend(in_folder(row.id, request.context.get("since")))


def _ask_contents(reading: Reading, request: Request, row: Row) -> None:
    """In each pass, for nothing tells that any of it was changed."""
    if spaces.may_hold_others(row.value):
        reading.requests.append(elements_within(row.id, request.context.get("since")))
    reading.requests.extend(spaces.contents(row.id, row.value))


def _take_articles(reading: Reading, request: Request, row: Row) -> None:
    reading.links.update(articles_in(row.value))


def _take_thread(reading: Reading, request: Request, row: Row) -> None:
    """The letters that it answers and that answer it; where it shows fewer answers than it has, they are asked for."""
    reading.links.update(letters_with(row.value))
    number, shown = row.value.get("childsCount"), len(row.value.get("childs") or ())
    if isinstance(number, int) and number > shown:
        reading.under.append(((row.stream, row.id), answers_to(row.id)))


def _complete_comment(reading: Reading, request: Request, row: Row) -> None:
    """Ask for a comment's card where a list of comments gives too little of it."""
    lacks_work = request.context.get("unnamed") and "workTime" not in row.value
    if lacks_work and row.parent and request.context["kind"] == "comments":
        reading.under.append(((row.stream, row.id), comment_card(row.id, row.parent)))


def _complete_change(reading: Reading, request: Request, row: Row) -> None:
    parts.add_rest(reading, row, request.path)


_ALSO = {
    "history": _complete_change,
    "program": _ask_deals,
    "docFolder": _ask_documents,
    "element": _ask_contents,
    "knowledgeBase": _take_articles,
    "knowledgeArticle": _take_articles,
    "message": _take_thread,
    "comment": _complete_comment,
}


def _ask_cards(reading: Reading, request: Request, rows: list[Row]) -> None:
    """Where a whole list gives too little. Of what is new or different; but of all its records where its rows look the same though
    what they do not show may have changed: a list that no mark of change narrows, or one asked for because a field is new.
    """
    whole = [((row.stream, row.id), one) for row in rows if (one := card(row.stream, row.id))]
    if request.late and not _is_narrowed(request):
        reading.requests.extend(one for _record, one in whole)
    reading.under.extend(whole)


def _is_narrowed(request: Request) -> bool:
    """Whether a list shows what changed, and nothing else."""
    name = request.context.get("list")
    return bool(name and request.context.get("since") and LISTS[name].changed)


def _roots(
    request: Request, answer: Answer, pieces: list[Piece], holders: list[Row]
) -> Iterator[tuple[Key, dict[str, object]]]:
    """The objects to look for files in, each with the record it belongs to; `holders` are the rows that may name any."""
    for row in holders:
        yield parts.owner_of(row), row.value
    if request.context.get("list") == STORAGE:
        yield from ((("file", str(piece.value.get("id"))), piece.value) for piece in pieces)
    if request.context["kind"] == "links":
        stream, id = request.context["of"]
        yield from (((stream, id), piece.value) for piece in pieces)
    for value in answer.included:
        if isinstance(value, dict) and value.get("contentType") in OWNER_OF and value.get("id") is not None:
            yield (OWNER_OF[value["contentType"]], str(value["id"])), value


def _take_bare(reading: Reading, rows: list[Row]) -> None:
    """Rows that only say that a record is there: a list shows it, and its card tells the rest."""
    for row in rows:
        whole = whole_one(row.stream, row.id, row.parent)
        reading.present.add((row.stream, row.id))
        reading.requests.extend([whole.replace(listed=True)] if whole else [])


def _take_files(reading: Reading, request: Request, found: Found) -> None:
    """Files with a path are fetched; for the others the whole card is asked, and if that says no more, they are gaps."""
    reading.files.extend(found.files)
    reading.gaps.extend(found.gaps)
    for (stream, id), gaps in found.unclear.items():
        whole = whole_one(stream, id, request.context.get("of"))
        if whole is None or request.context["kind"] == "card":
            reading.gaps.extend(gaps)
        else:
            reading.under.append(((stream, id), whole))


def _take_pictures(url: str, reading: Reading, response: Response, met: Gathering) -> None:
    """Files that only texts tell of, with those that this answer describes left to their descriptions."""
    rows = holding_addresses(response.body, reading.records)
    if rows:
        told = (file_path(url, str(file["path"])) for file in met.files if file.get("path"))
        known = {path for path in told if path}
        found = (one for row in rows for one in pictures(url, (row.stream, row.id), row.value, known))
        reading.files.extend({(one.id, one.owner): one for one in found}.values())


def _after_list(reading: Reading, request: Request, answer: Answer, pieces: list[Piece]) -> None:
    name, since = request.context["list"], request.context.get("since")
    skipped = (
        int(request.context.get("elsewhere", 0)) + len(pieces) - len(reading.records) - len(reading.present)
    )
    carried: dict[str, Any] = {"elsewhere": skipped, "total": counts_all(request, answer)}
    if name == "program":
        carried["schemes"] = deals.schemes(request, pieces)
    if name == "message":
        carried["ways"] = sorted({*request.context.get("ways", ()), *_ways(pieces)})
    way_down, is_over = _way_down(request, pieces)
    carried |= way_down
    more = None if is_over else following(request, answer, **carried)
    if name == OUTSIDE:
        reading.requests.extend(
            [deals.instead_of_walking(request, more, total(request, answer))] if more else []
        )
        return
    if not _is_narrowed(request):
        reading.announced.extend(announced(request, total(request, answer), skipped))
    if more:
        reading.requests.append(more)
    elif name in COMPANYS:
        reading.whole.update([name] if is_whole(request, answer) else [])
    elif name == "message":
        reading.requests.extend(other_letters(request, carried["ways"]))
    elif name == spaces.ROOT:
        reading.requests.extend(other_elements(since))
    elif name == "program" and not since:
        reading.requests.append(deals.outside(carried["schemes"]))


def _ways(pieces: list[Piece]) -> set[bool]:
    """Whether letters were sent or received; one that does not say so may be either."""
    found = {piece.value.get("isOutgoing") for piece in pieces}
    return {True, False} if found - {True, False} else {way is True for way in found}


def _way_down(request: Request, pieces: list[Piece]) -> tuple[dict[str, Any], bool]:
    """For lists of changes with the newest first: the mark of the last row so far, for the next page to know, and whether the list has
    come to what was there before the pull of changes begins. A page that begins later than the one before it ended is no way down:
    its cursor has moved.

    The mark is None, from then on, where the rows stand in another order, as they do where an order is passed over in silence: then
    nothing tells how far such a list must be read. Some rows may hide theirs (§4.3), but where most do, a page tells nothing.
    """
    since = str(request.context.get("since") or "")
    order = query_of(request.path).get("sortBy") if since else None
    if order not in (BY_ACTIVITY, BY_CREATION):
        return {}, False
    shown = (piece.value.get(order[0]["fieldName"]) for piece in pieces)
    told = [(mark, moment) for mark in shown if (moment := instant(mark))]
    above, moments = request.context.get("down_to", ""), [moment for _mark, moment in told]
    if above is None or any(one < next_ for one, next_ in pairwise(moments)):
        return {"down_to": None}, False
    if not told:
        return {}, False
    before, (mark, last) = instant(above), told[-1]
    is_below = 2 * len(told) > len(pieces) and (before is None or moments[0] <= before)
    return {"down_to": mark}, is_below and last < overlapping(datetime.fromisoformat(since))


def _after_sublist(reading: Reading, request: Request, answer: Answer, pieces: list[Piece]) -> None:
    own, met = _own(reading, request), _met(request, pieces)
    more = following(request, answer, **own, **met)
    if more is not None:
        reading.requests.append(more)
    elif met and met["met"] >= int(request.context.get("expected", 0)):
        # one with fewer is no sign that the others were deleted
        stream, id = request.context["of"]
        reading.ended.append(SubList("comment", (stream, id)))
        reading.announced.extend(Announced("comment", f"{stream}/{id}", number) for number in own.values())
    elif request.stream in parts.LINKING:
        stream, id = request.context["of"]
        reading.ended.append(SubList(request.stream, (stream, id)))


def _own(reading: Reading, request: Request) -> dict[str, int]:
    """How many comments a chat has shown so far that stand at nothing else: no counter tells, and uncounted they would hide losses."""
    of = tuple(request.context.get("of", ()))
    if request.stream != "comment" or of[:1] != ("clientChat",):
        return {}
    return {"own": int(request.context.get("own", 0)) + sum(row.parent == of for row in reading.records)}


def _met(request: Request, pieces: list[Piece]) -> dict[str, int]:
    """How many comments a list of them has shown so far. Rows of history stand between, which no counter counts (§8.6)."""
    if request.context["kind"] != "comments":
        return {}
    here = sum(piece.value.get("contentType") == "Comment" for piece in pieces)
    return {"met": int(request.context.get("met", 0)) + here}


def _after_fields(reading: Reading, request: Request, answer: Answer, pieces: list[Piece]) -> None:
    """The lists that waited; in a pull of changes the whole list, too, where a field is new: its old values changed nothing."""
    names = fields.custom_names(request, pieces)
    more = following(request, answer, names=names)
    if more:
        reading.requests.append(more)
        return
    reading.requests.extend(fields.waiting_lists(request, names))
    scope = request.context["scope"]
    kind, _slash, id = scope.partition("/")
    reading.ended.append(SubList("extraField", (kind, id)))
    count = total(request, answer)
    reading.announced.extend([Announced("extraField", scope, count)] if count else [])
    if request.context.get("since"):
        asked = {name: value for name, value in request.context.items() if name != "since"}
        whole = list(fields.waiting_lists(request.replace(context=asked), names))
        reading.under.extend(((row.stream, row.id), one) for row in reading.records for one in whole)


def _after_tree(reading: Reading, request: Request, answer: Answer, pieces: list[Piece]) -> None:
    """The next branch of the tree, then the definitions of all categories, then the products."""
    more, known = goods.after_categories(request, pieces)
    page = following(request, answer, known=known, left=[*request.context["left"], *_new(request, known)])
    if page or more:
        reading.requests.extend([page or more])  # type: ignore[list-item]
        return
    reading.requests.append(_products(request.context.get("since"), known, **goods.by_cards(request)))


def _products(since: str | None, known: list[str], **more: Any) -> Request:
    """The definitions of the `known` categories, on which the products wait; the products where there are none."""
    scopes = [f"offerCategory/{id}" for id in known]
    if scopes:
        return fields.definitions(scopes[0], since, then=scopes[1:], of="offer", **more)
    return first_page("offer", since, **more)


def _new(request: Request, known: list[str]) -> list[str]:
    return known[len(request.context["known"]) :]


def _after_count(reading: Reading, request: Request, answer: Answer, pieces: list[Piece]) -> None:
    counted = deals.counted(request, answer)
    reading.requests.extend(counted.requests)
    reading.announced.extend(counted.announced)


def _after_card(reading: Reading, request: Request, answer: Answer, pieces: list[Piece]) -> None:
    """A card stands alone, and is never empty."""
    if not pieces:
        raise ValueError(_("Nothing came where the record should be."))


_NEXT = {
    "list": _after_list,
    "comments": _after_sublist,
    "links": _after_sublist,
    "fields": _after_fields,
    "card": _after_card,
    "count": _after_count,
    "tree": _after_tree,
    "found": _after_sublist,
    "part": _after_sublist,
    "recount": sublists.after_recount,
    spaces.VIEWS: spaces.after_views,
    spaces.PART: spaces.after_part,
}
