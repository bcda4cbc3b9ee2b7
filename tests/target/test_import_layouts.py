"""The layouts for other CRMs: their files are golden, and no field of any entity disappears in them without a word.

After a change that is meant: `CRMEXPORT_GOLDEN=write pytest tests/target/test_import_layouts.py`, and read the difference.
"""

import codecs
import csv
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crmexport.errors import ConfigurationError
from crmexport.mapping.to import load_layout
from crmexport.mapping.to.reading import layout_file
from crmexport.model import ENTITIES, PARTS, Field, Moment, Money, Ref, Type
from crmexport.target import Output, compare, exported
from crmexport.target.readback.xlsx import WorkbookReader
from tests.target.invented import NEVER_TOLD, Entities
from tests.target.leaving import leaving
from tests.target.test_golden import GOLDEN, compare_with, shown

Export = Callable[..., list[Output]]
IMPORTS = [
    "amocrm",
    "amocrm_xlsx",
    "bitrix24_en",
    "hubspot",
    "jira",
    "odoo",
    "pipedrive",
    "planfix",
    "salesforce",
    "zoho",
]
NESTED = ["jira_json", "kaiten"]


@pytest.fixture
def leaver(made: Entities) -> Entities:
    """The entities of a company that leaves, in the place of the usual ones."""
    made.clear()
    made.update(leaving())
    return made


def as_text(path: Path) -> bytes:
    """A file to be kept: a workbook as text."""
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with WorkbookReader(path) as book:
        sheets = [f"[{sheet.name}]\n" + "\n".join(map(shown, book.rows(sheet))) for sheet in book.sheets()]
    return ("\n".join(sheets) + "\n").encode()


@pytest.mark.parametrize("target", [*IMPORTS, *NESTED])
def test_files_are_golden_and_as_meant(
    exporting: Export, archive: Any, leaver: Entities, tmp_path: Path, target: str
) -> None:
    exporting(target)
    out = tmp_path / "out"
    assert list(compare(archive, None, None, out)) == []  # type: ignore[arg-type]
    for output in exported(out):
        if output.target == target:
            name = Path(output.path).name.replace(".xlsx", ".xlsx.text")
            compare_with(GOLDEN / target / name, as_text(out / output.path))


FILLED: Mapping[Type, Any] = {
    Type.NUMBER: Decimal("17.25"),
    Type.INTEGER: 8123,
    Type.BOOL: True,
    Type.DATE: date(1987, 11, 13),
    Type.MOMENT: Moment(datetime(2024, 10, 9, 8, 7, 6, tzinfo=UTC), ""),
    Type.WHEN: date(1987, 11, 13),
    Type.MONEY: Money(Decimal("7654.5"), "XTS"),
    Type.MINUTES: 8125,
    Type.URL: "https://address.example/1",
    Type.CHOICE: "something else",
}
SHOWN: Mapping[Type, tuple[str, ...]] = {
    Type.NUMBER: ("17.25",),
    Type.INTEGER: ("8123",),
    Type.BOOL: ("yes", "да"),
    Type.DATE: ("1987",),
    Type.MOMENT: ("2024",),
    Type.WHEN: ("1987",),
    Type.MONEY: ("XTS",),
    Type.MINUTES: ("8125", "487500"),
    Type.URL: ("address.example",),
    Type.CHOICE: ("something else",),
}


def filled(field: Field) -> Any:
    """A value of the field's type that says whose it is where it can."""
    if field.type in PARTS:
        part = next(iter(PARTS[field.type]))
        value = f"{field.name}@x.example" if part == "address" else f"all of {field.name}"
        return [{part: value}, {part: "second." + value}]
    link = Ref(field.entity or "project", f"id of {field.name}", f"all of {field.name}")
    if field.type in (Type.REF, Type.REFS):
        return link if field.type is Type.REF else [link, link]
    return FILLED.get(field.type, f"all of {field.name}")


