"""What a people map and a stage map may say. The keys are explained for people in docs/mapping-tools.md."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from crmexport.errors import ConfigurationError
from crmexport.text import _

OTHER_TABLES = (".csv", ".tsv", ".xls", ".xlsb", ".ods", ".numbers")
"""What spreadsheets may be saved as besides: none of these can be read as a map."""


def is_workbook(path: Path) -> bool:
    """Whether the file of a map is an Excel workbook, by its name; all others are YAML.

    Raises ConfigurationError for the name of another kind of spreadsheet.
    """
    ending = path.suffix.lower()
    if ending in OTHER_TABLES:
        raise ConfigurationError(
            _(
                "{file}: such a map is an Excel workbook (.xlsx) or a YAML file. In Excel: “Save as”, “Excel Workbook (*.xlsx)”; "
                "then name that file."
            ).format(file=path)
        )
    return ending in (".xlsx", ".xlsm")


def _filled(value: Any) -> Any:
    """An empty cell, or a key with nothing behind it, is an empty text."""
    return "" if value is None else value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class User(_Strict):
    """Somebody in the next system. Without `first_name` and `last_name`, the last word of the name is the last name."""

    name: str = ""
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    id: str | None = None


UserOrName = Annotated[str | User, BeforeValidator(_filled, json_schema_input_type=str | User | None)]


class Person(_Strict):
    """Somebody in the old one: `new` is for you to fill in, everything else is there to tell you who it is.

    `works: false` marks those who left, `records` says how many records name the person.
    """

    name: str = ""
    position: str = ""
    email: str = ""
    works: bool = True
    records: int = 0
    new: UserOrName = ""


class PeopleMap(_Strict):
    """All people. `placeholder` stands for those without `new`; `others` for those who are not in the file at all."""

    placeholder: UserOrName = ""
    others: UserOrName = ""
    people: dict[str, Person] = Field(default_factory=dict)


class Place(_Strict):
    """A pipeline or a stage of the next system."""

    name: str = ""
    id: str | None = None


PlaceOrName = Annotated[str | Place, BeforeValidator(_filled, json_schema_input_type=str | Place | None)]


class Stage(_Strict):
    """A stage of the old system: `new` is for you to fill in."""

    name: str = ""
    new: PlaceOrName = ""


class Pipeline(_Strict):
    """A pipeline of the old system with its stages: `new` is for you to fill in."""

    name: str = ""
    new: PlaceOrName = ""
    stages: dict[str, Stage] = Field(default_factory=dict)


class Default(_Strict):
    """A pipeline and a stage for what has none of its own."""

    pipeline: PlaceOrName = ""
    stage: PlaceOrName = ""


DefaultOrName = Annotated[
    str | Default, BeforeValidator(_filled, json_schema_input_type=str | Default | None)
]


class StageMap(_Strict):
    """All pipelines with their stages, and stages of anything else under `stages`.

    `placeholder` stands for those without `new`; `others` for those that are not in the file. A lone text is a stage.
    """

    placeholder: DefaultOrName = ""
    others: DefaultOrName = ""
    pipelines: dict[str, Pipeline] = Field(default_factory=dict)
    stages: dict[str, Stage] = Field(default_factory=dict)


def default_of(given: str | Default) -> Default:
    """A `placeholder` or `others` of a stage map; a lone text is a stage."""
    return Default(stage=given) if isinstance(given, str) else given
