"""What a complete pull must hold: every record of every stream, every file's hash."""

from collections.abc import Collection, Iterator
from hashlib import sha256
from itertools import chain

from crmexport_megaplan.pictures import told_by
from crmexport_megaplan.sandbox import spaces
from crmexport_megaplan.sandbox.account import InventedAccount
from crmexport_megaplan.sandbox.behaviour import Behaviour
from crmexport_megaplan.sandbox.kinds import Kind
from crmexport_megaplan.sandbox.papers import DOCS, HIDDEN_ARTICLE, THROWN_AWAY, TRASH, TREE, versions_of
from crmexport_megaplan.sandbox.past import PARENTS, PREVIEW, RELATED
from crmexport_megaplan.sandbox.programs import scopes
from crmexport_megaplan.sandbox.small import KNOWN, MADE, members, vacations_of
from crmexport_megaplan.sandbox.values import Body, link

LINKS = ("linkedDeal", "linkedTask", "groupMember")  # of these, the body is what they lead to

STREAMS = (
    "Employee",
    "Department",
    "Program",
    "ContractorCompany",
    "ContractorHuman",
    "Payer",
    "Deal",
    "Task",
    "Project",
    "Todo",
    "Comment",
    "Invoice",
    "File",
    "Offer",
    "Warehouse",
    "Consignment",
    "ConsignmentRow",
    "FinOperation",
    *KNOWN,
    *(
        kind
        for kind in MADE
        if kind not in ("DocVersion", "Vacation", "NegotiationItem", "KnowledgeTrashItem", *spaces.STREAMS)
    ),
)


def truth(
    account: InventedAccount, behaviour: Behaviour, streams: Collection[str] | None = None
) -> Iterator[Body]:
    """Every record, or those of `streams`, as {"stream", "id", "body"}, in a fixed order; comments and field definitions also
    have "parent", files also "sha256" and "size".

    Bodies are whole cards; records named within are bare links, parts without a life of their own stay whole. Of a
    file, `mimeType` and `timeCreated` are told by lists of attachments only, not where a card names it.
    """
    for kind in STREAMS:
        known = account.kinds[kind]
        for index in range(known.count) if streams is None or known.stream in streams else ():
            hidden = kind == "FinOperation" and behaviour.empty_search == "nothing"
            if hidden and account.operation_kind.is_lonely(index):
                continue  # nothing leads to it
            if kind == "File" and index == known.count - 1 and "file" in behaviour.absent:
                continue
            if (
                kind == "Comment"
                and not behaviour.hidden_comments_listed
                and account.body(kind, index)["isHidden"]
            ):
                continue
            untold = kind == "KnowledgeArticle" and known.id(index) == HIDDEN_ARTICLE
            if untold and {TREE, "sectionArticles"} <= {*behaviour.absent}:
                continue
            if kind == "Element" and behaviour.spaces != "given":
                continue
            if kind == "KnowledgeArticle" and known.id(index) == THROWN_AWAY and TRASH in behaviour.absent:
                continue
            if not account.is_gone(kind, index):
                yield {
                    "stream": known.stream,
                    "id": _id(account, known, index),
                    "body": account.body(kind, index),
                } | _more(account, kind, index)
    others = _others(account) if behaviour.spaces != "given" else chain(_others(account), _spaces(account))
    yield from (line for line in others if streams is None or line["stream"] in streams)


def _others(account: InventedAccount) -> Iterator[Body]:
    """What stands under other records."""
    yield from _past(account)
    yield from _links(account)
    for who in range(account.counts["Employee"]):
        for one in vacations_of(who) if not account.is_gone("Employee", who) else ():
            yield _under(account, "vacation", "Employee", who, "Vacation", one)
    for place in range(DOCS):
        for version in versions_of(place):
            yield _under(account, "docVersion", "Doc", place, "DocVersion", version)
    yield from _fields(account)


def _spaces(account: InventedAccount) -> Iterator[Body]:
    """What stands under elements; and the file that a cell shows, of which its address alone is told there."""
    for kind, stream in spaces.STREAMS.items():
        for element, place in spaces.under(kind):
            if account.find("Element", element) is None or account.is_gone(kind, place):
                continue
            body = account.body(kind, place)
            parent = ["element", element]
            yield {"stream": stream, "id": spaces.name_of(element, body), "body": body, "parent": parent}
    body = account.body("File", spaces.SHOWN_FILE)
    yield {
        "stream": "file",
        "id": spaces.shown_file(account)[0],
        "body": {**body, "name": spaces.FILE_NAME},
    } | _more(account, "File", spaces.SHOWN_FILE)


def _past(account: InventedAccount) -> Iterator[Body]:
    """The history of what was touched; of all others it would tell only that they were made."""
    for kind in PARENTS:
        for index in range(account.counts[kind]):
            if not account.is_gone(kind, index) and account.is_touched(kind, index):
                for row in account.past.rows(kind, index):
                    yield _under(account, "history", kind, index, "Changeset", row)
    for index in range(account.counts["Deal"]):
        if not account.is_gone("Deal", index) and account.deal_kind.is_touched(index):
            yield _under(account, "statusHistory", "Deal", index, "DealStatusHistory", index)


def _links(account: InventedAccount) -> Iterator[Body]:
    for index in range(account.counts["Deal"]):
        for other, found in account.links(index).items():
            for one in found if not account.is_gone("Deal", index) else ():
                yield _under(account, f"linked{other}", "Deal", index, other, one)

    for kind in RELATED:
        for index in range(account.counts[kind]):
            found = account.relations.of(kind, index)
            # fewer, the record itself shows
            if len(found) > PREVIEW and not account.is_gone(kind, index):
                for one in found:
                    yield _under(account, "relationLink", kind, index, "RelationLink", one)
    for group in range(account.kinds["Group"].count):
        for who in members(group, account.counts["Employee"]):
            if not account.is_gone("Employee", who):
                yield _under(account, "groupMember", "Group", group, "Employee", who)


def _under(account: InventedAccount, stream: str, kind: str, index: int, other: str, place: int) -> Body:
    """A record that belongs to the one it stands under. Of links, the body is what they lead to."""
    owner, row = account.kinds[kind], account.kinds[other]
    parent = [owner.stream, owner.id(index)]
    return {
        "stream": stream,
        "id": f"{parent[0]}/{parent[1]}/{other}:{row.id(place)}",
        "body": link(other, row.id(place)) if stream in LINKS else account.body(other, place),
        "parent": parent,
    }


def _id(account: InventedAccount, kind: Kind, index: int) -> str:
    """Saved filters share their ids with filters of other kinds; of a picture within a text, nothing tells the id."""
    if kind.content_type == "File" and index == account.picture:
        return told_by(str(account.body("File", index)["path"]))[0]
    return f"{kind.content_type}:{kind.id(index)}" if kind.stream == "filter" else kind.id(index)


def _more(account: InventedAccount, kind: str, index: int) -> Body:
    if kind == "Comment":
        owner, place = account.comments.owner(index)
        return {"parent": [account.kinds[owner].stream, account.kinds[owner].id(place)]}
    if kind == "File":
        contents = account.file_kind.contents(index)
        return {"sha256": sha256(contents).hexdigest(), "size": len(contents)}
    return {}


def _fields(account: InventedAccount) -> Iterator[Body]:
    for scope in scopes():
        kind, _, id = scope.partition("/")
        for body in account.definitions(scope):
            yield {
                "stream": "extraField",
                "id": f"{scope}:{body['name']}",
                "body": body,
                "parent": [kind, id],
            }
