"""Whether a record says the same as before, though some of its fields differ.

Odoo works many fields out whenever they are asked for: by the clock (how long a deal has been in its stage), by who is
looking (whether a colleague is online), by what hangs on the record (its messages, its activities, their number). None of
these is an edit of the record: that moves its `write_date`. Names: Odoo 19 (`mail`, `rating`, `calendar`, `crm`, `project`).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from crmexport_odoo.definitions import HEAVY

_of_the_moment = re.compile(
    r"""
    duration_tracking | is_rotting | rotting_\w+ | tz_offset | calendar_last_notif_ack
    | im_status | manual_im_status | offline_since | is_out_of_office | presence_ids | login_date | log_ids | device_ids
    | needaction | starred | has_error | notification_ids | meeting_(?:ids|display_\w+) | current_\w+
    | (?:my_)?activity_\w+ | (?:website_)?message_\w+ | rating_\w+ | \w+_count | \w+_counter
    """,
    re.VERBOSE,
).fullmatch


def says_nothing_new(before: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether every field that `now` has was the same before. Fields that it lacks could not be worked out this time.

    The sweep shows a linked record by its number alone.
    """
    return all(
        (name in before and (before[name] == value or _is_number_of(value, before[name])))
        or _of_the_moment(name)
        for name, value in now.items()
    )


def own(value: Mapping[str, Any], computed: Collection[str]) -> dict[str, Any]:
    """What an edit of this record alone changes: not what is worked out of others, nor lists of records, which grow at the others' ends.

    A linked record counts by its number: its title is its own.
    """
    kept = {name: inner for name, inner in value.items() if name not in computed}
    told = {name: inner[0] if is_link(inner) else inner for name, inner in kept.items()}
    return {name: inner for name, inner in told.items() if not isinstance(inner, list)}


def missing(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """The fields with a value that a record has no more, but for those that are worked out at the moment of asking, and those that
    only an earlier version of this connector asked for.
    """
    lacking = (name for name, value in before.items() if value and name not in now)
    return (name for name in lacking if name not in HEAVY and not _of_the_moment(name))


def _is_number_of(now: Any, before: Any) -> bool:
    """Whether `before` is a record as number and title, and `now` its number."""
    return type(now) is int and isinstance(before, list) and len(before) == 2 and before[0] == now


def is_link(value: Any) -> bool:
    """Whether this is a record as number and title."""
    return isinstance(value, list) and [type(one) for one in value] == [int, str]
