"""A preview ties together what the record said, what the entity says and what the columns say."""

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crmexport.errors import ConfigurationError
from crmexport.fitting.pages import preview_page
from crmexport.fitting.preview import Preview, previews
from crmexport.mapping.to import References, Shown, fill_references, needs, plans, scratch
from crmexport.target.workshop import Workshop
from crmexport.text import use_language
from tests.fitting.conftest import target_of
from tests.mapping.support import archive_of, mapping_of

MAPPING = """
deal:
  from: s
  fields: {name: title, description: {path: body, is: text}, owner: boss}
line_item:
  from: s
  each: lines
  fields: {source_id: id, name: what}
user:
  from: u
  fields: {name: name}
"""
LAYOUT = """
format: csv
tables:
  deals:
    from: deal
    where: {name: A}
    columns: {Title: name, Boss: owner.name, Kind: {default: new}, Note: {path: team}}
    overflow: Note
  lines:
    from: line_item
    columns: {What: name}
"""
RECORDS: dict[str, list[dict[str, Any]]] = {
    "s": [
        {"id": 1, "title": "B"},
        {
            "id": 2,
            "title": "A",
            "body": "<b>x</b>",
            "boss": {"id": 7, "name": "Ann"},
            "odd": "o",
            "left": 0,
            "lines": [{"id": 5, "what": "W"}],
        },
        {"id": 3, "title": "A"},
    ],
    "u": [{"id": 7, "name": "Anna"}],
}


@pytest.fixture
def previewing(tmp_path: Path) -> Iterator[Any]:
    mapped = archive_of(mapping_of(tmp_path, MAPPING), RECORDS)
    target = target_of(tmp_path, LAYOUT)
    with scratch() as database:
        references = References(database)
        made = plans(target.layout, mapped, "en", UTC)
        fill_references(references, mapped, needs(made))
        shop = cast(
            Workshop,
            SimpleNamespace(
                placed=lambda target: target,
                plans=lambda target: made,
                shown=lambda target: Shown(references),
            ),
        )
        yield lambda rows, table=None: list(
            previews(shop, target, mapped.mapping, mapped.with_records, rows, table)
        )


def test_every_value_is_shown_on_its_way(previewing: Any) -> None:
    first: Preview = previewing(5, "deals")[0]
    steps = [tuple(step) for step in first.steps]
    assert (first.record, first.entity) == ("s 2", "Deals: 2")
    assert ("title: A", "name: A", "Title: A") in steps
    assert ("body: <b>x</b>", "description: x", "(in the overflow column)") in steps
    assert any(record.startswith("boss: ") and row == "Boss: Anna" for record, _entity, row in steps)
    assert ("odd: o", "custom.odd: o", "(no column)") in steps
    assert ("", "", "Kind: new") in steps


def test_no_value_is_shown_twice(previewing: Any) -> None:
    """What a column shows stands at the field it shows; what the entity was made of, at what was made of it."""
    steps = [tuple(step) for step in previewing(5, "deals")[1].steps]
    assert steps == [
        ("", "source_id: 3", "(left out on purpose by the layout)"),
        ("title: A", "name: A", "Title: A"),
        ("", "source_url: https://crm.example/s/3", "(in the overflow column)"),
        ("id: 3", "custom.id: 3", "(no column)"),
        ("", "", "Kind: new"),
        ("", "", "Note: Link to source: https://crm.example/s/3"),
    ]


def test_a_title_stands_between_the_quotation_marks_of_the_reader(previewing: Any) -> None:
    def owners() -> set[str]:
        return {step.entity for step in previewing(5, "deals")[0].steps if step.entity.startswith("owner: ")}

    assert owners() == {"owner: → user 7 “Ann”"}
    use_language("ru")
    try:
        assert owners() == {"owner: → user 7 «Ann»"}
    finally:
        use_language("en")


def test_only_rows_that_the_table_wants_and_as_many_as_asked(previewing: Any) -> None:
    assert [one.record for one in previewing(5, "deals")] == ["s 2", "s 3"]
    assert [one.record for one in previewing(1)] == ["s 2", "s 2"]


def test_items_of_a_list_are_shown_with_their_record(previewing: Any) -> None:
    (line,) = previewing(5, "lines")
    steps = [tuple(step) for step in line.steps]
    assert ('lines[].what: ["W"]', "name: W", "What: W") in steps
    assert ("left: 0", "", "") in steps


def test_a_table_that_does_not_exist_names_the_nearest(previewing: Any) -> None:
    with pytest.raises(ConfigurationError, match="no table “dels”. Did you mean “deals”"):
        previewing(1, "dels")


def test_a_page_escapes_what_came_from_outside(previewing: Any) -> None:
    page = preview_page(previewing(1), "my")
    assert "body: &lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x</b>" not in page
