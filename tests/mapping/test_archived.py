"""An archive seen through a mapping gives the same entities as often as it is asked, files among them."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from crmexport.errors import ConfigurationError
from crmexport.mapping import SourceMapping
from crmexport.mapping.to import EntitySource
from crmexport.model import Ref
from tests.mapping.support import archive_of, mapping_of

TEXT = """
ignore: [id]
company: {from: partners, where: firm, fields: {name: n}}
contact: {from: partners, where: "!firm", fields: {name: n, company: {path: p, ref: company}}}
line_item: {from: deals, each: items, fields: {name: n}}
file:
  from: file
  ignore: [meta]
  fields: {name: name, size: size, sha256: sha256, held_path: path, attached_to: owners, media_type: meta.type}
"""
PARTNERS = [{"id": 1, "n": "Ромашка", "firm": True}, {"id": 2, "n": "Анна", "p": 1, "new": "?"}]
ZONES = [None, "Mars/Base", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Yekaterinburg"]


def mapping(folder: Path) -> SourceMapping:
    return mapping_of(folder, TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "contact: {from: partners, where: \"contains(p, 'x')\", fields: {name: n}}",
        'contact: {from: partners, each: "length(p)", fields: {name: n}}',
        'lists: {all: {from: partners, path: "length(p)"}}\ncontact: {from: partners, fields: {name: n}}',
    ],
)
def test_a_path_that_stumbles_where_no_value_is_read_is_a_mistake_in_the_file(
    tmp_path: Path, text: str
) -> None:
    """In a rule, the value is carried as one that cannot be read."""
    parent = {"stream": "partners", "id": "1"}
    archive = archive_of(
        mapping_of(tmp_path, text), {"partners": [{"id": 1, "n": "Анна", "_parent": parent}]}
    )
    with pytest.raises(ConfigurationError, match=r"“(contains|length)\(p.*stumbles.* ask for it first"):
        list(archive.iterate("contact"))


def test_entities_come_as_often_as_they_are_asked_for(tmp_path: Path) -> None:
    archive = archive_of(mapping(tmp_path), {"partners": PARTNERS})
    assert list(archive.iterate("contact")) == list(archive.iterate("contact"))
    assert next(archive.iterate("contact"))["company"] == Ref("company", "1", "")
    assert archive.coverage.entities == Counter(contact=3)


def test_it_is_a_source_for_tables(tmp_path: Path) -> None:
    source: EntitySource = archive_of(mapping(tmp_path), {"partners": PARTNERS})
    assert list(source.kinds) == ["company", "contact", "line_item", "file"]
    assert source.fields("contact") == {"source_id", "source_url", "name", "company"}
    assert source.fields("line_item") == {"source_id", "source_url", "name", "position"}
    assert source.custom_fields("contact") == []


def test_files_are_entities_too(tmp_path: Path) -> None:
    folder = tmp_path / "archive"
    files = [
        SimpleNamespace(
            id="7",
            name="a.pdf",
            size=5,
            sha256="ab",
            path=folder / "files" / "ab",
            owners=[("partners", "1"), ("partners", "2")],
            meta={"type": "application/pdf"},
        ),
        SimpleNamespace(id="8", name="b", size=0, sha256=None, path=None, owners=[("walls", "3")], meta={}),
    ]
    archive = archive_of(mapping(tmp_path), {"partners": PARTNERS}, files, folder)
    first, second = archive.iterate("file")
    assert first["held_path"] == "files/ab"
    assert first["attached_to"] == [Ref("company", "1", ""), Ref("contact", "2", "")]
    assert first["media_type"] == "application/pdf"
    assert second["attached_to"] == [Ref("walls", "3", "")]
    assert (second["size"], "held_path" in second, "custom" in second) == (0, False, False)


def test_the_zone_is_what_most_people_have_where_the_source_only_keeps_its_times_in_utc(
    tmp_path: Path,
) -> None:
    people = [{"id": str(number), "tz": zone} for number, zone in enumerate(ZONES)]
    told = "user: {from: people, fields: {zone: tz}}"
    assert archive_of(mapping_of(tmp_path, told), {"people": people}).zone == "Asia/Yekaterinburg"
    assert archive_of(mapping_of(tmp_path, told), {"people": people[:2]}).zone == "UTC"
    assert (
        archive_of(mapping_of(tmp_path, "zone: Asia/Omsk\n" + told), {"people": people}).zone == "Asia/Omsk"
    )
    assert archive_of(mapping(tmp_path), {"partners": PARTNERS}).zone == "UTC"


def test_a_link_by_another_field_leads_to_whom_that_belongs(tmp_path: Path) -> None:
    text = """
user: {from: users, fields: {name: n, account_id: e}}
deal: {from: deals, fields: {owner: {path: o, ref: user, by: account_id}}}
"""
    users = [{"id": 6, "n": "Борис"}, {"id": 7, "n": "Анна", "e": "a@x"}, {"id": 8, "e": 5}]
    deals = [{"id": 1, "o": "a@x"}, {"id": 2, "o": 5}, {"id": 3, "o": "b@x"}]
    archive = archive_of(mapping_of(tmp_path, text), {"users": users, "deals": deals})
    anna, fifth, nobody = archive.iterate("deal")
    assert (anna["owner"], fifth["owner"]) == (Ref("user", "7"), Ref("user", "8"))
    assert "owner" not in nobody and nobody["custom"]["o"] == "b@x"
    assert archive.coverage.unreadable["deal.owner"].count == 1
