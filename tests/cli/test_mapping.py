"""`crmexport mapping …` over the invented archive: what is printed, written, and which exit code comes of it."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import crmexport.archive
import crmexport.fitting.opening
import crmexport.proof  # noqa: F401 - what is imported while another archive is in place keeps that one for all later tests
from crmexport.cli import export as export_command
from crmexport.mapping.to import layout_file, load_layout
from crmexport.model import Ref
from tests.cli.conftest import Run
from tests.target.invented import Entities, HeldArchive, Mapped, entities

WHOLE = "format: csv\nentities: all\n"
PART = """
format: csv
tables:
  deals:
    from: deal
    columns: {Имя: name}
"""


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Entities:
    """The invented archive in place of every archive."""
    found = entities()
    held = tmp_path / "held"
    held.mkdir()
    archive = HeldArchive(held)

    class Opened:
        def __enter__(self) -> HeldArchive:
            return archive

        def __exit__(self, *error: object) -> None:
            pass

    def mapped(*given: Any) -> Mapped:
        return Mapped(found)

    for place in (crmexport.archive, crmexport.fitting.opening):
        monkeypatch.setattr(place, "Archive", SimpleNamespace(open=lambda place: Opened()))
    for module in ("crmexport.target.workshop", "crmexport.fitting.opening"):
        monkeypatch.setattr(f"{module}.MappedArchive", mapped)
    monkeypatch.setattr("crmexport.fitting.opening.load_source_mapping", lambda *_asked: None)
    connector = SimpleNamespace(about=SimpleNamespace(streams=()))
    monkeypatch.setattr("crmexport.fitting.opening.connector_of", lambda archive: connector)
    return found


def layout(text: str) -> str:
    Path("my.yaml").write_text(text, encoding="utf-8")
    return "my.yaml"


def test_coverage_is_a_table_and_a_verdict(run: Run, made: Entities) -> None:
    code, out, err = run("mapping", "coverage", "--archive", "a", "--to", layout(PART))
    assert code == 0
    assert "Deals: 2" in out
    assert "no column: 2" in out  # two companies of deals
    assert "Every value is accounted for." in out
    assert "[" not in err


def test_coverage_as_json_and_as_a_page(run: Run, made: Entities) -> None:
    made["company"][0]["custom"]["<b>x</b>"] = "1"
    code, out, _err = run(
        "mapping", "coverage", "--archive", "a", "--to", "bitrix24", "--json", "--html", "c.html"
    )
    assert code == 0
    told = json.loads(out)
    assert told["total"]["values"] == told["total"]["reaching"] + sum(
        count for fate, count in told["total"]["fates"].items() if fate not in ("column", "overflow")
    )
    page = Path("c.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "<b>x</b>" not in page


def test_coverage_of_one_kind(run: Run, made: Entities) -> None:
    _code, out, _err = run("mapping", "coverage", "--archive", "a", "--to", "csv", "--entity", "deal")
    assert "Deals" in out
    assert "Companies" not in out


def test_coverage_of_an_unknown_kind_names_the_nearest(run: Run, made: Entities) -> None:
    code, out, err = run("mapping", "coverage", "--archive", "a", "--to", "csv", "--entity", "deals")
    assert (code, out) == (2, "")
    assert "“deals” is no entity; there are: deal" in err


def test_check_tells_a_wrong_file_with_exit_code_2(run: Run, made: Entities) -> None:
    code, out, err = run("mapping", "check", "--archive", "a", "--to", layout(PART.replace("name", "nmae")))
    assert (code, out) == (2, "")
    assert (
        "my.yaml, line 6, “tables.deals.columns.Имя”: “deal” has no field “nmae”. Did you mean “name”?" in err
    )


def test_check_tells_a_custom_field_that_the_archive_does_not_know(run: Run, made: Entities) -> None:
    text = PART.replace("from: deal", "from: company").replace("{Имя: name}", "{Имя: 'custom[f11]'}")
    code, out, _err = run("mapping", "check", "--archive", "a", "--to", layout(text))
    assert code == 2
    assert "deals, column “Имя”: the archive knows no custom field “f11” here. Did you mean “f1”?" in out


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("    where: {stage.name: ['новая ', Успех]}", "“tables.deals.where.stage.name”: nothing in the archive has “новая ” here. Did you mean “Новая”?"),
        ("      B: {path: name, when: {pipeline.name: ПРОДАЖИ}}", "“tables.deals.columns.B.when.pipeline.name”: nothing in the archive has “ПРОДАЖИ” here. Did you mean “Продажи”?"),
        ("      B: {path: stage.name, choice: {успех: Y, '*': N}}", "“tables.deals.columns.B.choice”: nothing in the archive has “успех” here. Did you mean “Успех”?"),
    ],
)  # fmt: skip
def test_check_tells_a_word_that_nothing_has_but_in_other_capitals(
    run: Run, made: Entities, more: str, told: str
) -> None:
    made["deal"][0] |= {"stage": Ref("stage", "52"), "pipeline": Ref("pipeline", "5")}
    made["deal"][1] |= {"stage": Ref("stage", "51"), "pipeline": Ref("pipeline", "5")}
    text = PART.replace("{Имя: name}", "\n      Имя: name") + more
    code, out, _err = run("mapping", "check", "--archive", "a", "--to", layout(text))
    assert (code, told in out) == (2, True)
    right = text.replace("новая ", "Новая").replace("ПРОДАЖИ", "Продажи").replace("успех", "Успех")
    code, out, _err = run("mapping", "check", "--archive", "a", "--to", layout(right))
    assert (code, "nothing in the archive" in out) == (3, False)


def test_check_tells_a_table_without_a_row(run: Run, made: Entities) -> None:
    where = "    where: {stage.name: Иная}\n  all:\n    from: deal\n    columns: {Имя: name}"
    code, out, _err = run("mapping", "check", "--archive", "a", "--to", layout(PART + where))
    assert code == 3
    assert "deals: it has no row at all, though there are 2 records that could have one." in out
    assert "all: it has no row" not in out


def test_check_tells_what_would_not_arrive_with_exit_code_3(run: Run, made: Entities) -> None:
    code, out, _err = run("mapping", "check", "--archive", "a", "--to", layout(PART))
    assert code == 3
    assert "deal.company (“Company”): 2 of 2 values have no column and would not arrive." in out
    assert "Companies: none of the 3 reaches this target" in out


def test_check_does_not_call_lost_what_stands_in_the_rows_of_others(run: Run, made: Entities) -> None:
    made["note"].append({"source_id": "n2", "parent": Ref("project", "1"), "text": "Без строки"})
    text = PART.replace("{Имя: name}", "{Имя: name, Слова: {children: note.parent, join: ' / '}}")
    code, out, _err = run("mapping", "check", "--archive", "a", "--to", layout(text))
    assert code == 3
    assert "Notes: of the 2, only those reach this target that are told within the rows of others" in out
    assert "Notes: none" not in out


def test_check_is_content_when_everything_arrives(run: Run, made: Entities) -> None:
    code, out, _err = run("mapping", "check", "--archive", "a", "--to", layout(WHOLE))
    assert code == 0
    assert "would not" not in out


TROUBLED = """
format: csv
leave_out: [user, pipeline, stage, company, requisite, task, note, change, file]
tables:
  contacts:
    from: contact
    columns: {Имя: {path: first_name, required: true}, Рождён: {path: birthday, is: date}, Прочее: description}
    overflow: Прочее
  deals:
    from: deal
    columns: {Итог: {path: result, choice: {lost: L, won: W, active: A}}, Текст: {path: description, limit: 10}, Прочее: team}
    overflow: Прочее
