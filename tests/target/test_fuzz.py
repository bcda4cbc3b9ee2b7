"""Any text in any field, any target: the file is valid, and each value is read back as meant or is counted.

What comparing calls "as meant" allows only what the format's own rules make of a value, and each of these is counted; so an export
without counts must hold every text letter by letter, and that is looked for in the bytes of the file.
"""

import string
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import icalendar
import pytest
import vobject
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmexport.mapping.custom import CustomField
from crmexport.model import ENTITIES, PARTS, Field, Moment, Money, Ref, Type
from crmexport.target import compare, export, load_target
from tests.target.invented import HeldArchive, Mapped

TARGETS = (
    "vcard",
    "vcard4",
    "icalendar",
    "sql",
    "jsonl",
    "parquet",
    "singer",
    "outlook",
    "outlook-ru",
    "outlook-new",
    "google-contacts",
    "jira_json",
    "kaiten",
)
NESTED = ("jira_json", "kaiten")
KINDS = ("contact", "company", "task", "activity", "absence", "payment", "note")

texts = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="\\,;:\"'=+@\r\n\t\0 \u2028\x85\ud800ы😀a", max_size=12),
    st.text(alphabet=string.printable, min_size=60, max_size=90),
)
ids = st.text(min_size=1, max_size=5)
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=zones).map(
    lambda at: Moment(at.astimezone(timezone.utc), at.isoformat())  # noqa: UP017
)
refs = st.builds(Ref, st.sampled_from(KINDS), ids, texts)
numbers = st.one_of(st.decimals(allow_nan=False, allow_infinity=False), st.decimals(-999, 999, places=2))
VALUES: dict[Type, st.SearchStrategy[Any]] = {
    Type.NUMBER: numbers,
    Type.INTEGER: st.integers(),
    Type.MINUTES: st.integers(),
    Type.BOOL: st.booleans(),
    Type.DATE: st.one_of(st.dates(), st.just("--02-29")),
    Type.MOMENT: moments,
    Type.WHEN: st.one_of(st.dates(), moments),
    Type.MONEY: st.builds(Money, numbers, texts),
    Type.REF: refs,
    Type.REFS: st.lists(refs, max_size=3),
    Type.TEXTS: st.lists(texts, max_size=3),
    **{
        type_: st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    name: texts.filter(bool) if part is Type.TEXT else st.just(True)
                    for name, part in parts.items()
                },
            ),
            max_size=6,
        )
        for type_, parts in PARTS.items()
    },
}


def value_of(field: Field) -> st.SearchStrategy[Any]:
    if field.choices:
        return st.one_of(st.sampled_from(sorted(field.choices)), texts)
    return VALUES.get(field.type, texts)


def entity(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    fields = {one.name: value_of(one) for one in ENTITIES[kind].fields if one.name != "source_id"}
    fields["custom"] = st.dictionaries(texts, st.one_of(texts, numbers, refs, st.none()), max_size=2)
    return st.fixed_dictionaries({"source_id": ids}, optional=fields)


archives = st.fixed_dictionaries({}, optional={kind: st.lists(entity(kind), max_size=3) for kind in KINDS})


def near(value: Any) -> Any:
    """Entities with so few ids that most links lead to one of them."""
    if isinstance(value, Ref):
        return value._replace(
            id=few(value.id), entity="task" if value.entity in ("contact", "note") else value.entity
        )
    if isinstance(value, dict):
        return {key: few(one) if key == "source_id" else near(one) for key, one in value.items()}
    return [near(one) for one in value] if isinstance(value, list) else value


def few(id: str) -> str:
    return str(sum(map(ord, id)) % 3)


linked = st.fixed_dictionaries(
    {},
    optional={
        kind: st.lists(entity(kind), max_size=3)
        for kind in ("task", "note", "user", "time_entry", "change", "deal")
    },
).map(near)


class Anything(Mapped):
    """Entities of any content."""

    def custom_fields(self, kind: str) -> list[CustomField]:
        return []


target = cache(load_target)


def check(names: tuple[str, ...], made: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Export and compare; then other readers read what is meant for other programs."""
    monkeypatch.setattr(
        "crmexport.target.workshop.MappedArchive", lambda archive, connector, mapping: Anything(made)
    )
    with TemporaryDirectory() as folder:
        root = Path(folder)
        archive: Any = HeldArchive(root / "held", {})
        outputs = export(archive, None, None, [target(name) for name in names], root / "out", lang="en")  # type: ignore[arg-type]
        assert list(compare(archive, None, None, root / "out")) == []  # type: ignore[arg-type]
        for one in outputs:
            data = (root / "out" / one.path).read_bytes()
            if one.path.endswith(".vcf"):
                cards = list(vobject.readComponents(data.decode()))
                assert len(cards) == one.rows
                assert all(card.fn.value is not None and card.uid.value for card in cards)
            if one.path.endswith(".ics"):
                calendar = icalendar.Calendar.from_ical(data)
                assert len(calendar.subcomponents) == one.rows
                assert not [item.errors for item in calendar.subcomponents if item.errors]


def fuzz(examples: int, made: st.SearchStrategy[Any] = archives) -> Callable[..., Any]:
    quick = settings(
        max_examples=examples,
        derandomize=examples < 100,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    return lambda test: quick(given(made=made)(test))


@pytest.mark.parametrize("name", TARGETS)
@fuzz(6)
def test_any_text_in_any_field(name: str, made: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        check((name,), made, monkeypatch)


@pytest.mark.soak
@pytest.mark.parametrize("name", TARGETS)
@fuzz(300)
def test_very_much_of_any_text_in_any_field(name: str, made: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        check((name,), made, monkeypatch)


@pytest.mark.parametrize("name", NESTED)
@fuzz(8, linked)
def test_rows_within_rows_of_any_text(name: str, made: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        check((name,), made, monkeypatch)


@pytest.mark.soak
@pytest.mark.parametrize("name", NESTED)
@fuzz(500, linked)
def test_very_many_rows_within_rows_of_any_text(name: str, made: dict[str, Any]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        check((name,), made, monkeypatch)


def test_the_fuzz_can_fail() -> None:
    """A writer that loses a letter is found."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("crmexport.target.content.vcard.escaped", lambda text, notes: text[:-1])
        with pytest.raises(AssertionError):
            check(("vcard",), {"contact": [{"source_id": "1", "name": "abc"}]}, monkeypatch)


@pytest.mark.parametrize(
    "name", [name for name in TARGETS if name.startswith("vcard") or name == "icalendar"]
)
def test_an_id_of_blanks_names_its_card(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the long run once found: a card without a name and an id is none."""
    made = {"contact": [{"source_id": "\xa0"}], "task": [{"source_id": "\u2003"}]}
    check((name,), made, monkeypatch)
