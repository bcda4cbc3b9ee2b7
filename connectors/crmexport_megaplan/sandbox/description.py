"""The API's own description as accounts publish it: all kinds and fields of October 2025, and under a switch what came later."""

from collections.abc import Iterator
from functools import cache

from crmexport_megaplan.described import ASKED
from crmexport_megaplan.kinds import OWNER_OF
from crmexport_megaplan.unasked import EVERYWHERE, FIELDS, GUESSED, KINDS

NEWER_KIND, NEWER_FIELD = "Ticket", "forecast"
ROUTE = "/account:\n    get:\n        description: NO_DESCRIPTION\n"


@cache
def description(*, newer: bool = False) -> bytes:
    """As RAML. `newer`: with one more kind, and one more field of deals."""
    return "".join(_lines(newer)).encode()


def _lines(newer: bool) -> Iterator[str]:
    yield "#%RAML 1.0\nversion: r2510\ntitle: 'Megaplan API v3'\nmediaType: application/json\ntypes:\n"
    for kind in sorted(KINDS | ({NEWER_KIND} if newer else set())):
        asked = ASKED.get(OWNER_OF.get(kind, ""), frozenset())
        more = {NEWER_FIELD} if newer and kind == "Deal" else set()
        yield f"    {kind}:\n        type: BaseEntity\n        description: NO_DESCRIPTION\n        properties:\n"
        for name in sorted((asked - GUESSED.get(kind, frozenset())) | FIELDS.get(kind, EVERYWHERE) | more):
            yield f"            {name}:\n                description: NO_DESCRIPTION\n                type: string\n"
    yield ROUTE