"""


def test_check_names_every_kind_of_trouble(run: Run, made: Entities) -> None:
    made["deal"][0]["result"] = "odd"
    code, out, _err = run("mapping", "check", "--archive", "a", "--to", layout(TROUBLED))
    assert code == 0  # everything goes to the overflow, or is left out by name
    for sentence in (
        "contacts, column “Имя”: it is required, and 1 row has nothing in it (“23”).",
        "contacts, column “Рождён”: 1 value is not of the kind that the column holds (“--02-29”).",
        "deals, column “Итог”: the value map has no word for: “odd”.",
        "deals, column “Текст”: 1 text is longer than the cell may be (the longest has 33000 characters).",
        "contact.gender (“Gender”): 1 of 1 values go to the overflow column.",
    ):
        assert sentence in out


def test_what_the_archive_says_stands_between_the_quotation_marks_of_the_reader(
    run: Run, made: Entities
) -> None:
    def said(*command: str) -> str:
        return run("--lang", "ru", "mapping", *command, "--archive", "a").out

    checked = said("check", "--to", layout(TROUBLED))
    said("new", "--to", "bitrix24", "new.yaml")
    assert "«--02-29»" in checked
    assert "например: «да»" in Path("new.yaml").read_text("utf-8")
    assert "“" not in checked


def test_check_as_json(run: Run, made: Entities) -> None:
    code, out, _err = run("mapping", "check", "--archive", "a", "--to", layout(PART), "--json")
    assert code == 3
    assert {one["kind"] for one in json.loads(out)} >= {"table", "no_column"}


@pytest.mark.parametrize("name", ["people.yaml", "people.xlsx"])
def test_a_people_map_is_made_completed_and_used(run: Run, made: Entities, name: str) -> None:
    code, out, _err = run("mapping", "people", name, "--archive", "a")
    assert code == 0
    assert out.endswith(
        f"{name}. Complete it, and give it to every export for the new system: crmexport export --people {name}\n"
    )
    assert run("mapping", "people", name, "--archive", "a").code == 2
    maps = export_command.substitutes(name, None)
    assert maps.people is not None
    assert maps.people.people["11"].name == "Петров Иван"


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of the size of files")
@pytest.mark.parametrize(
    "typed",
    [
        ("people", "people.yaml", "--archive", "a"),
        ("people", "people.xlsx", "--archive", "a"),
        ("new", "my.yaml", "--archive", "a", "--to", "csv"),
        ("to-excel", "csv", "map.xlsx"),
        ("from-excel", "filled.xlsx", "my.yaml"),
    ],
)
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_a_file_for_which_there_is_no_room_leaves_nothing_in_the_way(
    run: Run, made: Entities, typed: tuple[str, ...]
) -> None:
    import resource

    assert run("mapping", "to-excel", "bitrix24", "filled.xlsx").code == 0
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        code, _out, err = run("mapping", *typed)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert code == 1 and "unforeseen" not in err
    assert any(word in err for word in typed[1:] if "." in word)
    assert run("mapping", *typed).code == 0


def test_a_stage_map_is_made(run: Run, made: Entities) -> None:
    code, out, _err = run("mapping", "stages", "my stages.yaml", "--archive", "a")
    assert code == 0 and out.endswith('crmexport export --stages "my stages.yaml"\n')
    assert "Успех" in Path("my stages.yaml").read_text(encoding="utf-8")


def test_a_layout_of_ones_own_is_begun(run: Run, made: Entities) -> None:
    code, out, _err = run("mapping", "new", "--archive", "a", "--to", "bitrix24")
    assert code == 0
    assert "Written: my-bitrix24.yaml, with 3 custom fields." in out
    assert run("mapping", "new", "--archive", "a", "--to", "bitrix24").code == 2
    assert run("mapping", "check", "--archive", "a", "--to", "my-bitrix24.yaml").code == 3


def test_new_of_a_layout_of_ones_own_is_called_after_its_file_and_stays_here(
    run: Run, made: Entities
) -> None:
    Path("crm").mkdir()
    Path("crm/acme.yaml").write_bytes(layout_file("bitrix24").read_bytes())
    assert run("mapping", "new", "--archive", "a", "--to", "crm/acme.yaml").code == 0
    assert sorted(path.name for path in Path().glob("my*")) == ["my-acme.yaml"]


def test_a_name_with_a_blank_is_told_as_it_is_to_be_typed(run: Run, made: Entities) -> None:
    code, out, _err = run("mapping", "new", "--archive", "a", "--to", "bitrix24", "моя crm.yaml")
    assert code == 0
    assert out.endswith('crmexport export --to "моя crm.yaml"\n')


def test_export_takes_both_maps(run: Run, made: Entities, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Any] = []
    monkeypatch.setattr(
        "crmexport.target.export",
        lambda archive, connector, mapping, targets, out, **how: given.extend(targets) or [],
    )
    Path("p.yaml").write_text('people: {"11": {new: Анна}}', encoding="utf-8")
    Path("s.yaml").write_text("others: Первая", encoding="utf-8")
    code, _out, _err = run(
        *("export", "--archive", "a", "--to", "csv", "--out", "o", "--people", "p.yaml", "--stages", "s.yaml")
    )
    assert code == 0
    assert given[0].substitutes.kinds == ("user", "pipeline", "stage")
    code, _out, err = run("export", "--archive", "a", "--to", "csv", "--out", "o", "--people", "none.yaml")
    assert code == 2
    assert "none.yaml" in err


def test_a_layout_goes_to_excel_and_comes_back(run: Run) -> None:
    code, out, _err = run("mapping", "to-excel", "bitrix24", "map.xlsx")
    assert (code, out) == (0, "Written: map.xlsx\n")
    code, out, _err = run("mapping", "from-excel", "map.xlsx", "my.yaml")
    assert (code, out) == (0, "Written: my.yaml\n")
    assert load_layout(Path("my.yaml")) == load_layout(layout_file("bitrix24"))
    assert run("mapping", "to-excel", "bitrix24", "map.xlsx").code == 2
    assert run("mapping", "from-excel", "map.xlsx", "my.yaml").code == 2
    assert run("mapping", "from-excel", "none.xlsx", "new.yaml").code == 2
