"""Whose sign-ins an archive was pulled with, how the account called itself and until when it said it was open: an entry of the archive's own card."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from crmexport.archive.database import Database
from crmexport.archive.entries import keep, kept
from crmexport.source import Standing

ENTRY = "standing"
_quotes = re.compile(r"[\"'«»“”„‘’]")


class Standings(NamedTuple):
    """`persons` in the order they first came; the rest as the pull with the number `pull` was told (0: nobody asked yet).

    `is_new`: somebody signed in for that pull who had never come before, though others had; what its passes up to the number
    `before` were given, or a part of it, was given to others. `here` are those who signed in for that pull, the last of them last.
    `seen` tells up to which moment (ISO 8601) each was asked for what changed: others may have been shown less of it.
    `accounts` are the names by which the account has called itself, in the order they first came, each as it was spelled last.
    """

    pull: int = 0
    persons: tuple[str, ...] = ()
    open_until: datetime | None = None
    is_new: bool = False
    before: int = 0
    here: tuple[str, ...] = ()
    seen: Mapping[str, str] = {}
    accounts: tuple[str, ...] = ()

    def shown_until(self, person: str) -> datetime | None:
        """Up to which moment a person was asked for what changed; None where none of that person's pulls has ended."""
        return datetime.fromisoformat(self.seen[person]) if person in self.seen else None

    def as_values(self) -> dict[str, Any]:
        """Who signed in, how the account has called itself and until when it is open, as JSON values."""
        end = self.open_until and self.open_until.isoformat(timespec="seconds")
        return {"accounts": list(self.accounts), "signed_in_as": list(self.persons), "open_until": end}


def standings(database: Database) -> Standings:
    """What is known."""
    return kept(database, ENTRY, _standings, Standings())


def _standings(told: Any) -> Standings:
    end = told["open_until"]
    return Standings(
        told["pull"],
        tuple(told["persons"]),
        end and datetime.fromisoformat(end),
        bool(told.get("is_new")),
        int(told.get("before", 0)),
        tuple(told.get("here", _alone(told["persons"]))),
        dict(told.get("seen", {})),
        tuple(told.get("accounts", ())),
    )


def _alone(persons: Sequence[str]) -> Sequence[str]:
    """Who signed in for the last pull, where an earlier version has not noted it: whoever is the only one that ever did."""
    return persons if len(persons) == 1 else ()


def note_standing(database: Database, pull: int, standing: Standing, before: int = 0) -> Standings:
    """Keep what a pull was told when others had signed in for its passes up to `before`. Belongs into the caller's transaction."""
    known = standings(database)
    person = [standing.person] if standing.person else []
    persons = dict.fromkeys([*known.persons, *person])
    others = [one for one in known.here if known.pull == pull and one not in person]
    until = standing.open_until or known.open_until
    accounts = {_folded(one): one for one in (*known.accounts, standing.account) if one}
    now = Standings(
        pull,
        tuple(persons),
        until,
        here=(*others, *person),
        seen=known.seen,
        accounts=tuple(accounts.values()),
    )
    if known.persons and len(persons) > len(known.persons):
        now = now._replace(is_new=True, before=before)
    elif known.pull == pull:
        now = now._replace(is_new=known.is_new, before=known.before)
    _keep(database, now)
    return now


def _folded(name: str) -> str:
    """The same for a name that was only tidied: by capitals, blanks or quotation marks."""
    return " ".join(_quotes.sub("", name).casefold().split())


def note_shown(database: Database, pull: int, moment: datetime) -> None:
    """Keep that `pull` has ended, which asked for all up to `moment`. Belongs into the caller's transaction.

    That was shown to whoever signed in for it alone, or to the one for whom everything was asked once more.
    """
    known = standings(database)
    if known.pull != pull or not known.here:
        return
    if len(known.here) == 1 or (known.is_new and known.here[-1] == known.persons[-1]):
        _keep(database, known._replace(seen={**known.seen, known.here[-1]: moment.isoformat()}))


def _keep(database: Database, now: Standings) -> None:
    told = now._asdict() | {"open_until": now.open_until.isoformat() if now.open_until else None}
    keep(database, ENTRY, told)
