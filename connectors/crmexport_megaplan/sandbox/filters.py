"""What a list filter means here (Megaplan reference, §4.4). Terms on unknown fields are ignored, as Megaplan does."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from crmexport_megaplan.sandbox.query import Refused
from crmexport_megaplan.sandbox.values import DAY, seconds_of

if TYPE_CHECKING:
    from crmexport_megaplan.sandbox.account import InventedAccount

Keep = Callable[[str, int], bool]  # (contentType, index) -> does the list show it
HOUR = 3600
TIMES = frozenset({"timeCreated", "timeUpdated", "activity", "statusChangeTime"})
_ALWAYS: Keep = lambda kind, index: True  # noqa: E731


def check_class(given: Any, expected: str) -> dict[str, Any]:
    """The filter as an object of the class that the list takes."""
    if not isinstance(given, dict) or given.get("contentType") != expected:
        raise Refused(422, f"'stdClass' is not assignable to '{expected}'", "filter")
    return given


def terms_of(given: dict[str, Any]) -> dict[str, Any]:
    """The outermost group of terms."""
    config = given.get("config") or {}
    group: dict[str, Any] = config.get("termGroup") or {}
    return group


def names_in(group: dict[str, Any]) -> set[str]:
    """All field names in a group and the groups within it."""
    found: set[str] = set()
    for term in group.get("terms") or []:
        found |= names_in(term) if "terms" in term else {str(term.get("field"))}
    return found


def keeping(account: "InventedAccount", group: dict[str, Any], day_offset: int = 0) -> Keep:
    """The test that a group of terms makes; terms that nobody knows do not take part.

    A day begins `day_offset` hours after midnight, UTC.
    """
    terms = group.get("terms") or []
    tests = [test for term in terms if (test := _test(account, term, day_offset)) is not None]
    if not tests:
        return _ALWAYS
    if group.get("join") == "or":
        return lambda kind, index: any(test(kind, index) for test in tests)
    return lambda kind, index: all(test(kind, index) for test in tests)


def _test(account: "InventedAccount", term: dict[str, Any], day_offset: int) -> Keep | None:
    if "terms" in term:
        return keeping(account, term, day_offset)
    field, content_type = term.get("field"), term.get("contentType")
    test: Keep | None = None
    if content_type == "FilterTermEnum" and field == "status":
        test = _status(account, term["value"])
    elif content_type == "FilterTermEnum" and field == "type":
        test = _type(term["value"])
    elif content_type == "FilterTermDate" and field in TIMES:
        test = _time(account, str(field), term["value"], day_offset * HOUR)
    if test is None or term.get("comparison") != "not_equals":
        return test
    return lambda kind, index: not test(kind, index)


def _status(account: "InventedAccount", codes: list[str]) -> Keep:
    if "filter_any" in codes:
        return _ALWAYS
    wanted = set(codes)

    def test(kind: str, index: int) -> bool:
        if kind not in ("Task", "Project"):
            return True  # no field of theirs: ignored, as all that is unknown
        status = account.issues(kind).status(index)
        active = "filter_actual" in wanted and account.issues(kind).is_active(index)
        return active or status in wanted or ("filter_overdue" in wanted and status == "overdue")

    return test


def _type(codes: list[str]) -> Keep:
    wanted = {code.lower() for code in codes}
    return lambda kind, index: kind.lower() in wanted


def _time(account: "InventedAccount", field: str, value: dict[str, Any], dawn: int) -> Keep:
    start, end = _bounds(value, dawn)

    def test(kind: str, index: int) -> bool:
        at = account.when(kind, index, field)
        return at is not None and start <= at < end

    return test


def _bounds(value: dict[str, Any], dawn: int) -> tuple[float, float]:
    """From (included) to (excluded). A DateOnly is the whole of its day, which begins `dawn` seconds after midnight UTC."""
    if value.get("contentType") == "DateOnly":
        return seconds_of(value) + dawn, seconds_of(value) + dawn + DAY
    if value.get("contentType") == "DateTime":
        return seconds_of(value), seconds_of(value) + 1
    if value.get("contentType") == "FilterTermDateValue":
        return _relative(value)
    start, end = value.get("from"), value.get("to")
    return (
        _bounds(start, dawn)[0] if start else float("-inf"),
        _bounds(end, dawn)[1] if end else float("inf"),
    )


def _relative(value: dict[str, Any]) -> tuple[float, float]:
    today = (date.today().toordinal() - date(1970, 1, 1).toordinal()) * DAY
    days = {"day": 1, "week": 7, "month": 30, "year": 365}.get(str(value.get("unit")), 1)
    if value.get("mode") == "past":
        return today - days * int(value.get("value", 1)) * DAY, float("inf")
    raise Refused(422, "this mode of FilterTermDateValue is not known to the sandbox", "filter")