def is_told(field: Field, text: str, notes: Mapping[str, int]) -> bool:
    """Whether the value stands in the row, or is counted as left out."""
    signs = SHOWN.get(field.type, (f"{field.name}@x.example", f"all of {field.name}", f"all_of_{field.name}"))
    return bool(notes.get(f"left_out.{field.name}")) or any(sign in text for sign in signs)


@pytest.mark.parametrize("target", [*IMPORTS, "bitrix24"])
def test_every_field_is_in_the_row_or_accounted_for(
    exporting: Export, made: Entities, tmp_path: Path, target: str
) -> None:
    """What is missing in the row must be named in `leave_out` or counted; `source_id` and the markup twins apart."""
    layout = load_layout(layout_file(target))
    made.clear()
    for entity in ENTITIES.values():
        flags = {"is_deleted", "is_template", "parent"}
        line = {field.name: filled(field) for field in entity.fields if field.name not in flags}
        made[entity.name] = [line | {"source_id": "1"}]
    outputs = {one.table: one for one in exporting(target) if one.table}
    for name, rule in layout.tables.items():
        if rule.leaves_all or not outputs[name].rows:
            continue
        text = as_text(tmp_path / "out" / outputs[name].path).decode()
        left = {*NEVER_TOLD, *rule.leave_out}
        missing = [
            field.name
            for field in ENTITIES[rule.from_].fields
            if field.name not in left and not is_told(field, text, outputs[name].notes)
        ]
        assert (name, missing) == (name, [])


@pytest.mark.parametrize("target", [*IMPORTS, *NESTED, "bitrix24"])
def test_every_target_has_a_guide_in_both_languages(target: str) -> None:
    """What to click, in which order, what is not carried, how to undo; and what a second import does."""
    docs = Path(__file__).parents[2] / "docs"
    name = target.partition("_")[0]
    english = (docs / "targets" / f"{name}.md").read_text(encoding="utf-8")
    russian = (docs / "ru" / "targets" / f"{name}.md").read_text(encoding="utf-8")
    for page, patterns in (
        (english, ("before the import", "how to undo", "not carr(y|ied)", "second import", "--to ")),
        (russian, ("до загрузки", "как отменить", "не перенос", "(повторная|вторая) загрузка", "--to ")),
    ):
        assert [one for one in patterns if not re.search(one, page.casefold())] == []


@pytest.mark.parametrize(
    ("target", "heading"),
    [
        ("bitrix24", "Воронка"),
        ("bitrix24_en", "Pipeline"),
        ("amocrm", "Воронка"),
        ("planfix", "Воронка"),
        ("pipedrive", "Deal - Pipeline"),
        ("zoho", "Pipeline"),
        ("hubspot", "Pipeline"),
        ("kaiten", '"title"'),  # of the boards
        ("kaiten", '"properties"'),  # of the deals' cards
    ],
)
def test_pipelines_of_one_name_stay_two_in_the_files_and_in_what_is_to_be_made(
    exporting: Export, made: Entities, tmp_path: Path, target: str, heading: str
) -> None:
    made["pipeline"].append({"source_id": "6", "name": "продажи", "position": 2})
    made["stage"].append({"source_id": "61", "name": "Иная", "pipeline": Ref("pipeline", "6")})
    made["deal"][1] |= {"pipeline": Ref("pipeline", "6"), "stage": Ref("stage", "61")}
    outputs = [tmp_path / "out" / one.path for one in exporting(target)]
    readme = next(path for path in outputs if path.name.startswith("README")).read_text(encoding="utf-8-sig")
    assert "- Продажи #5: Новая, Успех\n- продажи #6: Иная\n" in readme.replace("\r", "").replace("  -", "-")
    tables = [as_text(path).decode() for path in outputs if path.suffix in (".csv", ".xlsx", ".json")]
    deals = next(text for text in tables if heading in text and "#5" in text)
    assert "Продажи #5" in deals and "продажи #6" in deals


