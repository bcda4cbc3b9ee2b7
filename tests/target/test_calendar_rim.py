"""People write the last day of the calendar for “never”: east of Greenwich its last hours are in a year that there is none of."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crmexport.mapping.to import layout_names
from crmexport.model import ENTITIES, Moment, Type
from crmexport.target import Output, compare
from tests.target.invented import Entities

RIM = (datetime.max.replace(tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("zone", ["+14:00", "-12:00", "Europe/Moscow"])
@pytest.mark.parametrize("name", [name for name in layout_names() if name != "raw"])
def test_the_first_and_the_last_moment_of_the_calendar_are_written(
    exporting: Callable[..., list[Output]], made: Entities, archive: Any, tmp_path: Path, name: str, zone: str
) -> None:
    for kind, entities in made.items():
        fields = [field.name for field in ENTITIES[kind].fields if field.type in (Type.MOMENT, Type.WHEN)]
        for number, entity in enumerate(entities):
            at = RIM[number % 2]
            entity.update(dict.fromkeys(fields, Moment(at, at.isoformat())))
    path = tmp_path / "mine.yaml"
    path.write_text(f"like: {name}\nzone: '{zone}'\n", encoding="utf-8")
    assert exporting(str(path))
    assert list(compare(archive, None, None, tmp_path / "out")) == []  # type: ignore[arg-type]
