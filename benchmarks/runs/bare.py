"""The floor to compare with: `requests.Session` and `json.loads` of the recorded pages, nothing kept.

python -m benchmarks.runs.bare PLAN [expect]; with "expect" it also tells the JSON Schema of each stream, for the tap.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import requests

KINDS = {str: "string", bool: "boolean", int: "number", float: "number", dict: "object", list: "array"}
Schema = dict[str, Any]


def main(plan_file: str, expect: str = "") -> None:
    """Ask every page once, count the records and add up their ids."""
    plan = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {os.environ['CRMEXPORT_TOKEN']}"
    count, ids = 0, 0
    schemas: dict[str, Schema] = {stream: {} for stream in plan["pages"]}
    for stream, paths in plan["pages"].items():
        for path in paths:
            records = json.loads(session.get(plan["url"] + path).content)["data"]
            count += len(records)
            ids += sum(int(record["id"]) for record in records)
            if expect:
                for record in records:
                    learn(schemas[stream], record)
    print(json.dumps({"count": count, "ids": ids, **({"schemas": schemas} if expect else {})}))


def learn(schema: Schema, value: Any) -> None:
    """Widen `schema` so that it allows `value`: what the maker of a tap writes down by hand."""
    kinds = schema.setdefault("type", ["null"])
    kind = KINDS.get(type(value), "null")
    if kind not in kinds:
        kinds.append(kind)
    if isinstance(value, dict):
        for name, inner in value.items():
            learn(schema.setdefault("properties", {}).setdefault(name, {}), inner)
    elif isinstance(value, list):
        for inner in value:
            learn(schema.setdefault("items", {}), inner)


if __name__ == "__main__":
    main(*sys.argv[1:])
