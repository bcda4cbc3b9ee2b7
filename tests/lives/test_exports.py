"""Two ways, one result: what is made of an archive that lived through several nights is what is made of a fresh one of the same account.

Without names of linked records, which are looked up when files are written, and without what an archive keeps: what hangs nowhere any
more, and histories that the source has forgotten.
"""

import gc
import random
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from crmexport.archive import Archive
from crmexport.mapping import MappedArchive, load_source_mapping
from crmexport.model import Ref
from tests.lives.life import Life, Night, life
from tests.lives.lived import Living, pulled_at_last
from tests.lives.test_lives import SOURCES

KEPT = ("file", "change", "note")
WORDS = {"change": ("old_value", "new_value"), "link": ("title", "custom"), "activity": ("result",)}
"""Texts in which the source writes how others were called, or what they said (of results, see `tests/megaplan/test_results.py`)."""
Entities = dict[tuple[str, str], Mapping[str, Any]]


def entities(one: Living, source: str) -> Entities:
    """What the mapping makes of the archive, by kind and id. No id is given twice."""
    with Archive.open(one.folder) as archive:
        mapped = MappedArchive(archive, one.connector, load_source_mapping(source))
        made = [(kind, entity) for kind in mapped.kinds for entity in mapped.iterate(kind)]
    found = {(kind, entity["source_id"]): _told(kind, entity) for kind, entity in made}
    assert len(found) == len(made)
    return found


def _told(kind: str, entity: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: _bare(value) for name, value in entity.items() if name not in WORDS.get(kind, ())}
    return {name: value for name, value in told.items() if value not in (None, {}, [])}


def _bare(value: Any) -> Any:
    """Links without titles; nothing of whole objects that are written out."""
    if isinstance(value, Ref):
        return value[:2]
    if isinstance(value, list):
        return [_bare(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _bare(one) for key, one in value.items() if '{"' not in str(one)}
    return value


def different(source: str, number: int) -> Iterator[str]:
    """One line for everything that is not the same."""
    make, kinds = SOURCES[source]
    whole: Life = life(number, *kinds)  # type: ignore[arg-type]
    folder = Path(mkdtemp())
    random.seed(0)
    try:
        one = make(folder / "lived", whole)
        lived = _entities_at_last(one, source, whole)
        one.folder = folder / "fresh"
        pulled_at_last(one, True)
        fresh = entities(one, source)
    finally:
        shutil.rmtree(folder)
    yield from (f"{key} is lacking" for key in sorted(fresh.keys() - lived.keys()))
    yield from (f"{key} is gone" for key in sorted(lived.keys() - fresh.keys()) if key[0] not in KEPT)
    for key in sorted(lived.keys() & fresh.keys()):
        yield from (f"{number}: {key}.{name}" for name in _unlike(lived[key], fresh[key]))


def _entities_at_last(one: Living, source: str, lived: Life) -> Entities:
    for night in lived.nights:
        one.pull(night)
        one.rest(night)
    one.pull(Night(False))  # what was refused before a kill is asked for again by the pull after it
    pulled_at_last(one, True)
    return entities(one, source)


def _unlike(lived: Mapping[str, Any], fresh: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*lived, *fresh}):
        before, now = lived.get(name), fresh.get(name)
        is_kept = name == "attached_to" and {*(now or ())} <= {*(before or ())}
        if before != now and not is_kept:
            yield f"{name}: {str(before)[:200]} instead of {str(now)[:200]}"


@pytest.mark.parametrize("number", [11])
@pytest.mark.parametrize("source", SOURCES)
def test_a_lived_archive_is_exported_as_a_fresh_one(source: str, number: int) -> None:
    assert list(different(source, number)) == []


@pytest.mark.soak
@pytest.mark.parametrize("ten", range(3, 6))
@pytest.mark.parametrize("source", SOURCES)
def test_many_lived_archives_are_exported_as_fresh_ones(source: str, ten: int) -> None:
    found: list[str] = []
    for number in range(10 * ten, 10 * ten + 10):
        found += different(source, number)
        gc.collect()  # each pull keeps the collector from its work
    assert found == []
