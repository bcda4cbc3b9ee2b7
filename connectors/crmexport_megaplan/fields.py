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
from crmexport_megaplan.query import asked, step

# Which lists wait for the definitions of a scope; a deal scheme's wait for "program/<id>".
WAITING = {
    "warehouse": ("warehouse",),
    "offer": ("offer",),
    "task": ("task", "task templates"),
    "project": ("project", "project templates"),
    "contractorCompany": ("contractorCompany",),
    "contractorHuman": ("contractorHuman",),
    "employee": ("employee",),
    "payer": ("payer",),
}
# Found besides the entities' own: those of the rows of deals, of which every deal holds some.
ALONE = ("offerRow",)
FORMS = ("payer/ru/Legal", "payer/ru/Natural")
MARK = "CustomField"
_UNCERTAIN = ("offerRow", "warehouse", *FORMS)
TRIES = 3


def definitions(scope: str, since: str | None, **more: Any) -> Request:
    """The request for the field definitions of `scope`: an entity ("task"), a deal scheme ("program/13") and the like.

    `more` goes into its context: `then`, the scopes whose definitions come next, and `of`, what waits for all of them.
    """
    context = {"kind": "fields", "scope": scope, **({"since": since} if since else {}), **more}
    return Request(
        "extraField",
        asked(_route(scope)),
        worth=WORTH["extraField"],
        subject=("extraField", scope),
        family=f"fields of {scope}" if scope in _UNCERTAIN else "",
        context=context,
    )


def opening_of(entity: str, since: str | None) -> Request:
    """The definitions that the lists of `entity` wait for. Requisites have more of them for each form and country (§6.2)."""
    if entity == "payer":
        return definitions("payer", since, then=list(FORMS), of="payer")
    return definitions(entity, since)


def _route(scope: str) -> str:
    kind, _slash, rest = scope.partition("/")
    if kind in ("program", "offerCategory"):
        return f"/{kind}/{step(rest)}/fields"
    return f"/{kind}/extraFields/{rest}" if rest else f"/{kind}/extraFields"


def custom_names(request: Request, pieces: Sequence[Piece]) -> list[str]:
    """The names of the extra fields known so far in this scope, in their order; the entity's own fields left out."""
    here = (str(piece.value.get("name", "")) for piece in pieces)
    return list(dict.fromkeys([*request.context.get("names", ()), *(name for name in here if MARK in name)]))


def waiting_lists(request: Request, names: Sequence[str], **more: Any) -> Iterator[Request]:
    """The definitions that come next, or the lists that waited for the definitions of this scope."""
    scope, since = request.context["scope"], request.context.get("since")
    then, of = request.context.get("then", ()), request.context.get("of", scope)
    kept = {"cards": True} if request.context.get("cards") else {}
    if then:
        yield definitions(then[0], since, then=then[1:], of=of, names=list(names), **{**kept, **more})
        return
    if scope.startswith("program/"):
        yield first_page("deal", since, names, program=scope.partition("/")[2], **more)
    for name in WAITING.get(of, ()):
        yield first_page(name, since, names, **{**kept, **more})
