"""How many records may be gone at once without anybody's word for it. When a sign-in sees less than before, it looks just the same."""

from collections.abc import Sequence

from crmexport.archive.withheld import Withheld
from crmexport.source import Gap, GapKind
from crmexport.text import _

FEW, UNBELIEVABLE = 20, 0.1  # records gone at once: so many, or this part of all, need no second word
ALL = 3  # but all of these do: so it looks where a module or a right was taken away


def is_few(missing: int, held: int) -> bool:
    """Whether so many records of a stream may be gone at once without anybody's word for it."""
    return missing <= max(FEW, held * UNBELIEVABLE) and (missing < held or held < ALL)


def is_little(missing: int, parents: int, held: int) -> bool:
    """Whether so many records that hung under so many `parents` may be gone. A door that was closed is closed for all of these."""
    return parents < ALL or is_few(missing, held)


def unbelievable(stream: str, id: str, missing: int, held: int) -> Gap:
    """The gap for them, called `id`: nothing of the stream is marked as deleted."""
    reason = _(
        "{missing} of {held} records are not shown any more. They were deleted, or this sign-in may see less than before. "
        "All are kept. If they were deleted, pull once with --believe-deletions."
    )
    return _gap(stream, id, reason, missing, held)


def unbelievable_under(stream: str, id: str, missing: int, held: int) -> Gap:
    """The same for what hangs under records: lists of that are read again in a full pull only."""
    reason = _(
        "{missing} of {held} records are not shown any more where they hung. They were deleted, or this sign-in may see less than "
        "before. All are kept. Once it sees them again, pull with --full; if they were deleted, with --full --believe-deletions."
    )
    return _gap(stream, id, reason, missing, held)


def hidden_fields(stream: str, id: str, fields: Sequence[Withheld]) -> Gap:
    """The gap for fields of a stream that come no more."""
    named = ", ".join(f"{one.field} ({one.example} …)" for one in fields)
    reason = _(
        "Records had values in fields that come no more: {named}. They are hidden from this sign-in, were deleted or have other "
        "names now. Exports show what they said last, which may be out of date. Pull with --full by somebody who may see them."
    )
    return Gap(stream, id, GapKind.REFUSED, reason.format(named=named))


def _gap(stream: str, id: str, reason: str, missing: int, held: int) -> Gap:
    return Gap(stream, id, GapKind.REFUSED, reason.format(missing=missing, held=held))
