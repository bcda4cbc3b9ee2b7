"""Whether a record says the same as before, though its bytes differ.

An object is expanded only where it first occurs in an answer (Megaplan reference, §4.3), so the same record looks
different from page to page; and a list row says less than a card.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from crmexport_megaplan.fields import MARK
from crmexport_megaplan.kinds import OWNER_OF

_TICKING = frozenset({"lastOnline"})
_OF_FILE = ("id", "name", "size")  # its path may carry a signature of the moment
_SHOWN = {"Comment": ("content",)}
"""What files show of a linked record as a value of the record itself: a comment is the result of an event."""


def says_nothing_new(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether every field that `now` has was the same before. Fields that it lacks were not asked for, or are hidden now."""
    return all(
        name in before and _is_same(before[name], value)
        for name, value in now.items()
        if name not in _TICKING
    )


def missing(before: Mapping[str, Any], now: Mapping[str, Any], asked: Collection[str]) -> Iterator[str]:
    """The fields with a value that a record has no more, of those that are `asked` for by name and of those that people made.

    None of a bare link: that is no record. A deal that went over to another scheme has the extra fields of that one instead (§6.2).
    """
    is_bare = len(now) <= len(("contentType", "id"))
    schemes = {_scheme(before), _scheme(now)}
    is_moved = len(schemes) > 1 and None not in schemes
    for name, value in before.items() if not is_bare else ():
        if value and name not in now and (not is_moved if MARK in name else name in asked):
            yield name


def _scheme(deal: Mapping[str, Any]) -> str | None:
    program = deal.get("program")
    return str(program["id"]) if isinstance(program, dict) and "id" in program else None


def _is_same(before: Any, now: Any) -> bool:
    if isinstance(before, dict) and isinstance(now, dict):
        return _is_same_object(before, now)
    if isinstance(before, list) and isinstance(now, list):
        return len(before) == len(now) and all(map(_is_same, before, now))
    return bool(before == now)


def _is_same_object(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Objects with an id are compared by it alone where one is a bare link, or a record with a life of its own of which nothing is shown."""
    if "id" in before and "id" in now:
        if (before.get("contentType"), str(before["id"])) != (now.get("contentType"), str(now["id"])):
            return False
        if now.get("contentType") in OWNER_OF or min(len(before), len(now)) == len(("contentType", "id")):
            shown = _SHOWN.get(str(now.get("contentType")), ())
            return all(before[name] == now[name] for name in shown if name in before and name in now)
        if now.get("contentType") == "File":
            return all(before.get(name) == now.get(name) for name in _OF_FILE)
    return before.keys() == now.keys() and all(_is_same(before[name], now[name]) for name in now)
