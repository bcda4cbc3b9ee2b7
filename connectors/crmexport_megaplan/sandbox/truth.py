"""What a complete pull must hold: every record of every stream, every file's hash."""

from collections.abc import Iterator
from hashlib import sha256

from crmexport_megaplan.sandbox.account import InventedAccount
from crmexport_megaplan.sandbox.programs import definitions, scopes
from crmexport_megaplan.sandbox.values import Body

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
)


def truth(account: InventedAccount) -> Iterator[Body]:
    """Every record as {"stream", "id", "body"}, in a fixed order; comments and field definitions also have "parent",
    files also "sha256" and "size".

    Bodies are whole cards; records named within are bare links, parts without a life of their own stay whole. Of a
    file, `mimeType` and `timeCreated` are told by lists of attachments only, not where a card names it.
    """
    for kind in STREAMS:
        known = account.kinds[kind]
        for index in range(known.count):
            if not _is_gone(account, kind, index):
                yield {
                    "stream": known.stream,
                    "id": known.id(index),
                    "body": account.body(kind, index),
                } | _more(account, kind, index)
    yield from _fields()


def _is_gone(account: InventedAccount, kind: str, index: int) -> bool:
    """Whether the record, or the one that a comment or file hangs on, has been removed."""
    if not account.removed:
        return False
    if (kind, index) in account.removed:
        return True
    if kind == "Comment":
        return account.comments.owner(index) in account.removed
    if kind == "File":
        place, owner = account.files.owner(index)
        return _is_gone(account, place.partition(".")[0], owner)
    return False


def _more(account: InventedAccount, kind: str, index: int) -> Body:
    if kind == "Comment":
        owner, place = account.comments.owner(index)
        return {"parent": [account.kinds[owner].stream, account.kinds[owner].id(place)]}
    if kind == "File":
        contents = account.file_kind.contents(index)
        return {"sha256": sha256(contents).hexdigest(), "size": len(contents)}
    return {}


def _fields() -> Iterator[Body]:
    for scope in scopes():
        kind, _, id = scope.partition("/")
        for body in definitions(scope):
            yield {
                "stream": "extraField",
                "id": f"{scope}:{body['name']}",
                "body": body,
                "parent": [kind, id],
            }
