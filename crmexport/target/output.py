"""What an export leaves behind: one `Output` for each file, and the counts of all that could not be kept as it was."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Output:
    """One file written: `path` within the output folder, its rows (a workbook: of all sheets), and counts by what befell values.

    `table` is the name of the table it holds, all or a part of it; "" when it is no table's file.
    """

    path: str
    rows: int
    sha256: str
    target: str
    notes: Mapping[str, int] = field(default_factory=dict)
    table: str = ""


def output(root: Path, path: Path, rows: int, target: str, notes: Counter[str], table: str = "") -> Output:
    """The `Output` of the finished file at `path`, below `root`."""
    kept = {name: count for name, count in sorted(notes.items()) if count}
    return Output(path.relative_to(root).as_posix(), rows, file_sha256(path), target, kept, table)


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
