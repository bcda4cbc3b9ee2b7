"""What a complete pull through the older API must hold: it gives other things than the newer one, and in other shapes."""

from collections.abc import Iterator
from hashlib import sha256

from crmexport_megaplan.sandbox.account import InventedAccount
from crmexport_megaplan.sandbox.issues import PICTURED
from crmexport_megaplan.sandbox.programs import SCHEMES
from crmexport_megaplan.sandbox.v1.bodies import Bodies
from crmexport_megaplan.sandbox.v1.definitions import definitions
from crmexport_megaplan.sandbox.v1.tables import (
    FOLDERS,
    STREAMS,
    SUBJECTS,
    Tables,
    checklists,
    dictionaries,
    messages,
    offers,
    tags,
)
from crmexport_megaplan.sandbox.values import Body

_SUBJECT_KINDS = {kind: STREAMS[kind] for kinds in SUBJECTS.values() for kind in kinds}
_DICTIONARIES = {
    "BumsCrmApiV01/ContractorType/list": "ContractorType",
    "BumsTaskApiV01/Severity/list": "Severity",
    "BumsCommonApiV01/Currency/list": "Currency",
    "BumsCommonApiV01/Tax/list": "Tax",
    "BumsFinApiV01/OperationType/list": "OperationType",
    "BumsFinApiV01/RealAccount/list": "RealAccount",
    "BumsTimeApiV01/Event/categories": "EventCategory",
    "BumsTimeApiV01/Event/places": "EventPlace",
    "BumsTimeApiV01/TodoList/list": "TodoList",
    "BumsCommonApiV01/Filter/list": "Filter",
    "BumsStaffApiV01/Employee/phoneTypes": "PhoneType",
}
# Files hang where the older API shows them: not at projects' and events' comments, which it does not give.
_PLACES = (
    *("Deal", "Deal.custom", "ContractorCompany", "ContractorHuman", "Task", "Task.custom", "Project"),
    "Comment",
)


def truth(account: InventedAccount, tables: Tables, bodies: Bodies) -> Iterator[Body]:
    """Every record as {"stream", "id", "body"}; comments and definitions with "parent", files with "sha256" and "size".

    Changes have no ids, and the answer of the account's clock is another each time: of these there is no truth here.
    """
    for kind, stream in STREAMS.items():
        for index in range(account.kinds[kind].count):
            if (kind, index) not in account.removed and kind != "Comment":
                yield _line(stream, bodies.card(kind, index))
    for route, stream in _DICTIONARIES.items():
        yield from (_line(stream, row) for row in dictionaries()[route][1])
    yield from (_line("Message", row) for folder in FOLDERS for row in messages(folder))
    yield from (_line("Offer", row) for row in offers())
    yield from (_line("Tag", row) for row in tags())
    yield from (_line("Checklist", row) for row in checklists(account))
    yield from (_line("Operation", row) for row in tables.operations())
    yield from _comments(account, bodies)
    yield from _definitions(account)
    yield from _files(account)


def _line(stream: str, body: Body) -> Body:
    return {"stream": stream, "id": str(body["Id"]), "body": body}


def _comments(account: InventedAccount, bodies: Bodies) -> Iterator[Body]:
    for index in range(account.counts["Comment"]):
        kind, owner = account.comments.owner(index)
        if kind in _SUBJECT_KINDS and not {("Comment", index), (kind, owner)} & account.removed:
            parent = [_SUBJECT_KINDS[kind], account.kinds[kind].id(owner)]
            yield _line("Comment", bodies.card("Comment", index)) | {"parent": parent}


def _definitions(account: InventedAccount) -> Iterator[Body]:
    scopes = [
        "Task",
        "Project",
        "Contractor",
        "Payer",
        *(f"Deal/{one.id}" for one in SCHEMES if account.find("Program", one.id) is not None),
    ]
    for scope in scopes:
        stream, _slash, program = scope.partition("/")
        parent = ["Program", program] if program else [stream, ""]
        for body in definitions(scope, account.unmade):
            yield {"stream": "Field", "id": f"{scope}:{body['Name']}", "body": body, "parent": parent}


def _files(account: InventedAccount) -> Iterator[Body]:
    files = account.file_kind
    for index in range(files.count):
        hung = account.files.owner(index)
        if hung is None or ("File", index) in account.removed:
            continue  # it hangs on something that the older API does not know, or on nothing any more
        place, owner = hung
        kind = place.partition(".")[0]
        hidden = place not in _PLACES or (kind, owner) in account.removed
        if not hidden and not (kind == "Comment" and _is_untold(account, owner)):
            contents = files.contents(index)
            digest = sha256(contents).hexdigest()
            yield {"stream": "file", "id": files.id(index), "sha256": digest, "size": len(contents)}
    if ("Task", PICTURED) not in account.removed:
        path = files.body(account.picture)["path"]
        contents = files.contents(account.picture)
        id = f"path-{sha256(path.encode()).hexdigest()[:16]}"
        yield {"stream": "file", "id": id, "sha256": sha256(contents).hexdigest(), "size": len(contents)}


def _is_untold(account: InventedAccount, comment: int) -> bool:
    """Whether a comment is not given: it stands under an event, or under what has been removed."""
    kind, owner = account.comments.owner(comment)
    return kind not in _SUBJECT_KINDS or (kind, owner) in account.removed
