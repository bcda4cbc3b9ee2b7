"""Whether a file is another one than the one that was described before, by the mark that the source gives its bytes."""

import json


def is_replaced(before: str, now: str, mark: str) -> bool:
    """Whether two descriptions of a file (JSON texts) both tell its `mark`, and tell it differently."""
    marks = {value for value in (_told(before, mark), _told(now, mark)) if value is not None}
    return len(marks) == 2


def _told(meta: str, mark: str) -> str | None:
    """The mark in a description, as JSON; None also where the description is damaged, which `archive check` tells."""
    try:
        decoded = json.loads(meta)
    except ValueError:
        return None
    value = decoded.get(mark) if isinstance(decoded, dict) else None
    # some sources write false where there is nothing
    return None if value is None or value is False else json.dumps(value, sort_keys=True)
