"""The lines for cron in the documentation: run by a shell, they write to somebody whenever a night was not complete."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
LINE = re.compile(r"^0 \d \S+ \S+ \S+  (.*mail -s CRM me)$", re.MULTILINE)
LINES = [
    pytest.param(line, id=f"{page.parent.name}-{number}")
    for page in (DOCS / "backups.md", DOCS / "ru" / "backups.md")
    for number, line in enumerate(LINE.findall(page.read_text(encoding="utf-8")))
]

pytestmark = pytest.mark.skipif(shutil.which("sh") is None or os.name == "nt", reason="cron is of Unix")


def writes(folder: Path, line: str, code: int) -> bool:
    """Whether `line` writes a letter when crmexport ends with `code`; its log lies in `folder` then."""
    for name, does in (("crmexport", f"exit {code}"), ("mail", "touch letter")):
        (folder / name).write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    typed = re.sub(r"/(home|Users)/me/crm", str(folder), line)
    environment = {"PATH": f"{folder}:/usr/bin:/bin"}
    subprocess.run(["sh", "-c", typed], check=False, cwd=folder, env=environment, capture_output=True)
    return (folder / "letter").exists()


def test_both_pages_have_a_line_for_every_night_and_one_for_every_month() -> None:
    assert len(LINES) == 4


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize(("code", "is_letter"), [(0, False), (1, True), (3, True)])
def test_a_letter_comes_when_a_night_was_not_complete(
    tmp_path: Path, line: str, code: int, is_letter: bool
) -> None:
    (tmp_path / "token").write_text("CRMEXPORT_TOKEN=t\n", encoding="utf-8")
    assert writes(tmp_path, line, code) == is_letter
    assert (tmp_path / "backup.log").exists()


@pytest.mark.parametrize("line", LINES)
def test_a_letter_comes_when_the_token_is_gone(tmp_path: Path, line: str) -> None:
    assert writes(tmp_path, line, 0)
