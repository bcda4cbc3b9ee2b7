"""Definitions of extra fields, and the lists that wait for them: a list gives only the extra fields named in it.

The same label in two deal schemes is two fields, so each scheme's deals are listed with that scheme's own fields
(Megaplan reference, §6). A list never waits in vain: where definitions are refused, it is asked without them and every
row is followed by its card, which carries all.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from crmexport.source import Request
from crmexport.source.slices import Piece
from crmexport_megaplan.kinds import WORTH
from crmexport_megaplan.lists import first_page
from crmexport_megaplan.query import asked

# Which lists wait for the definitions of a scope; a deal scheme's wait for "program/<id>".
WAITING = {
    "task": ("task", "task templates"),
    "project": ("project", "project templates"),
    "contractorCompany": ("contractorCompany",),
    "contractorHuman": ("contractorHuman",),
    "employee": ("employee",),
    "payer": ("payer",),
}
MARK = "CustomField"
TRIES = 3


def definitions(scope: str, since: str | None) -> Request:
    """The request for the field definitions of `scope`: an entity ("task") or a deal scheme ("program/13")."""
    route = f"/{scope}/fields" if scope.startswith("program/") else f"/{scope}/extraFields"
    context = {"kind": "fields", "scope": scope, **({"since": since} if since else {})}
    return Request(
        "extraField",
        asked(route),
        worth=WORTH["extraField"],
        subject=("extraField", scope),
        context=context,
    )


def custom_names(request: Request, pieces: Sequence[Piece]) -> list[str]:
    """The names of the extra fields known so far in this scope, in their order; the entity's own fields left out."""
    here = (str(piece.value.get("name", "")) for piece in pieces)
    return [*request.context.get("names", ()), *(name for name in here if MARK in name)]


def waiting_lists(request: Request, names: Sequence[str], **more: Any) -> Iterator[Request]:
    """The lists that waited for the definitions of this scope."""
    scope, since = request.context["scope"], request.context.get("since")
    if scope.startswith("program/"):
        yield first_page("deal", since, names, program=scope.partition("/")[2], **more)
    for name in WAITING.get(scope, ()):
        yield first_page(name, since, names, **more)
