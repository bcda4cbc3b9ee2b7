"""The floor to compare with: `requests.Session` and `json.loads` of the recorded pages, nothing kept.

python -m benchmarks.runs.bare PLAN [expect]; with "expect" it also tells which fields the records of each stream have.
"""

import json
import os
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import requests

KINDS = {str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array"}


def main(plan_file: str, expect: str = "") -> None:
    """Ask every page once, count the records and add up their ids."""
    plan = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {os.environ['CRMEXPORT_TOKEN']}"
    count, ids = 0, 0
    fields: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for stream, paths in plan["pages"].items():
        for path in paths:
            records = json.loads(session.get(plan["url"] + path).content)["data"]
            count += len(records)
            ids += sum(int(record["id"]) for record in records)
            if expect:
                _note(fields[stream], records)
    told: dict[str, Any] = {"count": count, "ids": ids}
    if expect:
        told["fields"] = {
            stream: {name: sorted(kinds) for name, kinds in seen.items()} for stream, seen in fields.items()
        }
    print(json.dumps(told))


def _note(seen: defaultdict[str, set[str]], records: list[dict[str, Any]]) -> None:
    for (name, kind), _times in Counter(
        (name, type(value)) for record in records for name, value in record.items()
    ).items():
        seen[name].add(KINDS.get(kind, "null"))


if __name__ == "__main__":
    main(*sys.argv[1:])
