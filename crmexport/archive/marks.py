"""Several descriptions of one file: whether they are of the same bytes, by size and the mark that the source gives these; and all they tell."""

import json

from crmexport.source import FileRef


def is_other(size: int | None, meta: str, file: FileRef) -> bool:
    """Whether what was known of a file, its size in bytes and its description (JSON text), is of other bytes than `file` tells.

    What only one of them tells, says nothing.
    """
    marks = (_told(meta, file.mark), _told(file.meta, file.mark)) if file.mark else (None, None)
    return _differ(size, file.size) or _differ(*marks)


def together(before: str, now: str) -> str:
    """Two descriptions of a file (JSON texts) as one: what both tell as the later does. Where a file hangs it may be told less of than in a list of files."""
    if before == now:
        return now
    known, told = _decoded(before), _decoded(now)
    if not isinstance(known, dict) or not isinstance(told, dict) or known.keys() <= told.keys():
        return now
    return json.dumps({**known, **told}, ensure_ascii=False)


def _differ(before: object, now: object) -> bool:
    return None not in (before, now) and before != now


def _told(meta: str, mark: str) -> str | None:
    """The mark in a description, as JSON; None also where the description is damaged, which `archive check` tells."""
    decoded = _decoded(meta)
    value = decoded.get(mark) if isinstance(decoded, dict) else None
    # some sources write false where there is nothing
    return None if value is None or value is False else json.dumps(value, sort_keys=True)


def _decoded(meta: str) -> object:
    try:
        return json.loads(meta)
    except ValueError:
        return None
