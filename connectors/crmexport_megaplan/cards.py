"""One record by its id: its whole card."""

from collections.abc import Sequence
from typing import Any

from crmexport.source import Request
from crmexport_megaplan.kinds import CARDS, WORTH
from crmexport_megaplan.query import API, step

_PAGES = {
    "contractorCompany": "crm",
    "contractorHuman": "crm",
    "deal": "deals",
    "task": "task",
    "project": "project",
    "employee": "staff",
}
_NO_IDS = frozenset({"", ".", "..", "export"})  # such a path would lead elsewhere
_ROUTES = {"element": "spaces/element"}


def card(stream: str, id: str) -> Request | None:
    """The request for a card, or None for a stream without cards, or what is no id. A card carries all fields, extra ones too (§6.3)."""
    return _card(stream, id) if stream in CARDS and id not in _NO_IDS else None


def comment_card(id: str, of: Sequence[str]) -> Request:
    """The request for one comment, which stands under `of` (stream, id): a comment does not say so itself."""
    return _card("comment", id, of=list(of))


def whole_one(stream: str, id: str, of: Sequence[str] | None) -> Request | None:
    """The request for the card of a record that stands under `of`, if under any: only a comment needs that to be asked for."""
    if stream == "comment":
        return comment_card(id, of) if of else None
    return card(stream, id)


def page_for_people(url: str, stream: str, id: str) -> str | None:
    """Where a person sees the record, in the forms commonly met; None where none is known."""
    section = _PAGES.get(stream)
    return f"{url}/{section}/{step(id)}/card/" if section else None


def _card(stream: str, id: str, **context: Any) -> Request:
    return Request(
        stream,
        f"{API}/{_ROUTES.get(stream, stream)}/{step(id)}",
        worth=WORTH[stream],
        bulk=True,
        subject=(stream, id),
        context={"kind": "card", **context},
    )
