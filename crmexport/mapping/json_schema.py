"""JSON Schemas of the mapping files, for editors: VS Code completes keys and marks mistakes while one types.

They are made from the models that read the files, published in docs/schema and shipped with the program.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

import crmexport
from crmexport.mapping.grammar import SourceFile
from crmexport.mapping.maps import PeopleMap, StageMap
from crmexport.mapping.to.schema import Layout

MODELS: dict[str, type[BaseModel]] = {
    "layout": Layout,
    "source": SourceFile,
    "people": PeopleMap,
    "stages": StageMap,
}
"""The kinds of files there are: layouts, from-mappings, people maps, stage maps."""
_MARK = "# yaml-language-server: $schema="


def schema_text(name: str) -> str:
    """The schema of one kind of file, as JSON."""
    schema: dict[str, Any] = MODELS[name].model_json_schema(by_alias=True)
    if name == "layout":  # what a layout does not say, the one that it is like may say
        schema["anyOf"] = [{"required": [key]} for key in (*schema.pop("required"), "like")]
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def write_schemas(folder: Path) -> None:
    """Write all schemas into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in MODELS:
        (folder / f"{name}.json").write_text(schema_text(name), encoding="utf-8", newline="\n")


def schema_folder() -> Path:
    """Where the published schemas are, in an installed package or in a checkout."""
    package = Path(crmexport.__file__).resolve().parent
    installed = package / "schema"
    return installed if installed.is_dir() else package.parent / "docs" / "schema"


def schema_line(name: str) -> str:
    """The first line of a file of a person's own, which tells the editor where the schema on this computer is."""
    return f"{_MARK}{(schema_folder() / f'{name}.json').as_uri()}"


def without_schema_line(text: str) -> str:
    """`text` without such a line at its beginning."""
    head, _newline, rest = text.partition("\n")
    return rest if head.startswith(_MARK) else text
