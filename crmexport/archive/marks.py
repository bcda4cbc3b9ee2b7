"""Whether a file is another one than the one that was described before: by its size and the mark that the source gives its bytes."""

import json

from crmexport.source import FileRef


def is_other(size: int | None, meta: str, file: FileRef) -> bool:
    """Whether what was known of a file, its size in bytes and its description (JSON text), is of other bytes than `file` tells.

    What only one of them tells, says nothing.
    """
    marks = (_told(meta, file.mark), _told(file.meta, file.mark)) if file.mark else (None, None)
    return _differ(size, file.size) or _differ(*marks)


def _differ(before: object, now: object) -> bool:
    return None not in (before, now) and before != now


def _told(meta: str, mark: str) -> str | None:
    """The mark in a description, as JSON; None also where the description is damaged, which `archive check` tells."""
    try:
        decoded = json.loads(meta)
    except ValueError:
        return None
    value = decoded.get(mark) if isinstance(decoded, dict) else None
    # some sources write false where there is nothing
    return None if value is None or value is False else json.dumps(value, sort_keys=True)
