"""Exports with a people map and a stage map: shown everywhere, counted, and read back as meant."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crmexport.errors import ConfigurationError
from crmexport.mapping.maps import PeopleMap, StageMap, Substitutes
from crmexport.model import Ref
from crmexport.target import compare, export, load_target, maps_of
from tests.target.invented import Entities

MAPS = Substitutes(
    people=PeopleMap.model_validate({"people": {"11": {"new": "Анна Белова"}}}),
    stages=StageMap.model_validate(
        {
            "placeholder": "Первая",
            "pipelines": {"5": {"new": "Общая", "stages": {"51": {}, "52": {"new": "Сделка успешна"}}}},
        }
    ),
)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def exported(archive: Any, out: Path, name: str, maps: Substitutes | None) -> Any:
    return export(archive, None, None, [load_target(name, substitutes=maps)], out, lang="ru")  # type: ignore[arg-type]


def test_substitutes_stand_in_every_column_and_are_counted(archive: Any, tmp_path: Path) -> None:
    outputs = exported(archive, tmp_path / "out", "bitrix24", MAPS)
    company, *_ = rows(tmp_path / "out/bitrix24/companies.csv")
    deal, *_ = rows(tmp_path / "out/bitrix24/deals.csv")
    assert company["Ответственный"] == "Анна Белова"
    assert (deal["Воронка"], deal["Стадия сделки"]) == ("Общая", "Сделка успешна")
    notes = {one.path: one.notes for one in outputs}
    assert notes["bitrix24/companies.csv"]["replaced_new.user"] == 1
    assert notes["bitrix24/deals.csv"]["replaced_new.stage"] == 1
    readme = (tmp_path / "out/bitrix24/README.txt").read_text(encoding="utf-8-sig")
    assert "- Анна Белова" in readme
    assert "- Общая: Первая, Сделка успешна" in readme
    assert "Петров" not in readme


@pytest.mark.parametrize(
    ("target", "heading"), [("bitrix24", "Ответственный"), ("amocrm", "Ответственный за компанию")]
)
def test_whoever_takes_over_from_a_former_employee_stands_in_the_column(
    archive: Any, made: Entities, tmp_path: Path, target: str, heading: str
) -> None:
    """The former one would be left out of it; the new one works."""
    made["user"][0]["is_working"] = False
    exported(archive, tmp_path / "out", target, MAPS)
    company, *_ = rows(tmp_path / "out" / target / "companies.csv")
    assert company[heading] == "Анна Белова"


@pytest.mark.parametrize(
    ("target", "heading"),
    [
        ("bitrix24/companies", "Ответственный"),
        ("bitrix24_en/companies", "Responsible person"),
        ("amocrm/companies", "Ответственный за компанию"),
        ("planfix/1_companies", "Ответственный"),
    ],
)
@pytest.mark.parametrize("new", ["Администратор", {"first_name": "Администратор"}])
def test_whoever_has_one_name_only_is_named_once(
    archive: Any, tmp_path: Path, target: str, heading: str, new: Any
) -> None:
    maps = Substitutes(people=PeopleMap.model_validate({"placeholder": new, "people": {"11": {}}}))
    exported(archive, tmp_path / "out", target.partition("/")[0], maps)
    company, *_ = rows(tmp_path / "out" / f"{target}.csv")
    assert company[heading] == "Администратор"


@pytest.mark.parametrize(
    ("new", "address"),
    [
        ("Иван Петров", "i.petrov@firm.example"),
        ("петров иван", "i.petrov@firm.example"),
        ("Анна Белова", ""),
        ({"name": "Анна Белова", "email": "a.belova@firm.example"}, "a.belova@firm.example"),
    ],
)
def test_whoever_keeps_the_name_keeps_the_address(
    archive: Any, made: Entities, tmp_path: Path, new: Any, address: str
) -> None:
    """The name as the next system shows it is the old one for most: HubSpot and others know them by the address."""
    made["user"][0]["emails"] = [{"address": "i.petrov@firm.example"}]
    people = {"11": {"name": "Петров Иван", "new": new}}
    exported(
        archive, tmp_path / "out", "hubspot", Substitutes(people=PeopleMap.model_validate({"people": people}))
    )
    with (tmp_path / "out/hubspot/companies.csv").open(encoding="utf-8", newline="") as file:
        company, *_ = csv.DictReader(file)
    assert company["Company owner"] == address


def test_one_name_that_the_map_gives_to_two_pipelines_is_meant(
    archive: Any, made: Entities, tmp_path: Path
) -> None:
    made["pipeline"].append({"source_id": "6", "name": "Общая"})
    made["deal"][1]["pipeline"] = Ref("pipeline", "6")
    both = {"5": {"new": "Общая", "stages": {"51": {}, "52": {}}}, "6": {"new": "Общая"}}
    maps = Substitutes(stages=StageMap.model_validate({"placeholder": "Первая", "pipelines": both}))
    exported(archive, tmp_path / "out", "bitrix24", maps)
    texts = [path.read_text(encoding="utf-8-sig") for path in (tmp_path / "out/bitrix24").iterdir()]
    assert any("Общая" in text for text in texts)
    assert not any("Общая #" in text for text in texts)


def test_files_written_with_different_maps_all_read_back(archive: Any, tmp_path: Path) -> None:
    out = tmp_path / "out"
    exported(archive, out, "bitrix24", MAPS)
    exported(archive, out, "csv", None)
    assert list(compare(archive, None, None, out)) == []  # type: ignore[arg-type]
    card = json.loads((out / "export.json").read_text(encoding="utf-8"))
    del card["targets"][0]["substitutes"]
    (out / "export.json").write_text(json.dumps(card), encoding="utf-8")
    assert list(compare(archive, None, None, out)) != []  # type: ignore[arg-type]


def test_the_card_of_an_export_tells_which_maps_it_was_written_with(archive: Any, tmp_path: Path) -> None:
    assert maps_of(tmp_path / "out") == {}
    exported(archive, tmp_path / "out", "bitrix24", replace(MAPS, files={"people": "p.yaml"}))
    exported(archive, tmp_path / "out", "csv", None)
    assert maps_of(tmp_path / "out") == {"bitrix24": {"people": "p.yaml"}, "csv": {}}


def test_somebody_who_is_missing_stops_the_export_and_leaves_the_old_files(
    archive: Any, made: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    exported(archive, out, "bitrix24", None)
    before = (out / "bitrix24/deals.csv").read_bytes()
    made["user"].append({"source_id": "13", "name": "Новичок"})
    with pytest.raises(ConfigurationError, match=r"“Новичок” \(13\)"):
        exported(archive, out, "bitrix24", MAPS)
    assert (out / "bitrix24/deals.csv").read_bytes() == before


def test_substitutes_within_the_rows_of_others_are_counted_too(
    archive: Any, made: Any, tmp_path: Path
) -> None:
    made["note"][0]["text"] = "Привет"
    layout = tmp_path / "my.yaml"
    layout.write_text(
        """
