"""`SHA256SUMS`: the fingerprint of every file in the folder, in the form that the usual tools check."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

from crmexport.archive.content import digest_of
from crmexport.archive.database import FILE
from crmexport.disk import anew, reachable
from crmexport.target.files import FOLDER
from crmexport.text import _
from crmexport.watch import Watch, counted, nobody

NAME = "SHA256SUMS"
# What Finder, Explorer and Office leave in a folder that somebody looks into, change at each look and take away again: it would be told
# as a change of what was handed over. Of ours, marks begin with a dot, which tell nothing, and what an export leaves that is cut off, which
# the next one takes away; an attachment may be called as the others are.
_of_a_mac = re.compile(r"\.DS_Store|\._.*|Icon\r", re.DOTALL).fullmatch
_our_mark = re.compile(r"\.crmexport-.*", re.DOTALL).fullmatch
_of_windows = re.compile(r"Thumbs\.db|desktop\.ini|~\$.*", re.IGNORECASE | re.DOTALL).fullmatch


def write_sums(folder: Path, watch: Watch = nobody) -> Path:
    """List every file under `folder` but the list itself, in the order of their names. Gives the list's path.

    A name that is no text on this computer (unpacked from an archive of Windows, say) stands there in its own bytes, as those tools have it.
    """
    root = reachable(folder)
    files = counted(_files(root), watch, _("fingerprints of all files"))
    with anew(root / NAME) as new:
        lines = (_line(digest_of(file), file.relative_to(root).as_posix()) for file in files if file != new)
        with new.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as out:
            out.writelines(lines)
    return folder / NAME


def names(folder: Path) -> Iterator[str]:
    """The files that the list would name."""
    root = reachable(folder)
    return (file.relative_to(root).as_posix() for file in _files(root))


def _line(digest: str, name: str) -> str:
    """As `sha256sum` writes it: what would spoil the line is escaped, which a backslash at its beginning tells.

    (GNU coreutils manual, “md5sum invocation”. It escapes carriage returns, too, which older ones do not understand.)
    """
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n")
    return f"{'' if escaped == name else chr(92)}{digest}  {escaped}\n"


def _files(folder: Path) -> Iterator[Path]:
    """All files but the list itself and what a desktop leaves, without links that lead nowhere and what else has no bytes; an archive
    that lies in the folder has its own check and goes on changing.
    """
    for parent, folders, names in os.walk(folder):
        here = Path(parent)
        folders[:] = sorted(
            name
            for name in folders
            if not (here / name / FILE).exists() and not (here == folder and _our_mark(name))
        )
        is_attachment = folder / FOLDER in (here, *here.parents)
        for name in sorted(names):
            if (
                not _is_left(name, is_attachment)
                and (file := here / name) != folder / NAME
                and file.is_file()
            ):
                yield file


def _is_left(name: str, is_attachment: bool) -> bool:
    """Whether a desktop has left the file, and no export, or we have as a mark."""
    return bool(_of_a_mac(name) or (not is_attachment and (_of_windows(name) or _our_mark(name))))
