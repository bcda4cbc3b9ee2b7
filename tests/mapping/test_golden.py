"""What the built-in mappings make of known records: compared with golden files.

`CRMEXPORT_GOLDEN=write pytest tests/mapping/test_golden.py` writes them anew, to be looked at before they are kept. The records
have the shapes of Megaplan reference §5, §6, §8 and (v1) §18, and of Odoo reference §2 and §5, with invented contents.
"""

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from crmexport.mapping import MappedArchive, load_source_mapping
from tests.mapping.support import archive_of, readable

HERE = Path(__file__).parent / "golden"
FILES = [
    SimpleNamespace(
        id="702",
        name="act.pdf",
        size=10240,
        sha256="ab" * 32,
        path=Path("a/files/ab/act"),
        owners=[("comment", "50001"), ("task", "1000123")],
        meta={
            "mimeType": "application/pdf",
            "timeCreated": {"contentType": "DateTime", "value": "2025-10-02T10:30:00Z"},
        },
    )
]


def mapped(name: str) -> MappedArchive:
    records = json.loads((HERE / f"{name}.records.json").read_text(encoding="utf-8"))
    return archive_of(load_source_mapping(name), records, FILES if name.startswith("megaplan") else ())


def told(archive: MappedArchive) -> dict[str, Any]:
    """All that mapping gives: entities, custom fields, and the coverage."""
    entities = {kind: readable(list(archive.iterate(kind))) for kind in archive.kinds}
    coverage = archive.coverage
    return {
        **entities,
        "custom fields": [
            [one.entity, one.key, one.label, one.scope, one.type.value]
            for one in archive.described
            if one.is_custom
        ],
        "unmapped": {
            name: {key: [one.count, one.samples] for key, one in stream.unmapped.items()}
            for name, stream in coverage.streams.items()
            if stream.unmapped
        },
        "unknown choices": coverage.unknown_choices,
        "unreadable": {place: [one.count, one.samples] for place, one in coverage.unreadable.items()},
    }


@pytest.mark.parametrize("name", ["megaplan", "megaplan_v1", "odoo"])
def test_known_records_become_known_entities(name: str) -> None:
    path = HERE / f"{name}.entities.json"
    text = json.dumps(told(mapped(name)), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("CRMEXPORT_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
