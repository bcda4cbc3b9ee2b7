"""The vocabulary is whole and consistent: tables, headings, mapping checks and a page of the documentation are made from it."""

import os
from pathlib import Path

import pytest
from crmexport_megaplan.v1 import MegaplanV1

from crmexport.model import ENTITIES, LISTS, PARTS, Entity, Type
from crmexport.model.page import entities_page
from crmexport.text import translations

PROMISED = {
    "company", "contact", "deal", "task", "project", "activity", "note", "time_entry", "file", "user", "department", "absence", "record",
    "pipeline", "stage", "product", "line_item", "invoice", "payment", "tag", "link", "requisite", "change",
}  # fmt: skip
PAGE = Path(__file__).parents[2] / "docs" / "entities.md"
every = pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda entity: entity.name)


def test_all_promised_entities_are_there() -> None:
    assert set(ENTITIES) == PROMISED
    assert all(name == entity.name for name, entity in ENTITIES.items())


@every
def test_every_entity_tells_where_it_came_from(entity: Entity) -> None:
    assert entity.fields[0].name == "source_id"
    assert "source_url" in entity.by_name
    assert "custom" not in entity.by_name


@every
def test_names_and_titles_are_unique_within_an_entity(entity: Entity) -> None:
    assert len({field.name for field in entity.fields}) == len(entity.fields)
    assert len({field.title for field in entity.fields}) == len(entity.fields)


@every
def test_the_title_field_is_a_text(entity: Entity) -> None:
    assert entity.by_name[entity.title_field].type is Type.TEXT


@every
def test_links_lead_to_entities_and_choices_have_words(entity: Entity) -> None:
    for field in entity.fields:
        assert field.entity is None or field.entity in ENTITIES
        assert (field.entity is None) or field.type in (Type.REF, Type.REFS)
        assert bool(field.choices) == (field.type is Type.CHOICE)


def test_types_of_small_objects_are_lists() -> None:
    assert set(PARTS) < LISTS


def test_the_page_of_the_documentation_is_current() -> None:
    if os.environ.get("CRMEXPORT_GOLDEN") == "write":
        PAGE.write_text(entities_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == entities_page()


def test_one_english_word_does_not_stand_for_two_russian_ones() -> None:
    said = translations("ru").gettext

    def title(entity: str, field: str) -> str:
        return said(ENTITIES[entity].by_name[field].title)

    assert {title(name, "position") for name in ("pipeline", "stage", "line_item")} == {"Порядок"}
    assert {title(name, "position") for name in ("contact", "user")} == {"Должность"}
    assert title("payment", "account") == "Счёт или касса"
    assert title("requisite", "account") == "Расчётный счёт"
    assert said(MegaplanV1.about.titles["Account"]) == "Аккаунт"


def test_a_word_agrees_with_what_it_is_said_of() -> None:
    """A task is «отклонена» where a project is «отклонён»: one English word, and no trace of that for who reads English."""
    russian, english = translations("ru").gettext, translations("en").gettext

    def statuses(entity: str) -> dict[str, str]:
        return {key: russian(title) for key, title in ENTITIES[entity].by_name["status"].choices.items()}

    assert statuses("invoice")["rejected"] == statuses("project")["rejected"] == "отклонён"
    assert statuses("task")["rejected"] == "отклонена"
    ended = {name: statuses(name)["completed"] for name in ("task", "project")}
    assert ended == {"task": "завершена", "project": "завершён"}
    titles = [title for one in ENTITIES.values() for field in one.fields for title in field.titles.values()]
    assert all(english(title).isprintable() for title in titles)
    assert english(ENTITIES["project"].by_name["status"].choices["completed"]) == "completed"
