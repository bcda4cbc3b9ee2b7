"""Products, warehouses and money: lists that wait for the definitions of their fields, and things found one by one.

Products are described category by category, and categories form a tree of which one level comes at a time; the list of
products has to name the fields of all of them, so tree and definitions are walked first, one question after another.
Financial operations have no list: they are met where they belong, and an empty search may tell of the rest (Megaplan
reference, §7, §20.20).
"""

from collections.abc import Sequence
from typing import Any

from crmexport.source import Request
from crmexport.source.slices import Piece
from crmexport.text import N_
from crmexport_megaplan.kinds import WORTH
from crmexport_megaplan.query import PAGE, asked
from crmexport_megaplan.spec import ListSpec, named

_OFFER = named(
    """name article type category unit price priceWithoutTax tax quantity availableQuantity balanceQuantity
    expectedQuantity description isDropped originalOffer parts warehouseBalances nearestArrivalDate avatar photo attaches
    commentsCount hiddenCommentsCount userCreated userUpdated timeCreated timeUpdated"""
)
_WAREHOUSE = named(
    """name description type address responsible isActive isDropped attaches commentsCount hiddenCommentsCount userCreated
    userUpdated timeCreated timeUpdated"""
)
_CONSIGNMENT = named(
    """number name type operation status state date plannedTime actualTime warehouse linkedConsignment contractor deal manager
    rows currency sum price taxSum sumWithoutTax description isTemplate isFixed isDropped attaches userCreated userUpdated timeCreated
    timeUpdated"""
)

GOODS = {
    "offer": ListSpec("offer", "/offer", _OFFER, uncertain=True),
    "warehouse": ListSpec("warehouse", "/warehouse", _WAREHOUSE, uncertain=True),
    "consignment": ListSpec("consignment", "/consignment", _CONSIGNMENT, uncertain=True),
}


def categories(
    since: str | None,
    parent: str | None = None,
    left: Sequence[str] = (),
    known: Sequence[str] = (),
    **more: Any,
) -> Request:
    """The categories under `parent` (None: the topmost); those `left` come after, all `known` ones have fields to tell.

    With `cards` (once a branch was refused, whose fields nobody can name) every product is followed by its card.
    """
    query: dict[str, Any] = {"limit": PAGE}
    if parent is not None:
        query["parent"] = {"contentType": "OfferCategory", "id": parent}
    return Request(
        "offerCategory",
        asked("/offerCategory", query),
        worth=WORTH["offerCategory"],
        subject=("offerCategory", parent or ""),
        family="" if parent else "list /offerCategory",
        context={
            "kind": "tree",
            "left": list(left),
            "known": list(known),
            **({"since": since} if since else {}),
            **more,
        },
    )


def after_categories(request: Request, pieces: Sequence[Piece]) -> tuple[Request | None, list[str]]:
    """The question for the next branch of the tree, or None at its end; and all categories known so far."""
    told = request.context
    known = list(dict.fromkeys([*told["known"], *(str(piece.value.get("id")) for piece in pieces)]))
    left = [*told["left"], *known[len(told["known"]) :]]
    if not left:
        return None, known
    return categories(told.get("since"), left[0], left[1:], known, **by_cards(request)), known


def by_cards(request: Request) -> dict[str, bool]:
    """What is handed on from a question of the tree to all that follow."""
    return {"cards": True} if request.context.get("cards") else {}


def search() -> Request:
    """Any financial operations that belong to nothing: whether an empty search tells of them is not known."""
    return Request(
        "finOperation",
        asked("/finOperation/search", {"q": "", "limit": PAGE}),
        worth=WORTH["finOperation"],
        bulk=True,
        subject=("finOperation", N_("search")),
        family="search",
        context={"kind": "found"},
    )
