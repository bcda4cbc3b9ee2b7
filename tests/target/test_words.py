"""Words of our own: in the language of the person for people, as they are for machines."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crmexport.model import Ref
from crmexport.target import Output
from tests.target.invented import ROMASHKA, Entities
from tests.target.test_import_layouts import as_text

Export = Callable[..., list[Output]]


@pytest.mark.parametrize(("target", "is_for_people"), [("excel", True), ("csv", False), ("jsonl", False)])
def test_words_of_ours_are_in_the_language_of_the_person_and_machines_get_keys(
    exporting: Export, made: Entities, tmp_path: Path, target: str, is_for_people: bool
) -> None:
    """Also those that are no choice: the source has words of its own in these fields."""
    made["activity"] = [
        {"source_id": "71", "name": "outgoing", "kind": "call", "links": [ROMASHKA, Ref("deal", "31")]},
        {"source_id": "72", "name": "День города", "kind": "event", "category": "holiday"},
        {"source_id": "73", "name": "Outgoing", "category": "deals"},
    ]
    made["absence"] = [{"source_id": "v1", "person": Ref("user", "11"), "kind": "vacation"}]
    made["link"] = [{"source_id": "l1", "origin": ROMASHKA, "target": Ref("deal", "31"), "kind": "deal"}]
    made["tag"] = [{"source_id": "9", "name": "deals", "used_for": "deals"}]
    exporting(target)
    files = sorted((tmp_path / "out" / target).iterdir())
    text = "\n".join(as_text(path).decode() for path in files)
    ours = (
        "исходящий звонок",
        "праздник",
        "отпуск",
        "'сделка'",
        "'сделки'",
        "Компании; Сделки",
        "'Компании' | '1'",
    )
    keys = ("outgoing", "holiday", "vacation")
    assert [word for word in ours if word in text] == (list(ours) if is_for_people else [])
    assert [word for word in keys if word in text] == ([] if is_for_people else list(keys))
    assert "'Outgoing'" in text and "'deals'" in text if is_for_people else "Outgoing" in text
