"""Files of a moment that their archive has not come to: it was restored from a copy that is older than they are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from crmexport.archive.store import Archive
from crmexport.target.cover import as_of


def is_ahead(archive: Archive, entry: Mapping[str, Any]) -> bool:
    """Whether what an entry of a card tells of was written from a later state than the archive has ever been in.

    The moment alone does not tell: a clock that ran ahead may have written it down. An older crmexport did not note the state.
    """
    state, moment = entry.get("state"), entry.get("as_of")
    if not state or not moment or _has_been_in(archive, state):
        return False
    known = as_of(archive)
    return not known or datetime.fromisoformat(moment) >= datetime.fromisoformat(known)


def began(archive: Archive) -> str:
    """The moment at which its first pull did: two archives of one account are told apart by it. "" when nothing was pulled."""
    return next((str(run["started"]) for run in archive.runs()), "")


def _has_been_in(archive: Archive, state: str) -> bool:
    """Whether the archive knows the run in which it would have been in that state, and has come as far in it."""
    now, then = archive.state().split(), state.split()
    if now[:2] == then[:2]:
        return int(now[2]) >= int(then[2])
    number, moment, _answer = then
    return any(
        str(run["id"]) == number and moment in (run["started"], run["ended"]) for run in archive.runs()
    )
