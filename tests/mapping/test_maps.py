"""A people map and a stage map: read from YAML and Excel alike, complete or an error, counted where they are shown."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from crmexport.errors import ConfigurationError
from crmexport.fitting.people import people_of, stages_of, write_people, write_stages
from crmexport.mapping.maps import (
    PeopleMap,
    Person,
    Pipeline,
    Place,
    Stage,
    StageMap,
    Substituted,
    Substitutes,
    User,
    load_people,
    load_stages,
)
from crmexport.mapping.sheets import Sheet, write_book
from crmexport.mapping.to import References, scratch
from crmexport.mapping.yaml_text import comment, quoted
from crmexport.model import Ref
from tests.target.invented import Entities, Mapped, entities

NASTY = [
    "=1+1",
    "no",
    "null",
    "12",
    "a: b",
    "a # b",
    "- x",
    "{a}",
    "[b",
    "'",
    '"',
    "\n# x: y",
    "\u2028k: v",
    "\x85",
    "\ud800",
    "\x07",
    " ",
    "🚀",
    "a, b",
    "é\\",
]


@pytest.fixture
def made() -> Entities:
    found = entities()
    found["user"].append(
        {"source_id": "12", "name": "Ушедшая", "fired_on": "2025-01-01", "is_working": False}
    )
    found["deal"][0]["owner"] = Ref("user", "99", "Забытый")
    found["change"][1]["author"] = Ref("user", "98")
    return found


def test_a_people_map_names_everybody_and_marks_those_who_left(made: Entities) -> None:
    people = people_of(Mapped(made)).people
    assert list(people) == ["11", "12", "98", "99"]
    assert [one.works for one in people.values()] == [True, False, False, False]
    assert people["98"].records == 0  # he only changed something once
    assert people["99"].name == "Забытый"
    assert people["11"].records == 3  # a company, a task, a note; and what he has changed does not count
    assert not any(one.new for one in people.values())


def test_a_stage_map_names_every_stage_in_its_order(made: Entities) -> None:
    made["task"][0]["stage"] = Ref("stage", "77", "Где-то")
    stages = stages_of(Mapped(made))
    assert list(stages.pipelines["5"].stages) == ["51", "52"]
    assert stages.stages["77"].name == "Где-то"


@pytest.mark.parametrize("ending", ["yaml", "xlsx"])
@pytest.mark.parametrize("lang", ["ru", "en"])
def test_what_is_written_reads_back(tmp_path: Path, ending: str, lang: str) -> None:
    people = PeopleMap(
        people={
            "11": Person(name="=Пётр", position="a: b", email="x@y", records=3),
            "1.0": Person(works=False),
        }
    )
    write_people(tmp_path / f"p.{ending}", people, lang)
    assert load_people(tmp_path / f"p.{ending}").people == people.people
    stages = StageMap(
        pipelines={"5": Pipeline(name="{x}", stages={"51": Stage(name="a, b"), "52": Stage(name="#2")})},
        stages={"7": Stage(name="no")},
    )
    write_stages(tmp_path / f"s.{ending}", stages, lang)
    read = load_stages(tmp_path / f"s.{ending}")
    assert (read.pipelines, read.stages) == (stages.pipelines, stages.stages)


def test_a_completed_workbook_says_the_same_as_yaml(tmp_path: Path) -> None:
    people = PeopleMap(
        placeholder=User(name="Админ"),
        others=User(name="Кто-то", id="7"),
        people={"11": Person(new=User(name="Анна", email="a@b", id="5"))},
    )
    write_people(tmp_path / "p.xlsx", people, "ru")
    assert load_people(tmp_path / "p.xlsx") == people
    stages = StageMap.model_validate(
        {
            "placeholder": {"pipeline": {"name": "П"}, "stage": {"name": "С"}},
            "others": {"stage": {"name": "Д", "id": "9"}},
            "pipelines": {
                "5": {"new": {"name": "Новая"}, "stages": {"51": {"new": {"name": "X", "id": "1"}}}}
            },
        }
    )
    write_stages(tmp_path / "s.xlsx", stages, "ru")
    assert load_stages(tmp_path / "s.xlsx") == stages


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["ID in the old CRM"], ["1"], ["1"]], "cell A3: “1” stands here twice"),
        (
            [["ID in the old CRM", "Works here"], ["1", "maybe"]],
            "cell B2: “yes” or “no” is needed here, not “maybe”",
        ),
        (
            [["ID in the old CRM", "NEW: nmae"], ["1", "x"]],
            "cell B1: there is no heading “NEW: nmae”. Did you mean “NEW: name”?",
        ),
        ([["ID in the old CRM", "Name"], [None, "x"]], "cell A2: the ID is missing here"),
        (
            [["ID in the old CRM", "Records with this person"], ["1", "many"]],
            "cell B2: a whole number is needed here",
        ),
        (
            [["ID in the old CRM", "NEW: name"], ["1", "#N/A"]],
            "cell B2: the formula here has no value (#N/A)",
        ),
        ([["ID in the old CRM", "NEW: name"], ["1", " - "]], "cell B2: “-” is nobody's name"),
        (
            [["ID in the old CRM", "NEW: e-mail"], ["1", "a@b.example; c@d.example"]],
            "cell B2: “a@b.example; c@d.example” is not one e-mail address",
        ),
    ],
)
def test_a_mistake_in_a_workbook_names_sheet_and_cell(
    tmp_path: Path, rows: list[list[Any]], sentence: str
) -> None:
    path = tmp_path / "p.xlsx"
    write_book(path, [Sheet("People", rows[0], rows[1:])])
    with pytest.raises(ConfigurationError) as caught:
        load_people(path)
    assert "sheet “People”" in str(caught.value)
    assert sentence in str(caught.value)


def test_a_new_person_that_can_be_nobody_is_told_wherever_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(
        'placeholder: {name: "—"}\nothers: {email: anna at example.com}\npeople:\n  "1": {new: {email: " An-Na+1@Example.COM "}}\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError) as caught:
        load_people(path)
    first, second = str(caught.value).splitlines()
    assert "line 1, “placeholder.name”: “—” is nobody's name" in first
    assert "line 2, “others.email”: “anna at example.com” is not one e-mail address" in second
    write_book(
        tmp_path / "p.xlsx",
        [
            Sheet("People", ["ID in the old CRM"], [["1"]]),
            Sheet("Defaults", ["For whom", "NEW: e-mail"], [["placeholder", "anna"]]),
        ],
    )
    with pytest.raises(ConfigurationError, match="sheet “Defaults”, cell B2: “anna” is not one e-mail"):
        load_people(tmp_path / "p.xlsx")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["5", None, "A"], ["5", "51", "B"], ["5", None, "C"]], "cell A4: “5” stands here twice"),
        ([["5", None, "A"], [None, None, "B"]], "cell A3: the ID is missing here"),
    ],
)
def test_a_row_of_a_stage_map_that_speaks_of_nothing_or_anew_is_told(
    tmp_path: Path, rows: list[list[Any]], sentence: str
) -> None:
    write_book(tmp_path / "s.xlsx", [Sheet("Stages", ["Pipeline ID", "Stage ID", "NEW: name"], rows)])
    with pytest.raises(ConfigurationError, match=sentence):
        load_stages(tmp_path / "s.xlsx")


def test_a_default_for_nobody_is_told(tmp_path: Path) -> None:
    sheets = [
        Sheet("People", ["ID in the old CRM"], [["1"]]),
        Sheet("Defaults", ["For whom", "NEW: name"], [["all", None], ["the rest", "Анна"]]),
    ]
    write_book(tmp_path / "p.xlsx", sheets)
    with pytest.raises(ConfigurationError, match="cell A3: “the rest” says of nobody for whom this row is"):
        load_people(tmp_path / "p.xlsx")


@pytest.mark.parametrize(
    ("sheet", "heading", "row", "load"),
    [
        ("People", "ID in the old CRM", "who has nothing under NEW (placeholder)", load_people),
        ("Stages", "Stage ID", "who is not in this file (others): Stage", load_stages),
    ],
)
def test_two_defaults_for_the_same_are_told(
    tmp_path: Path, sheet: str, heading: str, row: str, load: Any
) -> None:
    """Whoever copies the row for a second department would have everybody in that one."""
    rows = [[row, "Анна"], [row, "Борис"]]
    sheets = [Sheet(sheet, [heading], [["1"]]), Sheet("Defaults", ["For whom", "NEW: name"], rows)]
    write_book(tmp_path / "m.xlsx", sheets)
    with pytest.raises(ConfigurationError, match="sheet “Defaults”, cell A3: “.*” stands here twice"):
        load(tmp_path / "m.xlsx")


def test_rows_merged_into_one_are_refused_and_a_merged_heading_is_not(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    path = tmp_path / "p.xlsx"
    people = PeopleMap(placeholder="Админ", people={id: Person(new=User(name="Анна")) for id in "123"})
    write_people(path, people, "ru")
    book = load_workbook(path)
    book.worksheets[1].merge_cells("B2:C2")
    book.save(path)
    assert load_people(path).people["2"].new == User(name="Анна")
    book.worksheets[0].merge_cells("G2:G4")
    book.save(path)
    with pytest.raises(ConfigurationError, match="cell G2: the cells G2:G4 are merged, .* “Анна”"):
        load_people(path)


@pytest.mark.parametrize("name", ["people.csv", "people.XLS", "people.ods"])
def test_another_kind_of_spreadsheet_is_no_map_to_read_or_to_write(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(ConfigurationError, match=r"Excel Workbook \(\*\.xlsx\)"):
        write_people(path, PeopleMap(), "ru")
    assert not path.exists()
    path.write_bytes(b"\xd0\xcf\x11\xe0")
    with pytest.raises(ConfigurationError, match=r"Excel Workbook \(\*\.xlsx\)"):
        load_stages(path)


def test_a_workbook_that_a_disk_has_damaged_within_is_told_of(tmp_path: Path) -> None:
    """It cannot be unpacked, or is no XML any more, or calls itself encrypted: a sentence, whatever bit was flipped."""
    path = tmp_path / "people.xlsx"
    write_people(path, PeopleMap(people={"1": Person(name="Anna")}), "en")
    data = path.read_bytes()
    refused = 0
    for place in range(0, len(data), len(data) // 60):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        try:
            load_people(path)
        except ConfigurationError:
            refused += 1
    assert refused > 20


def test_files_that_are_no_workbooks(tmp_path: Path) -> None:
    (tmp_path / "p.xlsx").write_text("people: {}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="no Excel workbook"):
        load_people(tmp_path / "p.xlsx")
    with pytest.raises(ConfigurationError, match="There is no file"):
        load_stages(tmp_path / "none.xlsx")
    write_book(tmp_path / "other.xlsx", [Sheet("Poeple", ["ID in the old CRM"], [])])
    with pytest.raises(ConfigurationError, match="no sheet “People”. Did you mean “Poeple”"):
        load_people(tmp_path / "other.xlsx")


def test_nothing_that_exists_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="never overwritten|ever overwritten"):
        write_people(path, PeopleMap(), "en")
    assert path.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("text", NASTY)
def test_no_name_breaks_the_yaml(tmp_path: Path, text: str) -> None:
    path = tmp_path / "s.yaml"
    stages = StageMap(pipelines={"5": Pipeline(name=text, stages={text: Stage(name=text)})})
    write_stages(path, stages, "en")
    assert load_stages(path).pipelines == stages.pipelines
    assert "\n" not in comment(text + "x")
    assert "\n" not in quoted(text)


def shown(
    substitutes: Substitutes, link: Ref, notes: Counter[str] | None = None
) -> tuple[str, str, dict[str, Any]]:
    with scratch() as database:
        plain = References(database)
        plain.fill("user", entities()["user"], ["name", "first_name", "last_name", "is_working"])
        found = Substituted(plain, substitutes)
        result = found.title(link), found.id(link), found.held(link) or {}
        found.settle(notes)
        return result


def people(**more: Any) -> Substitutes:
    return Substitutes(people=PeopleMap.model_validate(more), files={"people": "p.yaml"})


IVAN = Ref("user", "11", "Иван")


def test_a_new_user_is_shown_for_the_old_one() -> None:
    notes: Counter[str] = Counter()
    title, id, held = shown(people(people={"11": {"new": "Анна Мария Белова"}}), IVAN, notes)
    assert (title, id) == ("Анна Мария Белова", "11")
    assert (held["first_name"], held["last_name"]) == ("Анна Мария", "Белова")
    assert held["is_working"] is True
    assert notes == {"replaced_new.user": 1}


def test_the_map_may_say_names_mail_and_id_one_by_one() -> None:
    new = {"first_name": "Анна", "last_name": "де Белова", "email": "a@b.example", "id": "77"}
    title, id, held = shown(people(people={"11": {"new": new}}), IVAN)
    assert (title, id, held["last_name"]) == ("Анна де Белова", "77", "де Белова")
    assert held["emails"] == [{"address": "a@b.example"}]


@pytest.mark.parametrize(("new", "id"), [({"email": "a@b.example"}, "11"), ({"id": "77"}, "77")])
def test_who_is_given_a_new_mail_or_id_and_no_name_keeps_the_old_name(new: dict[str, str], id: str) -> None:
    maps = people(placeholder="Админ", people={"11": {"name": "Петров Иван", "new": new}})
    title, shown_id, held = shown(maps, IVAN)
    assert (title, shown_id, held["last_name"]) == ("Петров Иван", id, "Петров")
    assert held.get("emails") == ([{"address": new["email"]}] if "email" in new else None)


def test_a_placeholder_without_a_name_is_none() -> None:
    with pytest.raises(ConfigurationError, match="names no “placeholder”"):
        shown(people(placeholder={"email": "a@b.example"}, people={"11": {"name": "Петров Иван"}}), IVAN)


def test_a_stage_that_is_given_an_id_and_no_name_keeps_the_old_name() -> None:
    stages = {"51": Stage(name="Новая", new=Place(id="C1:NEW"))}
    maps = Substitutes(stages=StageMap(placeholder="Первая", pipelines={"5": Pipeline(stages=stages)}))
    assert shown(maps, Ref("stage", "51"))[:2] == ("Новая", "C1:NEW")


def test_the_placeholder_and_the_others_are_counted_apart() -> None:
    notes: Counter[str] = Counter()
    maps = people(placeholder="Админ", others={"name": "Кто Угодно"}, people={"12": {"works": False}})
    assert shown(maps, Ref("user", "12"), notes)[0] == "Админ"
    assert shown(maps, IVAN, notes)[0] == "Кто Угодно"
    assert notes == {"replaced_placeholder.user": 1, "replaced_others.user.Петров Иван (11)": 1}


def test_somebody_missing_is_an_error_with_the_name() -> None:
    with pytest.raises(
        ConfigurationError, match=r"p\.yaml: Users, “Петров Иван” \(11\) is in the archive and not in this"
    ):
        shown(people(), IVAN._replace(title=""))
    with pytest.raises(
        ConfigurationError, match="has nothing under “new”, and the file names no “placeholder”"
    ):
        shown(people(people={"11": {}}), IVAN)
    with pytest.raises(ConfigurationError, match=r"Петров Иван.*\n.*Ушедшая"):
        source = Mapped({"user": [*entities()["user"], {"source_id": "12", "name": "Ушедшая"}]})
        people().check(source)


def test_the_file_of_another_account_is_refused() -> None:
    """One hands over customer after customer; all of them have a user 1000001, and a deal would have gone to whoever that is elsewhere."""
    users = [
        {"source_id": id, "name": name}
        for id, name in zip("123", ("Анна Орлова", "Лев Кит", None), strict=True)
    ]
    theirs = {
        "1": {"name": "Пётр Ус", "new": "Новый"},
        "2": {"name": "Ия Лис"},
        "3": {"name": "Ян"},
        "4": {"name": "Ева"},
    }
    told = r"p\.yaml seems to be of another account\. Users, 1: “Пётр Ус” in it, “Анна Орлова” in the archive; of 2 .* 2 differ"
    with pytest.raises(ConfigurationError, match=told):
        people(placeholder="Админ", people=theirs).check(Mapped({"user": users}))


@pytest.mark.parametrize("name", ["Анна Светлова", "орлова анна", ""])
def test_one_who_has_another_name_now_or_none_makes_no_other_account(name: str) -> None:
    users = [{"source_id": "1", "name": "Анна Орлова"}, {"source_id": "2", "name": "Лев Кит"}]
    known = {"1": {"name": name}, "2": {"name": "Лев  Кит"}}
    people(placeholder="Админ", people=known).check(Mapped({"user": users}))
    people(placeholder="Админ", people={"1": known["1"]}).check(Mapped({"user": users[:1]}))


@pytest.mark.parametrize(
    ("there", "here"),
    [
        (("Пётр Ус", "Лев Кит"), ("Петр Ус", "Лев Ильич Кит")),
        (("Ус П.И.", "Лев Кит (уволен)"), ("Ус П. И.", "Кит Лев")),
        (("И\u0306оганн Ус", "Лев Кит"), ("Йоганн Ус", "Кит, Лев")),
    ],
)
def test_names_that_have_got_more_words_make_no_other_account(
    there: tuple[str, str], here: tuple[str, str]
) -> None:
    """The fathers' names were filled in for everybody, after months in which the map had served every night: no export any more."""
    users = [{"source_id": id, "name": name} for id, name in zip("12", here, strict=True)]
    known = {id: {"name": name} for id, name in zip("12", there, strict=True)}
    people(placeholder="Админ", people=known).check(Mapped({"user": users}))


