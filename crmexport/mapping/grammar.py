"""What a from-mapping may say: the schema of `mappings/from/*.yaml`. The prose is in docs/mapping.md."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, create_model

from crmexport.model import ENTITIES


def _as_rule(value: Any) -> Any:
    """A lone text is a path."""
    return {"path": value} if isinstance(value, str) else value


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class Strict(BaseModel):
    """Keys that nobody knows are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


Names = Annotated[list[str], BeforeValidator(_as_list, json_schema_input_type=list[str] | str)]


class Rule(Strict):
    """How one value is found in a record and read. Without `is` or `ref` the type of the field decides."""

    path: str | None = None
    template: str | None = None
    is_: str | None = Field(None, alias="is")
    ref: Names = []
    stream: str | None = None
    prefix: str = ""
    by: str | None = None
    currency: str | None = None
    map: dict[str, str] | None = None
    each: "dict[str, RuleOrPath] | None" = None
    match: str | None = None
    split: str | None = None
    join: str | None = None
    default: str | int | bool | None = None
    zone: str | None = None
    month_base: int | None = None
    unit: str | None = None

    def options(self) -> dict[str, Any]:
        """The options of a transform that this rule gives."""
        given = {"map": self.map, "zone": self.zone, "month_base": self.month_base, "unit": self.unit}
        return {name: value for name, value in given.items() if value is not None}


RuleOrPath = Annotated[Rule, BeforeValidator(_as_rule, json_schema_input_type=Rule | str)]


class Block(Strict):
    """How one or several streams become an entity: one per record, or (`each`) one per item of a list in the record."""

    from_: Names = Field(alias="from")
    where: str | None = None
    each: str | None = None
    unique: bool | Literal["last"] = False
    fields: dict[str, RuleOrPath]
    custom: Literal["by_label", "item", "items", "none"] = "by_label"
    ignore: list[str] = []


Blocks = Annotated[list[Block], BeforeValidator(_as_list, json_schema_input_type=list[Block] | Block)]


class Definitions(Strict):
    """Where the source describes its custom fields: the dictionary stream and what stands where in its records."""

    from_: Names = Field(alias="from")
    where: str | None = None
    key: str
    label: str
    stream: str
    streams: dict[str, str] = {}
    scope: str | None = None
    type: str | None = None
    types: dict[str, str] = {}
    choices: str | None = None
    target: str | None = None
    unit: str | None = None
    named: list[str] = []


class ZoneFrom(Strict):
    """Where the archive itself tells the zone of the account: a stream, and the path in its records."""

    from_: str = Field(alias="from")
    path: str


class ListedFields(Strict):
    """A list in which the source keeps fields of its records: where each item tells the field's name, and where the value."""

    from_: str = Field(alias="from")
    name: str
    value: str
    ignore: list[str] = []


class ListApart(Strict):
    """A list that the source keeps apart from the record it belongs to: the streams of what stands in it, and what to take of that."""

    from_: Names = Field(alias="from")
    path: str = "@"


class _Frame(Strict):
    """All that a from-mapping says beside its entities."""

    source: str
    zone: str = "utc"
    zone_from: ZoneFrom | None = None
    local_times: bool = False
    month_base: int = 1
    kind_key: str | None = None
    id_key: str = "id"
    name_key: str = "name"
    money_keys: tuple[str, str] | None = None
    kinds: dict[str, RuleOrPath] = {}
    custom_fields: Definitions | None = None
    unfold: list[ListedFields | str] = []
    lists: dict[str, ListApart] = {}
    ignore: list[str] = []
    raw_only: list[str] = []


Rule.model_rebuild()
_per_entity: dict[str, Any] = {name: (Blocks, []) for name in ENTITIES}
SourceFile: type[_Frame] = create_model("SourceFile", __base__=_Frame, **_per_entity)
"""A whole from-mapping: the frame, and a block or a list of blocks under the name of each entity."""

Frame = _Frame
