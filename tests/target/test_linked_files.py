"""What a row shows of files linked to it says where they lie, as the rows of the files themselves do."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from crmexport.model import Ref
from crmexport.target import Output
from tests.target.invented import Entities

PLACE = "files/deal/31 +Поставка/Договор.pdf"
LAYOUT = """
format: csv
tables:
  deals:
    from: deal
    columns:
      Name: name
      File: files.held_path
      All: {text: "[see {files.held_path}]"}
  files:
    from: file
    columns: {Path: held_path}
"""


def test_a_row_tells_where_its_files_are(
    exporting: Callable[..., list[Output]], made: Entities, tmp_path: Path
) -> None:
    deals: Any = made["deal"]
    deals[0]["files"] = [Ref("file", "f1", "Договор.pdf")]
    (tmp_path / "mine.yaml").write_text(LAYOUT, encoding="utf-8")
    exporting(str(tmp_path / "mine.yaml"))
    with (tmp_path / "out" / "mine" / "deals.csv").open(encoding="utf-8", newline="") as file:
        first = next(csv.DictReader(file))
    assert first["File"] == PLACE
    assert first["All"] == f"see {PLACE}"
