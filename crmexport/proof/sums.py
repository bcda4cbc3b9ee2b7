"""`SHA256SUMS`: the fingerprint of every file in the folder, in the form that the usual tools check."""

from collections.abc import Iterator
from pathlib import Path

from crmexport.archive.content import digest_of

NAME = "SHA256SUMS"


def write_sums(folder: Path) -> Path:
    """List every file under `folder` but the list itself, in the order of their names. Gives the list's path."""
    path = folder / NAME
    new = path.with_name(NAME + ".new")
    lines = (
        f"{digest_of(file)}  {file.relative_to(folder).as_posix()}\n"
        for file in _files(folder)
        if file != new
    )
    with new.open("w", encoding="utf-8", newline="\n") as out:
        out.writelines(lines)
    new.replace(path)
    return path


def _files(folder: Path) -> Iterator[Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and path != folder / NAME)
    return iter(sorted(found, key=lambda path: path.relative_to(folder).as_posix()))
