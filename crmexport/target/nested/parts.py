"""Which rows of a table stand in which file, when a target takes only so many in one: those that are linked stay together."""

import sqlite3
from array import array
from collections.abc import Iterable

from crmexport.mapping.to import Line
from crmexport.mapping.to.scratch import clean

_TABLES = """
CREATE TABLE numbers (id TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID;
CREATE TABLE pairs (number INTEGER, id TEXT);
"""


def parts(lines: Iterable[Line], most: int, database: sqlite3.Connection) -> "array[int]":
    """The number of the file, from 0, for each of `lines` in turn.

    Rows that are linked, however far around, are one group and stay in one file, which is then longer than `most` if it must
    be. Groups follow the order of their first rows. In memory are twelve bytes a row; ids and links stay in `database`.
    """
    groups = _grouped(lines, database)
    return _filed(groups, most)


def _grouped(lines: Iterable[Line], database: sqlite3.Connection) -> "array[int]":
    """For each row the number of the first row of its group."""
    database.executescript(_TABLES)
    number = 0
    database.execute("BEGIN")
    for number, line in enumerate(lines, start=1):
        own = number - 1
        database.execute("INSERT OR IGNORE INTO numbers VALUES (?, ?)", (clean(line.id), own))
        database.executemany(
            "INSERT INTO pairs VALUES (?, ?)", ((own, clean(id)) for id in (line.id, *line.links))
        )
    database.execute("COMMIT")
    first = array("i", range(number))
    linked = "SELECT pairs.number, numbers.number FROM pairs JOIN numbers ON numbers.id = pairs.id"
    for one, other in database.execute(linked):
        found, also = sorted((_first(first, one), _first(first, other)))
        first[also] = found
    for place in range(number):
        first[place] = _first(first, place)
    return first


def _first(first: "array[int]", place: int) -> int:
    """The first row of the group, with the way there made shorter for whoever asks next."""
    while first[place] != place:
        first[place] = first[first[place]]
        place = first[place]
    return place


def _filed(groups: "array[int]", most: int) -> "array[int]":
    """Fill files with whole groups, one after another."""
    sizes = array("i", bytes(4 * len(groups)))
    for group in groups:
        sizes[group] += 1
    files = array("i", bytes(4 * len(groups)))
    file = held = 0
    for place, group in enumerate(groups):
        if place == group:
            if held and held + sizes[group] > most:
                file, held = file + 1, 0
            held += sizes[group]
            files[place] = file
        else:
            files[place] = files[group]
    return files
