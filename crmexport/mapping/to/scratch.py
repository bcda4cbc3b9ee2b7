"""A scratch database on disk for the time of one command: memory stays flat, and nothing of it is kept."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from crmexport.temporary import temporary

# Nobody else can open the file. To lock it for each of very many questions took as long as answering them.
_FAST = """
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -4000;
"""


@contextmanager
def scratch() -> Iterator[sqlite3.Connection]:
    """An empty database in a temporary folder; both are gone afterwards. One thread uses it."""
    with (
        temporary() as folder,
        closing(sqlite3.connect(folder / "scratch.db", isolation_level=None)) as database,
    ):
        database.executescript(_FAST)
        yield database


def is_full(error: BaseException | None) -> bool:
    """Whether SQLite says that there is no room on the disk."""
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL


def clean(text: str) -> str:
    """`text` without lone surrogates, which neither SQLite nor a file in UTF-8 can hold: “?” stands for each."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
