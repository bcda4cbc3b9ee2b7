"""The published schemas are those of the models, and every mapping file that we ship follows its own."""

import json
from pathlib import Path
from urllib.request import url2pathname

import pytest
from jsonschema import Draft202012Validator

from crmexport.mapping import mapping_folder
from crmexport.mapping.json_schema import MODELS, schema_folder, schema_line, schema_text, without_schema_line
from crmexport.mapping.yaml_file import read_yaml

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema"
FILES = [*mapping_folder("from").glob("*.yaml"), *mapping_folder("to").glob("*.yaml")]


@pytest.mark.parametrize("name", MODELS)
def test_the_published_schema_is_current(name: str) -> None:
    assert (PUBLISHED / f"{name}.json").read_text(encoding="utf-8") == schema_text(name), "run: make schemas"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_mapping_file_names_its_schema(path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    mark, _equals, schema = first.partition("=")
    assert mark == "# yaml-language-server: $schema"
    assert (path.parent / schema).resolve() == PUBLISHED / (
        "layout.json" if path.parent.name == "to" else "source.json"
    )


def of_file(path: Path) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_text("layout" if path.parent.name == "to" else "source")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_mapping_file_follows_its_schema(path: Path) -> None:
    data, _positions = read_yaml(path)
    assert [error.message for error in of_file(path).iter_errors(data)] == []


def test_an_editor_marks_what_is_wrong() -> None:
    wrong = {"format": "csv", "tables": {"t": {"from": "deal", "columns": {"A": {"pth": "name"}}}}}
    assert not of_file(Path("to/x.yaml")).is_valid(wrong)
    assert not of_file(Path("to/x.yaml")).is_valid({"entities": "all"})
    assert of_file(Path("to/x.yaml")).is_valid({"like": "csv"})


def test_a_line_of_ones_own_leads_to_a_schema_on_this_computer() -> None:
    line = schema_line("layout")
    assert Path(url2pathname(line.partition("file://")[2])).is_file()
    assert schema_folder().is_dir()
    assert without_schema_line(f"{line}\nformat: csv\n") == "format: csv\n"
    assert without_schema_line("format: csv\n") == "format: csv\n"
