"""Tables of people, pipelines and stages of an import, with the maps: one row for each of the next system's, and links lead to it."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from crmexport.mapping.maps import PeopleMap, StageMap, Substitutes
from crmexport.mapping.maps.replaced import Replaced
from crmexport.model import Ref
from crmexport.target import compare, export, load_target
from tests.target.invented import Entities, Mapped

ANNA = {"name": "Анна Белова", "email": "a.belova@firm.example"}
MAPS = Substitutes(
    people=PeopleMap.model_validate(
        {
            "others": {"name": "Остальные", "email": "rest@firm.example"},
            "placeholder": "Никто Безадресный",
            "people": {
                "404": {"new": ANNA},  # named in texts, and not held
                "11": {"new": ANNA},
                "12": {"new": {**ANNA, "email": "A.Belova@firm.example"}},
                "13": {"new": ""},
                "14": {"name": "Пётр Дом", "new": "Пётр Дом"},
                "15": {"name": "Пётр Дом", "new": "Пётр Дом"},
            },
        }
    ),
    stages=StageMap.model_validate(
        {
            "placeholder": {"pipeline": "Общая", "stage": "Первая"},
            "pipelines": {
                "5": {"new": "Общая", "stages": {"51": {}, "52": {"new": "Сделка успешна"}}},
                "6": {"new": "Общая", "stages": {"61": {}, "62": {"new": "Сделка успешна"}, "63": {}}},
            },
        }
    ),
)


@pytest.fixture
def merged(made: Entities) -> Entities:
    """Two pipelines and some people, most of whom become one."""
    made["user"] += [
        {"source_id": id, "name": name, "emails": [{"address": f"{id}@old.example"}], "is_working": True}
        for id, name in (("12", "Б"), ("13", "В"), ("14", "Пётр Дом"), ("15", "Пётр Дом"), ("16", "Г"))
    ]
    made["pipeline"].append({"source_id": "6", "name": "Продажи"})
    next(one for one in made["stage"] if one["source_id"] == "52")["result"] = "won"
    made["stage"] += [
        {"source_id": id, "name": id, "pipeline": Ref("pipeline", "6"), "result": result, "position": 9}
        for id, result in (("61", "won"), ("62", "won"), ("63", "lost"))
    ]
    made["deal"] = [
        {
            "source_id": id,
            "pipeline": Ref("pipeline", pipeline),
            "stage": Ref("stage", stage),
            "created_by": Ref("user", user),
        }
        for id, pipeline, stage, user in (
            ("1", "5", "51", "11"),
            ("2", "6", "61", "12"),
            ("3", "6", "62", "13"),
            ("4", "6", "63", "15"),
            ("5", "5", "52", "16"),
        )
    ]
    return made


def written(archive: Any, out: Path, target: str) -> Path:
    export(archive, None, None, [load_target(target, substitutes=MAPS)], out, lang="ru")  # type: ignore[arg-type]
    assert list(compare(archive, None, None, out)) == []  # type: ignore[arg-type]
    return out / target


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_package_for_kaiten_has_those_whom_the_maps_name(
    archive: Any, merged: Entities, tmp_path: Path
) -> None:
    folder = written(archive, tmp_path / "out", "kaiten")
    users = json.loads((folder / "users.json").read_text(encoding="utf-8"))
    assert [(one["id"], one["email"], one["full_name"]) for one in users] == [
        ("404", "a.belova@firm.example", "Анна Белова"),
        ("14", "14@old.example", "Пётр Дом"),
        ("15", "15@old.example", "Пётр Дом"),
        ("others", "rest@firm.example", "Остальные"),
    ]
    boards = json.loads((folder / "boards.json").read_text(encoding="utf-8"))
    assert [one["title"] for one in boards if one["id"].startswith("pipeline")] == ["Общая"]
    columns = json.loads((folder / "columns.json").read_text(encoding="utf-8"))
    stages = [(one["id"], one["title"]) for one in columns if one["board_id"] == "pipeline-5"]
    assert stages == [("stage-51", "Первая"), ("stage-52", "Сделка успешна")]
    cards = json.loads((folder / "cards_deals.json").read_text(encoding="utf-8"))
    assert [(one["column_id"], one.get("owner_id")) for one in cards] == [
        ("stage-51", "404"),
        ("stage-51", "404"),
        ("stage-52", None),
        ("stage-51", "15"),
        ("stage-52", "others"),
    ]


def test_issues_for_jira_come_with_the_people_whom_they_name(
    archive: Any, merged: Entities, tmp_path: Path
) -> None:
    folder = written(archive, tmp_path / "out", "jira_json")
    users = json.loads((folder / "issues.json").read_text(encoding="utf-8"))["users"]
    assert [one["email"] for one in users] == [
        "a.belova@firm.example",
        "14@old.example",
        "15@old.example",
        "rest@firm.example",
    ]


def test_odoo_gets_the_pipelines_and_stages_that_the_map_names(
    archive: Any, merged: Entities, tmp_path: Path
) -> None:
    """What becomes of won and of other stages is no stage of won deals: Odoo would refuse the others in it."""
    folder = written(archive, tmp_path / "out", "odoo")
    assert [one["name"] for one in rows(folder / "06_crm_team.csv")] == ["Общая"]
    stages = rows(folder / "07_crm_stage.csv")
    told = [(one["name"], one["team_id/id"].rpartition("_")[2], one["is_won"]) for one in stages]
    assert told == [("Первая", "5", "0"), ("Сделка успешна", "5", "1")]
    known = {one["id"] for one in stages}
    assert {one["stage_id/id"] for one in rows(folder / "08_crm_lead.csv")} == known


def test_a_stage_that_stands_for_stages_of_several_results_has_none(merged: Entities) -> None:
    """A deal that goes on would come in as won. What is won everywhere is so afterwards."""
    stages = {one["source_id"]: one for one in Replaced(Mapped(merged), MAPS).iterate("stage")}
    assert {id: (one["name"], one.get("result")) for id, one in stages.items()} == {
        "51": ("Первая", None),
        "52": ("Сделка успешна", "won"),
    }
    merged["stage"].reverse()
    again = {one["source_id"]: one.get("result") for one in Replaced(Mapped(merged), MAPS).iterate("stage")}
    assert again == {"51": None, "52": "won"}