format: csv
csv: {delimiter: ";"}
tables:
  deals:
    from: deal
    columns:
      A: name
      B: {children: note.parent, each: "{author.name}: {text}", join: " / "}
""",
        encoding="utf-8",
    )
    outputs = exported(archive, tmp_path / "out", str(layout), MAPS)
    assert rows(tmp_path / "out/my/deals.csv")[0]["B"] == "Анна Белова: Привет"
    assert {one.path: one.notes for one in outputs}["my/deals.csv"]["replaced_new.user"] == 1
    assert list(compare(archive, None, None, tmp_path / "out")) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("maps", [None, MAPS])
def test_comments_on_tasks_without_a_row_are_told_as_not_carried(
    archive: Any, made: Entities, tmp_path: Path, maps: Substitutes | None
) -> None:
    """One task is deleted, another one is not held."""
    made["task"].append({"source_id": "44", "name": "Удалённая", "is_deleted": True})
    made["note"] = [
        {"source_id": f"n{number}", "text": "да", "parent": Ref("task", id)}
        for number, id in enumerate(("41", "41", "44", "404"))
    ]
    exported(archive, tmp_path / "out", "jira", maps)
    readme = (tmp_path / "out/jira/README.txt").read_text(encoding="utf-8-sig")
    assert "- Комментарии: 2" in readme.splitlines()
