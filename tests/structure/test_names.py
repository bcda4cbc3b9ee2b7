"""Every file of the project can be there on Windows: a module named after a device of it vanishes when it is installed."""

from collections import Counter
from pathlib import Path

from crmexport.target.names import safe_name

ROOT = Path(__file__).parents[2]
FOLDERS = ("crmexport", "connectors", "mappings", "tests", "docs", "benchmarks")
FILES = [
    path.relative_to(ROOT)
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*")
    if "__pycache__" not in path.parts
]


def test_no_file_or_folder_has_a_name_that_windows_refuses() -> None:
    assert len(FILES) > 500
    assert not [str(path) for path in FILES for part in path.parts if safe_name(part, "") != part]


def test_no_two_files_differ_in_upper_and_lower_case_only() -> None:
    assert max(Counter(str(path).casefold() for path in FILES).values()) == 1
