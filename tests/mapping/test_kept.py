"""Entities that are kept are those that would be made anew, in the same order, and they are made once."""

from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

from crmexport.mapping import SourceMapping
from crmexport.mapping.kept import KeptEntities, kept_entities
from crmexport.source import Row
from tests.mapping.support import archive_of, mapping_of
from tests.mapping.test_golden import mapped

TEXT = """
ignore: [id]
company: {from: partners, where: firm, fields: {name: n}}
contact: {from: partners, where: "!firm", fields: {name: n, company: {path: p, ref: company}}}
"""


def toy(folder: Path) -> SourceMapping:
    return mapping_of(folder, TEXT)


@pytest.mark.parametrize("name", ["megaplan", "megaplan_v1", "odoo"])
def test_they_are_what_would_be_made_anew(name: str) -> None:
    anew = mapped(name)
    with kept_entities(mapped(name)) as kept:
        kept.keep(dict.fromkeys(kept.kinds))
        for kind in anew.kinds:
            assert list(kept.iterate(kind)) == list(anew.iterate(kind)), kind


def test_more_than_a_handful_keep_their_order(tmp_path: Path) -> None:
    many = [{"id": number, "n": f"\udcff {number}", "firm": number % 3 == 0} for number in range(1001)]
    archive, steps = archive_of(toy(tmp_path), {"partners": many}), list[int]()
    with kept_entities(archive) as kept:
        kept.keep(dict.fromkeys(["contact", "company"]), steps.append)
        assert list(kept.iterate("contact")) == list(archive.iterate("contact"))
        assert len(list(kept.iterate("company"))) == 334
    assert steps == [1000]


def test_the_archive_is_read_once_and_what_is_not_kept_is_made_anew(tmp_path: Path) -> None:
    archive, asked = archive_of(toy(tmp_path), {"partners": [{"id": 1, "n": "Анна"}]}), list[set[str]]()
    rows = archive._rows

    def counted(streams: Collection[str]) -> Iterator[Row]:
        asked.append(set(streams))
        return rows(streams)

    archive.__dict__["_rows"] = counted
    assert archive.members  # looked up before anything is made
    asked.clear()
    kept = KeptEntities(archive, tmp_path)
    kept.keep({"contact": None})
    kept.keep({"contact": None})
    for _again in range(3):
        assert [one["name"] for one in kept.iterate("contact", {"name"})] == ["Анна"]
    assert len(asked) == 1
    assert list(kept.iterate("company", {"name"})) == []
    assert len(asked) == 2


def test_some_fields_may_be_kept_and_others_are_made_anew(tmp_path: Path) -> None:
    records = [{"id": 1, "n": "Анна", "p": 2}, {"id": 2, "n": "Ромашка", "firm": True}]
    archive = archive_of(toy(tmp_path), {"partners": records})
    with kept_entities(archive) as kept:
        kept.keep({"contact": {"name"}, "company": None})
        assert list(kept.iterate("contact", {"name"})) == [{"source_id": "1", "name": "Анна"}]
        assert list(kept.iterate("contact", {"source_id"})) == [{"source_id": "1", "name": "Анна"}]
        for only in ({"name", "company"}, {"company"}, None):
            assert list(kept.iterate("contact", only)) == list(archive.iterate("contact", only))
        kept.keep({"contact": None})
        assert list(kept.iterate("contact")) == list(archive.iterate("contact"))


@pytest.mark.parametrize("name", ["megaplan", "megaplan_v1", "odoo"])
def test_what_is_named_of_them_is_what_the_whole_ones_have(name: str) -> None:
    anew = mapped(name)
    for kind in anew.kinds:
        whole = list(anew.iterate(kind))
        for field in anew.fields(kind):
            named = [(one["source_id"], one.get(field)) for one in anew.iterate(kind, {field})]
            assert named == [(one["source_id"], one.get(field)) for one in whole], (kind, field)
