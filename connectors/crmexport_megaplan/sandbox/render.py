"""How records look in a response: which fields, and what is told about the records that they name.

Within one response a named record is shown (in its short form) where it is met first; after that it is a bare link
(Megaplan reference, §4.3). In the "included" form all of them are bare links, and shown once beside the data.
"""

import json
from collections.abc import Callable
from typing import Any, Literal

from crmexport_megaplan.sandbox.values import Body, link

Mention = Callable[[str, str], Body]
JsonForm = Literal["compact", "spaced", "escaped"]

# Values without links in them: not worth a walk.
_LEAVES = frozenset(
    {
        "DateTime",
        "DateOnly",
        "DateInterval",
        "Money",
        "ContactInfo",
        "IntervalTime",
        "IntervalDates",
        "Discount",
    }
)


class Rendering:
    """One response in the making. `included` is None in the ordinary form."""

    def __init__(self, mention: Mention, included: bool, bare_rows: bool = False) -> None:
        self._mention = mention
        self._bare_rows = bare_rows
        self._seen: set[tuple[str, str]] = set()
        self.included: list[Body] | None = [] if included else None

    def row(self, body: Body, wanted: frozenset[str] | None) -> Body:
        """A record on the outermost level: the wanted fields (None: all). `body` must be fresh: it is changed in place."""
        has_id = "id" in body  # the right to see something has none
        if self._bare_rows and has_id and (body["contentType"], body["id"]) in self._seen:
            return link(body["contentType"], body["id"])
        if wanted is not None:
            body = {name: value for name, value in body.items() if name in wanted}
        if has_id:
            self._seen.add((body["contentType"], body["id"]))
        author = body.get("owner") if body["contentType"] == "Comment" else None
        self._expand(body)
        if author:
            body["owner"] = author  # always a bare link in comments (§8.6)
        return body

    def _expand(self, part: Body) -> None:
        for name, value in part.items():
            if type(value) is dict:
                if "id" in value:
                    part[name] = self._named(value)
                elif value.get("contentType") not in _LEAVES:
                    self._expand(value)
            elif type(value) is list and value:
                self._expand_all(value)

    def _expand_all(self, members: list[Any]) -> None:
        for place, value in enumerate(members):
            if type(value) is dict:
                if "id" in value:
                    members[place] = self._named(value)
                elif value.get("contentType") not in _LEAVES:
                    self._expand(value)

    def _named(self, value: Body) -> Body:
        key = (value["contentType"], value["id"])
        if key in self._seen:
            return link(*key)
        self._seen.add(key)
        if len(value) == 2:
            value = self._mention(*key)  # short forms are shared and hold nothing to expand
        else:
            self._expand(value)
        if self.included is None:
            return value
        self.included.append(value)
        return link(*key)


def encoded(document: Any, form: JsonForm) -> bytes:
    """The document as bytes, in one of the shapes that servers give them."""
    if form == "compact":
        return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    if form == "spaced":
        return json.dumps(document, ensure_ascii=False, indent=1).encode()
    return json.dumps(document, separators=(",", ":")).replace("/", "\\/").encode()


def envelope(status: int, data: Any, pagination: Any = None, errors: list[Body] | None = None) -> Body:
    """Megaplan's envelope (Megaplan reference, §3): `pagination` is an empty array except for lists."""
    meta = {
        "status": status,
        "errors": errors or [],
        "pagination": pagination if pagination is not None else [],
    }
    return {"meta": meta, "data": data}
