"""Cards: a record that is asked for by itself comes, is said to be gone, or is told as missing. There is no fourth way.

An answer may be whole, of the expected kind, and hold nothing of that record: nothing at all, or another record (one that it was
merged into). Taken for the end of the matter, what the sweep shows would never be held, and what was deleted would live for ever.
"""

from collections.abc import Iterable

from crmexport.source import Connector, Gap, GapKind, Key, Reading, Request
from crmexport.text import _


def cards(connector: Connector, keys: Iterable[Key]) -> list[Request]:
    """The requests for these records by themselves, as far as there are such requests."""
    return [card for key in keys if (card := connector.card(*key)) is not None]


def led_on(connector: Connector, request: Request, reading: Reading) -> Gap | None:
    """Mark the further steps to a card that `reading` asks for; the gap where it neither has such a step nor an end.

    Which of all requests about a record is its card, only the first step tells: what it leads to bears the mark.
    """
    key = request.subject
    if key is None or not key[1] or request.is_file or _is_settled(key, reading):
        return None
    if not (request.card or begins_card(connector, request, key)):
        return None
    steps = [one for one in reading.requests if one.subject == key]
    reading.requests = [one.replace(card=True) if one in steps else one for one in reading.requests]
    if steps:
        return None
    return Gap(*key, GapKind.REFUSED, _("asked for by itself, and the answer holds nothing of it"))


def _is_settled(key: Key, reading: Reading) -> bool:
    held = ((row.stream, row.id) for row in reading.records)
    return key in held or any((gap.stream, gap.id) == key for gap in reading.gaps)


def begins_card(connector: Connector, request: Request, key: Key) -> bool:
    """Whether this is the card of the record `key`, or the first of the steps to it."""
    card = connector.card(*key)
    return card is not None and card.key == request.key
