"""Entries of the archive's own card that hold more than a word: kept as JSON, and read so that a damaged one says nothing."""

import json
from collections.abc import Callable
from typing import Any, TypeVar

from crmexport.archive.database import Database

_T = TypeVar("_T")


def keep(database: Database, name: str, value: Any) -> None:
    """Keep `value` as the entry called `name`. Belongs into the caller's transaction."""
    database.note_about(name, json.dumps(value))


def kept(database: Database, name: str, read: Callable[[Any], _T], otherwise: _T) -> _T:
    """What `read` makes of that entry; `otherwise` where nobody kept one, or it cannot be read, which the archive's fingerprint tells."""
    try:
        return read(json.loads(database.about()[name]))
    except (KeyError, TypeError, ValueError, AttributeError):
        return otherwise
