"""What an archive holds against what a sandbox knows to be true, record by record and field by field."""

from collections.abc import Iterator
from dataclasses import astuple
from functools import lru_cache
from typing import Any

from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox
from crmexport_megaplan.sandbox.rehearsal import NOT_ASKED
from crmexport_megaplan.sandbox.world import Sizes

from crmexport.archive import Archive, Place
from crmexport.archive.replay import current_rows
from crmexport.source import Account


def differences(place: Place, box: MegaplanSandbox, url: str) -> list[str]:
    """One line for everything that is not as the truth says; none when the archive equals it."""
    return [f"{stream} {id}{words}" for (stream, id), words in compared(place, box, url)]


def true(box: MegaplanSandbox) -> dict[tuple[str, str], Any]:
    """All that is true, by what it is: of a company that nobody has edited, told once."""
    account = box.account
    if account.revision:
        return _all_of(box)
    return _unedited(account.sizes, account.seed, box.behaviour)


@lru_cache(maxsize=2)
def _unedited(sizes: Sizes, seed: int, behaviour: Behaviour) -> dict[tuple[str, str], Any]:
    cards, tasks, comments, files = astuple(sizes)
    return _all_of(MegaplanSandbox(cards, tasks, comments, seed, files=files, behaviour=behaviour))


def _all_of(box: MegaplanSandbox) -> dict[tuple[str, str], Any]:
    return {(line["stream"], line["id"]): line for line in box.truth()}


def compared(place: Place, box: MegaplanSandbox, url: str) -> list[tuple[tuple[str, str], str]]:
    """What is not as the truth says: which record, and in what."""
    connector = Megaplan(Account(url))
    truth = dict(true(box))
    found: list[tuple[tuple[str, str], str]] = []
    with Archive.open(place) as archive:
        streams = [stream for stream in archive.counts() if stream != "file"]
        for row in current_rows(archive, connector, streams):
            key = (row.stream, row.id)
            line = truth.pop(key, None)
            if line is None:
                found.append((key, " is held, but not true"))
            else:
                found += [(key, place) for place in unlike(row.value, line)]
        for file in archive.files():
            line = truth.pop(("file", file.id), None)
            if line is None or (file.sha256, file.size) != (line["sha256"], line["size"]):
                words = f": {file.sha256} instead of {line and line['sha256']}"
                found.append((("file", file.id), words))
    return found + [(key, " is true, but not held") for key in truth]


def unlike(held: dict[str, Any], line: dict[str, Any]) -> Iterator[str]:
    parent = held.pop("_parent", None)
    if "parent" in line and parent != dict(zip(("stream", "id"), line["parent"], strict=True)):
        yield f": parent {parent} instead of {line['parent']}"
    yield from _value(held, line["body"], "")


def _value(held: Any, true: Any, place: str) -> Iterator[str]:
    """Links are compared by what they point to: how much of the other record came along is the answer's business."""
    if isinstance(true, dict) and isinstance(held, dict):
        keys = ("contentType", "id") if set(true) == {"contentType", "id"} else true
        for key in keys:
            if key not in held and key in NOT_ASKED and not place:
                continue
            if key not in held:
                yield f"{place}.{key} is absent"
            else:
                yield from _value(held[key], true[key], f"{place}.{key}")
    elif isinstance(true, list) and isinstance(held, list) and len(true) == len(held):
        for index, (one, other) in enumerate(zip(held, true, strict=True)):
            yield from _value(one, other, f"{place}[{index}]")
    elif held != true:
        yield f"{place}: {str(held)[:80]!r} instead of {str(true)[:80]!r}"
