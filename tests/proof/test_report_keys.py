"""docs/report.md shows a report.json with every key that there is: scripts of those who hand over data rely on it."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from crmexport.archive.equation import Balance
from crmexport.proof.report import Output, Report, Sample

PAGE = Path(__file__).parents[2] / "docs" / "report.md"


def shown() -> dict[str, Any]:
    """The example of the page."""
    (text,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    found: dict[str, Any] = json.loads(text)
    return found


def made() -> dict[str, Any]:
    """A report of nothing."""
    parts: dict[str, Any] = {"streams": {}, "titles": {}, "gaps": [], "outputs": [], "files": {}}
    report = Report(Path(), {}, {"outcome": "complete"}, **parts, sample=Sample(asked=1, same=1))
    return report.as_dict()


def test_the_page_has_the_keys_of_a_report_in_their_order() -> None:
    assert [*shown()] == [*made()]


def test_the_page_has_the_keys_within_them() -> None:
    page, report = shown(), made()
    for key in ("archive", "mapping", "sample"):
        assert [*page[key]] == [*report[key]]
    assert [*page["streams"]["deal"]] == [one.name for one in fields(Balance)]
    assert [*page["outputs"][0]] == [one.name for one in fields(Output)]