def test_a_stage_map_of_another_account_is_refused() -> None:
    stages = {"7": {"name": "Продажи", "new": "A", "stages": {"8": {"name": "Новая", "new": "B"}}}}
    maps = Substitutes(stages=StageMap.model_validate({"pipelines": stages}), files={"stages": "s.yaml"})
    ours = {"pipeline": [{"source_id": "7", "name": "Наём"}], "stage": [{"source_id": "8", "name": "Отказ"}]}
    with pytest.raises(ConfigurationError, match=r"s\.yaml seems to be of another account.*mapping stages"):
        maps.check(Mapped(ours))


def test_whoever_fills_in_a_workbook_is_told_of_its_columns_and_rows() -> None:
    def told(known: dict[str, Any]) -> str:
        maps = Substitutes(people=PeopleMap(people=known), files={"people": "Люди.XLSX"})
        with pytest.raises(ConfigurationError) as error:
            shown(maps, IVAN)
        return str(error.value)

    assert "“NEW”, and the sheet “Defaults” has nothing in the row “who has nothing under NEW" in told(
        {"11": {}}
    )
    assert "the row “who is not in this file (others)” of the sheet “Defaults”" in told({})


def test_other_kinds_stay_as_they_are() -> None:
    maps = people(people={"11": {"new": "Анна"}})
    assert shown(maps, Ref("company", "1", "Ромашка"))[0] == "Ромашка"


def test_pipelines_and_stages_have_substitutes_too() -> None:
    maps = Substitutes(
        stages=StageMap(
            placeholder="Первая",
            pipelines={
                "5": Pipeline(
                    new=Place(name="Общая", id="C1"), stages={"51": Stage(new="В работе"), "52": Stage()}
                )
            },
        ),
        files={"stages": "s.yaml"},
    )
    assert shown(maps, Ref("pipeline", "5"))[:2] == ("Общая", "C1")
    assert shown(maps, Ref("stage", "51"))[0] == "В работе"
    assert shown(maps, Ref("stage", "52"))[0] == "Первая"
    with pytest.raises(ConfigurationError, match=r"s\.yaml: Pipelines"):
        shown(maps, Ref("pipeline", "6"))  # a lone placeholder is a stage, not a pipeline


def test_maps_survive_being_written_down() -> None:
    maps = Substitutes(
        people=PeopleMap(placeholder="A", people={"1": Person(new=User(name="B"))}),
        stages=StageMap(pipelines={"5": Pipeline(new="C")}),
        files={"people": "p.yaml"},
    )
    assert Substitutes.load(maps.dump()) == maps
    assert not Substitutes.load({})