@pytest.mark.parametrize("end", ["\x0b", "\x1c", "\x85", "\u2028"])
def test_odoo_reads_no_row_as_two(exporting: Export, made: Entities, tmp_path: Path, end: str) -> None:
    """Up to Odoo 16 its reader takes whatever ends a line in Unicode for the end of a row, outside of quotes (`pycompat`, `csv_reader`)."""
    for deal in made["deal"]:
        deal["name"] = f"Поставка{end}станка"
    leads = next(tmp_path / "out" / one.path for one in exporting("odoo") if "08_crm_lead" in one.path)
    with leads.open("rb") as file:
        rows = list(csv.reader(codecs.getreader("utf-8")(file)))
    assert len(rows) == len(made["deal"]) + 1
    assert {len(row) for row in rows} == {len(rows[0])}


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("ru", "- Продажи: Новая, Успех, Отказ, Мимо; выиграна: Успех; проиграна: Отказ, Мимо"),
        ("en", "- Продажи: Новая, Успех, Отказ, Мимо; won: Успех; lost: Отказ, Мимо"),
    ],
)
def test_the_text_beside_tells_which_stages_are_for_won_and_lost_deals(
    exporting: Export, leaver: Entities, tmp_path: Path, lang: str, told: str
) -> None:
    """Whoever makes them there has to say it; their names do not always."""
    leaver["stage"] = [
        {"source_id": str(n), "name": name, "pipeline": Ref("pipeline", "5"), "position": n, "result": result}
        for n, (name, result) in enumerate(
            (("Новая", "active"), ("Успех", "won"), ("Отказ", "lost"), ("Мимо", "lost"))
        )
    ]
    exporting("salesforce", lang=lang)
    assert told in (tmp_path / "out/salesforce/README.txt").read_text(encoding="utf-8-sig")


def test_a_stage_of_all_pipelines_is_to_be_made_in_each(
    exporting: Export, made: Entities, tmp_path: Path
) -> None:
    """Of an Odoo, most stages name no sales team."""
    made["pipeline"].append({"source_id": "6", "name": "Опт", "position": 2})
    made["stage"].append({"source_id": "61", "name": "Общая", "result": "active", "position": 99})
    made["stage"].append({"source_id": "62", "name": "Задачи", "project": Ref("project", "61")})
    paths = [tmp_path / "out" / one.path for one in exporting("bitrix24")]
    readme = next(path for path in paths if path.name.startswith("README")).read_text(encoding="utf-8-sig")
    assert "- Опт: Общая\n" in readme.replace("\r", "") and "Успех, Общая\n" in readme.replace("\r", "")
    assert "Задачи\n" not in readme.replace("\r", "").partition("Опт")[2].partition("\n\n")[0]


@pytest.mark.parametrize("target", ["bitrix24", "amocrm"])
def test_nobody_is_told_to_make_fields_for_which_there_is_no_value(
    exporting: Export, made: Entities, tmp_path: Path, target: str
) -> None:
    def told() -> str:
        paths = [tmp_path / "out" / one.path for one in exporting(target)]
        readme = next(path for path in paths if path.name.startswith("README"))
        return readme.read_text(encoding="utf-8-sig").replace("\r", "")

    assert "- Компании: Скидка (Розница) (текст)\n" in told()
    made["company"][1]["custom"] = {"f3": ""}
    lines = told()
    assert "Скидка (Розница) (текст)" not in lines and "- Компании: Скидка (Опт) (текст)\n" in lines
    assert "пусто: Скидка (Розница)\n" in lines


@pytest.mark.parametrize("typed", ["excel,bitrix24", "excel, bitrix24"])
def test_targets_in_one_word_are_not_taken_for_the_one_that_is_most_like_them(typed: str) -> None:
    """Whoever then typed what was proposed would have half of what was wanted."""
    with pytest.raises(ConfigurationError, match="named by itself: --to excel --to bitrix24$"):
        layout_file(typed)


def test_a_comma_behind_a_target_makes_no_second_one_without_a_name() -> None:
    with pytest.raises(ConfigurationError, match="Did you mean “excel”") as caught:
        layout_file("excel,")
    assert "--to" not in str(caught.value)
