"""Two descriptions of one file: whether they are of the same bytes, and what both tell together."""

import pytest

from crmexport.archive.marks import is_other, together
from crmexport.source import FileRef, Request


def file(size: int | None, meta: str, mark: str | None = "version") -> FileRef:
    return FileRef("1", "film.avi", size, ("thing", "1"), meta, Request("file", "/1", is_file=True), mark)


@pytest.mark.parametrize(
    ("size", "meta", "now", "other"),
    [
        (3, "{}", file(3, "{}"), False),
        (3, "{}", file(4, "{}"), True),
        (0, "{}", file(4, "{}"), True),
        (None, "{}", file(4, "{}"), False),
        (3, "{}", file(None, "{}"), False),
        (None, '{"version": 1}', file(None, '{"version": 1}'), False),
        (None, '{"version": 1}', file(None, '{"version": 2}'), True),
        (3, '{"version": 1}', file(3, '{"version": 2}'), True),
        (None, '{"version": 1}', file(None, '{"version": "1"}'), True),
        (None, '{"version": 1}', file(None, "{}"), False),
        (None, '{"version": false}', file(None, '{"version": 2}'), False),
        (None, '{"version": null}', file(None, '{"version": 2}'), False),
        (None, '{"version": 0}', file(None, '{"version": 2}'), True),
        (None, '{"version": {"a": 1, "b": 2}}', file(None, '{"version": {"b": 2, "a": 1}}'), False),
        (None, '{"version": 1}', file(None, '{"version": 2}', mark=None), False),
        (None, '{"vers', file(None, '{"version": 2}'), False),
        (None, "[]", file(None, '{"version": 2}'), False),
    ],
)
def test_bytes_are_others_where_both_tell_something_else(
    size: int | None, meta: str, now: FileRef, other: bool
) -> None:
    """What only one of them tells, says nothing; some sources write false where there is nothing."""
    assert is_other(size, meta, now) is other


@pytest.mark.parametrize(
    ("before", "now", "both"),
    [
        ('{"a":1}', '{"a":1}', '{"a":1}'),
        ('{"a": 1}', '{"a": 2, "b": 3}', '{"a": 2, "b": 3}'),
        ('{"a": 1, "б": "я"}', '{"a": 2}', '{"a": 2, "б": "я"}'),
        ('{"a": 1, "b": 2}', '{"c": 3}', '{"a": 1, "b": 2, "c": 3}'),
        ('{"b": 1}', '{"b":  1}', '{"b":  1}'),
        ('{"a', '{"b": 1}', '{"b": 1}'),
        ('{"a": 1}', '{"b', '{"b'),
        ("[1]", '{"b": 1}', '{"b": 1}'),
        ('{"a": 1}', "[1]", "[1]"),
    ],
)
def test_the_later_counts_and_the_earlier_fills_it_up(before: str, now: str, both: str) -> None:
    assert together(before, now) == both
