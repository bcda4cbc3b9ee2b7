"""Files, wherever in a record they hang: attachments, comments, custom fields, avatars (Megaplan reference, §9).

A file's `path` is asked of the account's own host exactly as told, never encoded again. A path that leads to another
host, or to anything that is not a place for files, is not asked but told as a gap.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from crmexport.source import FileRef, Gap, GapKind, Key, Request
from crmexport.text import _, encodable
from crmexport_megaplan.kinds import OWNER_OF, WORTH
from crmexport_megaplan.reads import FILE_PATH

Object = Mapping[str, Any]

FILE_MARK = b'"File"'  # in the bytes of every record that holds a file
# A file named by dots: no client and no server lets such a path through unchanged. What stands before the name tells the
# file, so another name is asked.
_DOTS_AT_END = re.compile(r"/\.{1,2}$")
_USUAL_PORTS = {"http": 80, "https": 443}
_AS_TOLD = "%/?&=+,;:@!$'()*[]~-._"


@dataclass(slots=True)
class Found:
    """The files of an answer; those that cannot be fetched; and by record those that came without a path."""

    files: list[FileRef] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    unclear: dict[Key, list[Gap]] = field(default_factory=dict)


_Name = tuple[str, str]
Parts = Mapping[_Name, Object]
"""What is no record and stands beside the records of an answer, by kind and id."""
_FILE = "File"


def parts_beside(included: Iterable[Any]) -> Parts:
    """The parts of records that stand beside them in the included form (§4.3), if a file hangs on any."""
    found = {
        (str(value["contentType"]), str(value["id"])): value
        for value in included
        if isinstance(value, dict) and {"contentType", "id"} < value.keys()
        if value["contentType"] not in (*OWNER_OF, _FILE)
    }
    return found if next(_walk(list(found.values()), ("", ""), {}, []), None) else {}


def files_in(url: str, roots: Iterable[tuple[Key, Object]], met: Sequence[Object], beside: Parts) -> Found:
    """The files within `roots` (records with their stream and id), and within those parts `beside` them that these name.

    `met` are all file objects of the answer. A file shown before in the same answer may be a bare link here (§4.3): its description is
    taken from where it was shown.
    """
    whole: dict[str, Object] = {}
    for value in met:
        if "path" in value:
            whole.setdefault(str(value.get("id")), value)
    found = Found()
    for root, record in roots:
        for owner, value in _reached(record, root, beside):
            _add(found, url, root, owner, whole.get(str(value.get("id")), value))
    return found


def file_path(url: str, told: str) -> str | None:
    """The path to ask of the account at `url`, or None where `told` leads elsewhere, or is no address: people type what they like."""
    try:
        parts = urlsplit(told)
        if parts.netloc:
            if not is_here(url, parts):
                return None
            told = told[told.index(parts.netloc) + len(parts.netloc) :]
        path = _DOTS_AT_END.sub("/file", quote(told, safe=_AS_TOLD))
    except ValueError:
        return None
    return path if FILE_PATH.fullmatch(path.partition("?")[0]) else None


def is_here(url: str, parts: SplitResult) -> bool:
    """Whether an address is on the host of the account at `url`, in whatever capitals, and with or without what needs no saying."""
    here = urlsplit(url)
    scheme = parts.scheme or here.scheme
    return scheme in _USUAL_PORTS and _host(parts.netloc, scheme) == _host(here.netloc, here.scheme)


def _host(netloc: str, scheme: str) -> str:
    return netloc.lower().removesuffix(f":{_USUAL_PORTS[scheme]}")


def _reached(record: Object, root: Key, beside: Parts) -> Iterator[tuple[Key, Object]]:
    """Every file object within a record, and within what it or its parts name of `beside`, with the nearest record around it.

    Each part once, and none within another: parts may name one another, and lead on without end.
    """
    named: list[tuple[Key, _Name]] = []
    yield from _walk(record, root, beside, named)
    seen: set[_Name] = set()
    for owner, name in named:  # which grows meanwhile
        if name not in seen:
            seen.add(name)
            yield from _walk(beside[name], owner, beside, named)


def _walk(
    value: Any, owner: Key, beside: Parts, named: list[tuple[Key, _Name]]
) -> Iterator[tuple[Key, Object]]:
    """Every file object within `value`, with the nearest record around it; so goes into `named` what it names of `beside`."""
    if isinstance(value, dict) and value.get("contentType") == _FILE:
        yield owner, value
        return
    if beside and isinstance(value, dict) and len(value) == len(("contentType", "id")):
        key = str(value.get("contentType")), str(value.get("id"))
        if key in beside:
            named.append((owner, key))
            return
    owner, parts = within(value, owner)
    for inner in parts:
        if isinstance(inner, (dict, list)):
            yield from _walk(inner, owner, beside, named)


def within(value: Any, owner: Key) -> tuple[Key, Iterable[Any]]:
    """The nearest record around what stands directly within `value`, and that; `owner` is the nearest around `value` itself."""
    if isinstance(value, list):
        return owner, value
    if not isinstance(value, dict):
        return owner, ()
    kind = value.get("contentType")
    if kind in OWNER_OF and value.get("id") is not None:
        owner = (OWNER_OF[kind], str(value["id"]))
    return owner, value.values()


def _add(found: Found, url: str, root: Key, owner: Key, value: Object) -> None:
    if value.get("id") is None:
        return
    id, told = str(value["id"]), value.get("path")
    if not isinstance(told, str) or not told:
        gap = Gap("file", id, GapKind.REFUSED, _("The source does not say where the file is."))
        found.unclear.setdefault(root, []).append(gap)
        return
    path = file_path(url, told)
    if path is None:
        reason = _("The file lies outside this account, at {path}: it is not fetched.").format(path=told)
        found.gaps.append(Gap("file", id, GapKind.REFUSED, reason))
        return
    found.files.append(reference(id, owner, path, value))


def reference(id: str, owner: Key, path: str, value: Object) -> FileRef:
    """A file that hangs on `owner`, with the request for its bytes."""
    size = value.get("size")
    size = size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None
    name = encodable(str(value.get("name") or id))
    request = Request(
        "file",
        path,
        worth=WORTH["file"],
        is_file=True,
        subject=("file", id),
        context={"name": name, "size": size},
    )
    return FileRef(id, name, size, owner, json.dumps(value, ensure_ascii=False), request)
