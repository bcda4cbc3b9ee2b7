"""The rules that events and to-dos must keep, so that no calendar program refuses the file (RFC 5545, §3.6, §3.8).

Programs differ in what they forgive; one strict reader refuses the whole file. So we are strict: what would break a rule is
told in the description instead, and counted.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from crmexport.target.content.item import Draft, Item, Line
from crmexport.text import N_, translations

_TITLES = {
    "DTSTART": N_("Start"),
    "DTEND": N_("Finish"),
    "DUE": N_("Deadline"),
    "COMPLETED": N_("Finished"),
    "CREATED": N_("Created"),
    "LAST-MODIFIED": N_("Modified"),
    "STATUS": N_("Status"),
    "PRIORITY": N_("Priority"),
    "PERCENT-COMPLETE": N_("Completed, %"),
}
_INSTANTS = ("DTSTAMP", "CREATED", "LAST-MODIFIED", "COMPLETED")
_TIMES = ("DTSTART", "DTEND", "DUE", *_INSTANTS)
_RANGES = {"PERCENT-COMPLETE": 100, "PRIORITY": 9}
_STATUSES = {
    "VTODO": {"NEEDS-ACTION", "IN-PROCESS", "COMPLETED", "CANCELLED"},
    "VEVENT": {"TENTATIVE", "CONFIRMED", "CANCELLED"},
}
_UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class CalendarRules:
    """Makes items that keep the rules. `zone` is where a day begins when an instant is needed; `notes` counts what was moved."""

    def __init__(self, zone: tzinfo, lang: str, notes: Counter[str]) -> None:
        self._zone = zone
        self._notes = notes
        self._translate = translations(lang).gettext

    def item(self, lines: list[Line]) -> Item:
        """The item of these properties; BEGIN among them says what it is meant to be."""
        draft = Draft("VTODO", lines, "DESCRIPTION", self._notes, self._title)
        if draft.get("BEGIN") == "VEVENT":
            draft.kind = "VEVENT"
        draft.put("BEGIN", None)
        self._typed(draft)
        self._named(draft)
        self._as_kind(draft)
        self._ordered(draft)
        self._stamped(draft)
        return draft.done()

    def _title(self, name: str) -> str:
        return self._translate(_TITLES.get(name, name))

    def _typed(self, draft: Draft) -> None:
        """Times are times, instants are instants, numbers are in their range."""
        for name in _TIMES:
            value = draft.get(name)
            if value is not None and not isinstance(value, date):
                draft.move(name)
            elif name in _INSTANTS and isinstance(value, date) and not isinstance(value, datetime):
                self._put_instant(draft, name, value)
        for name, most in _RANGES.items():
            value = draft.get(name)
            if value is not None and not (str(value).isdecimal() and int(str(value)) <= most):
                draft.move(name)

    def _put_instant(self, draft: Draft, name: str, day: date) -> None:
        """The beginning of a day where a day is not allowed; the first and last of all days have none in UTC."""
        try:
            draft.put(name, datetime.combine(day, time(), self._zone).astimezone(UTC))
        except OverflowError:
            draft.move(name)

    @staticmethod
    def _named(draft: Draft) -> None:
        """An event needs a start; without one it is something to do. Start and end are called otherwise in the two."""
        if draft.kind == "VEVENT" and draft.get("DTSTART") is None:
            draft.kind = "VTODO"
            draft.count("events_without_start")
        if draft.kind == "VTODO":
            draft.rename("DTEND", "DUE")
            draft.put("TRANSP", None)
        else:
            draft.rename("DUE", "DTEND")

    @staticmethod
    def _as_kind(draft: Draft) -> None:
        """Only what the kind allows: an event is neither completed nor in process."""
        if draft.get("STATUS") not in (None, *_STATUSES[draft.kind]):
            draft.move("STATUS")
        if draft.kind == "VEVENT":
            draft.move("COMPLETED")
            draft.move("PERCENT-COMPLETE")
        elif draft.get("STATUS") != "COMPLETED":
            draft.move("COMPLETED")

    @staticmethod
    def _ordered(draft: Draft) -> None:
        """Start and end are both days or both instants, and the end is later. The last day of an event is written exclusively."""
        is_event = draft.kind == "VEVENT"
        end_name = "DTEND" if is_event else "DUE"
        start, end = draft.get("DTSTART"), draft.get(end_name)
        if not isinstance(start, date) or not isinstance(end, date):
            return
        if is_event and start == end and isinstance(end, datetime):
            draft.put(end_name, None)  # an instant without an end means just this
            return
        if is_event and not isinstance(end, datetime) and end < date.max:
            end += timedelta(days=1)
        if isinstance(start, datetime) == isinstance(end, datetime) and start < end:
            draft.put(end_name, end)
        else:
            draft.move(end_name if is_event else "DTSTART")

    @staticmethod
    def _stamped(draft: Draft) -> None:
        """DTSTAMP must be there; it is the last change, and never the time of the export, so that files stay the same."""
        if draft.get("DTSTAMP") is None:
            changed = draft.get("LAST-MODIFIED") or draft.get("CREATED") or _UNKNOWN_TIME
            draft.lines.insert(0, Line("DTSTAMP", "", changed))
