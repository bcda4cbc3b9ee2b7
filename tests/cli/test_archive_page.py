"""docs/archive.md tells the truth: its scripts read what the program reads, and its tables are those of an archive."""

import json
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Table

from crmexport.archive import Archive, place_of
from crmexport.archive.schema import metadata
from crmexport.cli import demo, sandbox
from crmexport.pull import pull
from tests.cli.conftest import Run

PAGE = (Path(__file__).parents[2] / "docs" / "archive.md").read_text(encoding="utf-8")
READS_RECORDS, COPIES_FILES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    served = sandbox.make("megaplan", **demo.sizes(60))
    with served.running() as url:
        connector = demo.options.connector("megaplan", url, {})
        pull(tmp_path / "archive", connector, demo._credentials(served), rate=0)
    return tmp_path / "archive"


def output(script: str, *given: object) -> str:
    words = [sys.executable, "-c", script, *map(str, given)]
    return subprocess.run(words, check=True, capture_output=True, encoding="utf-8").stdout


def test_the_script_gives_every_record_that_the_program_gives(
    archive: Path, run: Run, tmp_path: Path
) -> None:
    assert run("export", "--archive", "archive", "--to", "raw", "--out", "out").code == 0
    lines = [json.loads(line) for line in output(READS_RECORDS, archive).splitlines()]
    theirs = {(one["stream"], one["id"]): (one["body"], one.get("parent")) for one in lines}
    ours = {}
    for file in (tmp_path / "out").glob("raw/*.jsonl"):
        for one in map(json.loads, file.read_bytes().splitlines()):
            parent = "/".join(one["parent"].values()) if "parent" in one else None
            ours[one["stream"], one["id"]] = one["body"], parent
    files = {key for key in ours if key[0] == "file"}
    assert len(lines) == len(theirs) > 500
    assert len(files) > 10
    assert theirs == {key: told for key, told in ours.items() if key not in files}


def test_the_other_gives_every_byte_of_the_attachments(archive: Path, tmp_path: Path) -> None:
    output(COPIES_FILES, archive, tmp_path / "copied")
    copied = sorted(sha256(path.read_bytes()).hexdigest() for path in (tmp_path / "copied").iterdir())
    with Archive.open(place_of(str(archive))) as opened:
        assert copied == sorted(file.sha256 for file in opened.files() if file.sha256)
    assert len(copied) > 10


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_table_and_column_is_told(table: Table) -> None:
    (row,) = re.findall(rf"^\| `{table.name}` \| .*$", PAGE, re.M)
    assert [one.name for one in table.columns if f"`{one.name}`" not in row] == []
