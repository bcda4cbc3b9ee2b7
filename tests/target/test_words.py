"""Words of our own: in the language of the person for people, as they are for machines."""

from collections.abc import Callable
from datetime import date
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


@pytest.mark.parametrize(
    ("target", "lang", "word", "key"),
    [
        ("icalendar", "ru", "отпуск", "vacation"),
        ("icalendar", "en", "vacation", "отпуск"),
        ("icalendar", "ru", "исходящий звонок", "outgoing"),
        ("odoo", "ru", "исходящий звонок", "outgoing"),
        ("kaiten", "en", "в работе", "in_progress"),  # always in Russian
        ("icalendar", "ru", "Предоплата: да", "True"),
        ("icalendar", "en", "Предоплата: yes", "True"),
    ],
)
def test_the_tables_of_a_layout_have_words_in_its_language(
    exporting: Export, made: Entities, tmp_path: Path, target: str, lang: str, word: str, key: str
) -> None:
    when = {"start": date(2026, 5, 1)}
    made["activity"] = [{"source_id": "71", "name": "outgoing", "kind": "call", **when}]
    made["absence"] = [{"source_id": "v1", "person": Ref("user", "11"), "kind": "vacation", **when}]
    made["task"][0] |= {"status": "in_progress", "custom": {"Предоплата": True}}
    exporting(target, lang=lang)
    texts = [path.read_text(encoding="utf-8-sig") for path in (tmp_path / "out" / target).iterdir()]
    text = "".join(texts).replace("\n ", "")
    assert word in text and key not in text


def test_a_layout_may_ask_for_keys(exporting: Export, made: Entities, tmp_path: Path) -> None:
    made["task"][0]["status"] = "in_progress"
    layout = tmp_path / "my.yaml"
    for words in ("keys", "titles"):
        layout.write_text(
            f"{{format: csv, words: {words}, tables: {{t: {{from: task, columns: {{A: status}}}}}}}}",
            encoding="utf-8",
        )
        exporting(str(layout))
        cell = (tmp_path / "out/my/t.csv").read_text(encoding="utf-8").split()[1:]
        assert cell == (["in_progress"] if words == "keys" else ["в", "работе"])


@pytest.mark.parametrize("words", ["keys", "titles"])
def test_a_list_may_stand_in_a_text(exporting: Export, tmp_path: Path, words: str) -> None:
    """Whole, as the page on layouts writes any path in braces: it is no word of ours that has another one for people."""
    layout = tmp_path / "my.yaml"
    rule = '{text: "[Tags: {tags}] {phones}", default: "{responsibles}"}'
    layout.write_text(
        f"{{format: csv, words: {words}, tables: {{t: {{from: company, columns: {{A: {rule}}}}}}}}}",
        encoding="utf-8",
    )
    exporting(str(layout))
    text = (tmp_path / "out/my/t.csv").read_text(encoding="utf-8")
    assert "Tags: VIP; опт; розница +7 495 111-22-33; +7 903 1 (мобильный)" in text


@pytest.mark.parametrize(
    ("target", "ru", "en"),
    [
        ("hubspot", "Заметки компаний, 1", "Notes of companies, 1"),
        (
            "pipedrive",
            "- Сделки: На этапе с: 1",
            "- Deals: Stage since: 1",
        ),  # its headings are in English always
        ("kaiten", "Файлы комментариев, 0", "Files of comments, 0"),  # in Russian always
    ],
)
def test_the_text_beside_files_is_in_the_language_of_the_person(
    exporting: Export, made: Entities, tmp_path: Path, target: str, ru: str, en: str
) -> None:
    made["note"] = [{"source_id": "n", "parent": ROMASHKA, "text": "x"}]
    made["deal"][0]["stage_changed_at"] = made["company"][0]["created_at"]
    made["deal"][0]["result"] = None
    for lang, own, other in (("ru", ru, en), ("en", en, ru)):
        exporting(target, lang=lang, out=tmp_path / lang)
        text = (tmp_path / lang / target / "README.txt").read_text(encoding="utf-8-sig")
        assert own in text and other not in text


def test_own_fields_with_long_texts_are_told_with_their_length(
    exporting: Export, made: Entities, tmp_path: Path
) -> None:
    """Whoever makes them in the new system must choose a kind that takes as much."""
    made["company"][0]["custom"] = {"f1": "д" * 1255}
    exporting("pipedrive", "kaiten", lang="en")
    readme = (tmp_path / "out/pipedrive/README.txt").read_text(encoding="utf-8-sig")
    assert readme.count("characters)") == 1 and "(text, up to 1\u00a0255 characters)" in readme


def test_what_rows_show_of_others_is_in_the_language_of_each_layout(
    exporting: Export, made: Entities, tmp_path: Path
) -> None:
    """Two of them in one export, whose texts of one activity are two."""
    made["activity"] = [{"source_id": "71", "name": "outgoing", "links": [ROMASHKA, Ref("deal", "31")]}]
    exporting("bitrix24", "bitrix24_en")
    said = {
        name: as_text(tmp_path / "out" / name / "companies.csv").decode()
        for name in ("bitrix24", "bitrix24_en")
    }
    assert "Дела: исходящий звонок" in said["bitrix24"] and "outgoing" not in said["bitrix24"]
    assert "Activities: outgoing call" in said["bitrix24_en"]


def test_a_source_may_have_none_of_what_rows_show_of_others(
    exporting: Export, made: Entities, tmp_path: Path
) -> None:
    made.pop("activity", None)
    made.pop("note", None)
    exporting("bitrix24")
    assert "Дела:" not in as_text(tmp_path / "out/bitrix24/companies.csv").decode()
