"""Cards and calendars keep the rules of their standards, whatever the texts in them; what cannot be kept is told and counted."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import icalendar
import pytest
import vobject

from crmexport.archive import Source
from crmexport.errors import ConfigurationError
from crmexport.mapping.to import load_layout
from crmexport.mapping.to.properties import property_of
from crmexport.model import Moment, Ref
from crmexport.target import Mismatch, Output, compare
from crmexport.target.content.calendar_rules import CalendarRules
from crmexport.target.content.item import Item, Line
from crmexport.target.content.text import address, escaped, folded
from tests.target.invented import IVAN, ROMASHKA, Entities, moment, phone

Export = Callable[..., list[Output]]
HOSTILE = 'a\\,b;c:"d"\r\nBEGIN:VCARD\n \tя\u2028\x85\x00\x7f\ud83d\ufeff\'=1+1' + "ы" * 90


def note_of(outputs: list[Output], path: str) -> dict[str, int]:
    return next(dict(one.notes) for one in outputs if one.path == path)


@pytest.mark.parametrize(
    ("heading", "found"),
    [
        ("TEL;TYPE=WORK,VOICE (2)", ("TEL", ";TYPE=WORK,VOICE", "", " (2)")),
        ('TEL;TYPE="work,voice";PREF=1', ("TEL", ';TYPE="work,voice";PREF=1', "", "")),
        ("N/family", ("N", "", "family", "")),
        ("N/famly", None),
        ("Имя", None),
        ("TEL:", None),
        ("NOTE\r\nX-EVIL", None),
        ('TEL;TYPE="a"b"', None),
    ],
)
def test_headings_are_properties(heading: str, found: tuple[str, ...] | None) -> None:
    assert property_of(heading) == found


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("format: vcard\nentities: all", ["line 2", "needs “tables”"]),
        (
            "format: vcard\ntables:\n  t:\n    from: contact\n    columns:\n      UID: source_id\n      N/famly: name",
            ["line 7", "famly", "family", "“FN” is needed"],
        ),
        (
            "format: icalendar\ntables:\n  t:\n    from: task\n    custom: columns\n    columns: {UID: source_id, SUMMARY: name}",
            ["“BEGIN” is needed", "overflow"],
        ),
    ],
)
def test_layouts_that_make_no_item_are_refused_with_a_sentence(
    tmp_path: Path, text: str, sentences: list[str]
) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_layout(path)
    assert [one for one in sentences if one not in str(caught.value)] == []


def test_a_long_line_is_folded_at_75_octets_and_never_within_a_letter() -> None:
    for filler in ("ы", "€", "😀", "a"):
        for shift in range(4):
            line = "a" * shift + filler * 300
            pieces = folded(line).split(b"\r\n")
            assert pieces[-1] == b""
            assert max(map(len, pieces)) <= 75
            texts = [piece.decode() for piece in pieces[:-1]]
            assert all(text[0] == " " for text in texts[1:])
            assert texts[0] + "".join(text[1:] for text in texts[1:]) == line


def test_values_are_escaped_and_what_no_reader_takes_is_counted() -> None:
    notes: Counter[str] = Counter()
    assert escaped("a\\b;c,d\r\ne\x00\ud800", notes) == r"a\\b\;c\,d\ne" + "\ufffd\ufffd"
    assert notes == {"line_ends_changed": 1, "replaced_characters": 2}
    assert address("https://x.example/a b\\c\nX:1?q=я;", notes) == "https://x.example/a%20b%5Cc%0AX:1?q=я;"
    assert notes["encoded_addresses"] == 1


def rules(*lines: tuple[str, Any], kind: str = "VEVENT") -> tuple[Item, dict[str, int]]:
    notes: Counter[str] = Counter()
    made = CalendarRules(timezone(timedelta(hours=3)), "en", notes)
    item = made.item([Line("BEGIN", "", kind), *(Line(name, "", value) for name, value in lines)])
    return item, {name: count for name, count in notes.items() if count}


def values(item: Item) -> dict[str, Any]:
    return {line.name: line.value for line in item.lines if line.name != "DTSTAMP"}


DAY, NEXT = date(2026, 12, 28), date(2026, 12, 29)
NOON, ONE = datetime(2026, 12, 28, 12, tzinfo=UTC), datetime(2026, 12, 28, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "lines", "wanted", "counted"),
    [
        ("VEVENT", {"DTSTART": DAY, "DTEND": DAY}, {"DTSTART": DAY, "DTEND": NEXT}, {}),
        ("VEVENT", {"DTSTART": NOON, "DTEND": ONE}, {"DTSTART": NOON, "DTEND": ONE}, {}),
        ("VEVENT", {"DTSTART": NOON, "DTEND": NOON}, {"DTSTART": NOON}, {}),
        (
            "VEVENT",
            {"DTSTART": NEXT, "DTEND": DAY - timedelta(days=1)},
            {"DTSTART": NEXT, "DESCRIPTION": "Finish: 2026-12-27"},
            {"moved_properties.DTEND": 1},
        ),
        (
            "VEVENT",
            {"DTSTART": NOON, "DTEND": NEXT, "DESCRIPTION": "x"},
            {"DTSTART": NOON, "DESCRIPTION": "x\nFinish: 2026-12-29"},
            {"moved_properties.DTEND": 1},
        ),
        (
            "VEVENT",
            {"DTEND": NEXT, "TRANSP": "OPAQUE"},
            {"DUE": NEXT},
            {"events_without_start": 1},
        ),
        ("VTODO", {"DTSTART": DAY, "DUE": NEXT}, {"DTSTART": DAY, "DUE": NEXT}, {}),
        (
            "VTODO",
            {"DTSTART": DAY, "DUE": DAY},
            {"DUE": DAY, "DESCRIPTION": "Start: 2026-12-28"},
            {"moved_properties.DTSTART": 1},
        ),
        (
            "VTODO",
            {"DTSTART": NOON, "DUE": NEXT},
            {"DUE": NEXT, "DESCRIPTION": "Start: 2026-12-28 12:00:00+00:00"},
            {"moved_properties.DTSTART": 1},
        ),
        (
            "VTODO",
            {"STATUS": "COMPLETED", "COMPLETED": DAY},
            {"STATUS": "COMPLETED", "COMPLETED": datetime(2026, 12, 27, 21, tzinfo=UTC)},
            {},
        ),
        (
            "VTODO",
            {"STATUS": "IN-PROCESS", "COMPLETED": NOON},
            {"STATUS": "IN-PROCESS", "DESCRIPTION": "Finished: 2026-12-28 12:00:00+00:00"},
            {"moved_properties.COMPLETED": 1},
        ),
        (
            "VTODO",
            {"STATUS": "Ждёт", "PRIORITY": "99", "PERCENT-COMPLETE": "55.5"},
            {"DESCRIPTION": "Completed, %: 55.5\nPriority: 99\nStatus: Ждёт"},
            {
                "moved_properties.STATUS": 1,
                "moved_properties.PRIORITY": 1,
                "moved_properties.PERCENT-COMPLETE": 1,
            },
        ),
        (
            "VEVENT",
            {"DTSTART": DAY, "STATUS": "COMPLETED", "COMPLETED": NOON},
            {"DTSTART": DAY, "DESCRIPTION": "Status: COMPLETED\nFinished: 2026-12-28 12:00:00+00:00"},
            {"moved_properties.STATUS": 1, "moved_properties.COMPLETED": 1},
        ),
        (
            "VTODO",
            {"STATUS": "COMPLETED", "COMPLETED": date(1, 1, 1)},
            {"STATUS": "COMPLETED", "DESCRIPTION": "Finished: 0001-01-01"},
            {"moved_properties.COMPLETED": 1},
        ),
    ],
)
def test_events_and_todos_keep_the_rules(
    kind: str, lines: dict[str, Any], wanted: dict[str, Any], counted: dict[str, int]
) -> None:
    item, notes = rules(*lines.items(), kind=kind)
    assert (values(item), notes) == (wanted, counted)


def test_the_stamp_is_the_last_change_and_never_the_time_of_the_export() -> None:
    for lines, stamp in (
        ((("CREATED", NOON), ("LAST-MODIFIED", ONE)), ONE),
        ((("CREATED", NOON),), NOON),
        ((), datetime(1970, 1, 1, tzinfo=UTC)),
    ):
        item, _notes = rules(*lines, kind="VTODO")
        assert item.lines[0] == Line("DTSTAMP", "", stamp)


@pytest.fixture
def hostile(made: Entities) -> Entities:
    """Every text of contacts, companies, tasks and activities is hostile."""
    made["contact"] = [
        {
            "source_id": f"7{HOSTILE}",
            "name": HOSTILE,
            "last_name": HOSTILE,
            "company": Ref("company", "1", HOSTILE),
            "position": HOSTILE,
            "birthday": "--02-29",
            "phones": [phone(HOSTILE, "моб"), *(phone(f"+7 {n}") for n in range(9))],
            "emails": [{"address": "a,b@x.example"}, {"address": "ok@x.example"}],
            "addresses": [{"text": HOSTILE, "city": "Москва; центр"}, {"text": "второй"}],
            "sites": [{"url": f"https://x.example/{HOSTILE}"}],
            "tags": [Ref("tag", "1", "a,b;c\\"), Ref("tag", "2", HOSTILE)],
            "description": HOSTILE,
            "modified_at": moment("2026-01-02T03:04:05.678+03:00"),
            "custom": {HOSTILE: HOSTILE},
        },
        {"source_id": "8"},
    ]
    made["company"] = [{"source_id": "1", "name": HOSTILE, "description": HOSTILE}]
    made["task"] = [
        {
            "source_id": "1",
            "name": HOSTILE,
            "text": HOSTILE,
            "status": HOSTILE,
            "tags": [Ref("tag", "2", HOSTILE)],
        },
        {"source_id": "2", "parent": Ref("task", "1"), "deadline": date(2026, 1, 15), "status": "completed"},
    ]
    made["activity"] = [
        {"source_id": "1", "name": HOSTILE, "kind": HOSTILE, "place": HOSTILE, "start": date(2026, 1, 1)},
        {"source_id": "2", "kind": "todo", "finish": Moment(NOON, "x"), "responsible": IVAN},
        {"source_id": "3", "kind": "call"},
    ]
    made["absence"] = [
        {"source_id": "1", "kind": "Отпуск", "person": IVAN, "start": DAY, "finish": date(2027, 1, 10)},
        {"source_id": "2", "person": Ref("user", "0", HOSTILE)},
    ]
    return made


@pytest.fixture
def comparing(archive: Any, tmp_path: Path) -> Callable[[], list[Mismatch]]:
    return lambda: list(compare(archive, None, None, tmp_path / "out"))  # type: ignore[arg-type]


def test_hostile_texts_are_read_back_as_meant(
    exporting: Export, hostile: Entities, comparing: Callable[[], list[Mismatch]]
) -> None:
    exporting("vcard", "vcard4", "icalendar")
    assert comparing() == []


def test_other_readers_find_the_same_in_hostile_cards(
    exporting: Export, hostile: Entities, tmp_path: Path
) -> None:
    outputs = exporting("vcard")
    text = (tmp_path / "out/vcard/contacts.vcf").read_bytes().decode()
    assert not text.startswith("\ufeff")
    first, second = vobject.readComponents(text)
    clean = HOSTILE.replace("\r\n", "\n")
    for sign in "\u2028\x85\x00\x7f\ud83d":
        clean = clean.replace(sign, "\ufffd")
    assert first.fn.value == clean
    assert first.n.value.family == clean
    assert first.tel_list[0].value == clean
    assert (first.adr.value.street, first.adr.value.city) == (clean, "Москва; центр")
    assert "второй" in first.note.value
    assert [one.value for one in first.email_list] == ["ok@x.example"]
    assert len(first.tel_list) == 5
    assert first.categories.value[0] == "a,b;c\\"
    assert first.rev.value == "2026-01-02T00:04:05Z"
    assert first.note.value.startswith(clean)
    assert "+7 8" in first.note.value
    assert "a,b@x.example" in first.note.value
    assert "BDAY: --02-29" in first.note.value
    assert second.fn.value == "#8"
    notes = note_of(outputs, "vcard/contacts.vcf")
    assert notes["overflow.phones"] == 5
    assert notes["moved_properties.BDAY"] == 1
    assert notes["encoded_addresses"] == 1


def test_other_readers_find_the_same_in_hostile_calendars(
    exporting: Export, hostile: Entities, tmp_path: Path
) -> None:
    exporting("icalendar")
    found = {
        name: icalendar.Calendar.from_ical((tmp_path / f"out/icalendar/{name}.ics").read_bytes())
        for name in ("tasks", "activities", "absences")
    }
    first, second = found["tasks"].walk("VTODO")
    assert str(second["RELATED-TO"]) == str(first["UID"])
    assert second.decoded("DUE") == date(2026, 1, 15)
    assert HOSTILE.partition("\r")[0] in str(first["SUMMARY"])
    assert "STATUS" not in first
    kinds = [(one.name, str(one.get("UID"))) for one in found["activities"].subcomponents]
    assert [kind for kind, _uid in kinds] == ["VEVENT", "VTODO", "VTODO"]
    holiday = found["absences"].walk("VEVENT")[0]
    assert (holiday.decoded("DTSTART"), holiday.decoded("DTEND")) == (DAY, date(2027, 1, 11))
    assert str(holiday["SUMMARY"]) == "Отпуск: Петров Иван"
    assert all(one.errors == [] for calendar in found.values() for one in calendar.walk())


def test_identities_are_the_same_in_every_export_and_different_in_every_account(
    exporting: Export, archive: Any, tmp_path: Path
) -> None:
    def uids(out: Path) -> list[str]:
        lines = (out / "vcard/contacts.vcf").read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line.startswith("UID:")]

    exporting("vcard", out=tmp_path / "a")
    exporting("vcard", out=tmp_path / "b")
    archive.source = Source("megaplan", "https://other.example")
    exporting("vcard", out=tmp_path / "c")
    assert uids(tmp_path / "a") == uids(tmp_path / "b")
    assert not set(uids(tmp_path / "a")) & set(uids(tmp_path / "c"))
    assert len(set(uids(tmp_path / "a"))) == 3


def test_what_is_moved_stands_behind_every_note_of_the_card(
    exporting: Export, hostile: Entities, comparing: Callable[[], list[Mismatch]], tmp_path: Path
) -> None:
    """A number in brackets tells equal columns apart, and notes may be equal, too."""
    hostile["contact"] = [
        {
            "source_id": "1",
            "name": "Анна",
            "position": "Директор",
            "birthday": "--02-29",
            "description": "Звонить утром",
        }
    ]
    columns = "{UID: source_id, FN: name, BDAY: birthday, NOTE: position, NOTE (2): description}"
    layout = f"format: vcard\ntables:\n  contacts: {{from: contact, custom: none, columns: {columns}}}\n"
    (tmp_path / "mine.yaml").write_text(layout, encoding="utf-8")
    exporting(str(tmp_path / "mine.yaml"))
    assert comparing() == []
    card = vobject.readOne((tmp_path / "out/mine/contacts.vcf").read_bytes().decode())
    assert [one.value for one in card.note_list] == ["Директор\nЗвонить утром\nBDAY: --02-29"]


def test_of_a_property_that_is_there_twice_both_are_moved(
    exporting: Export, hostile: Entities, comparing: Callable[[], list[Mismatch]], tmp_path: Path
) -> None:
    """A column of one's own beside the usual one: the second was in the card no more, and nothing told of it."""
    hostile["contact"] = [{"source_id": "1", "name": "Анна", "birthday": "--02-29", "position": "1 марта"}]
    columns = "{UID: source_id, FN: name, BDAY: birthday, BDAY (2): position}"
    layout = f"format: vcard\ntables:\n  contacts: {{from: contact, custom: none, columns: {columns}}}\n"
    (tmp_path / "mine.yaml").write_text(layout, encoding="utf-8")
    outputs = exporting(str(tmp_path / "mine.yaml"))
    assert comparing() == []
    card = vobject.readOne((tmp_path / "out/mine/contacts.vcf").read_bytes().decode())
    assert card.note.value == "BDAY: --02-29\nBDAY: 1 марта"
    assert note_of(outputs, "mine/contacts.vcf")["moved_properties.BDAY"] == 2


def test_a_big_event_goes_to_the_next_file_rather_than_over_the_limit(
    exporting: Export, hostile: Entities, comparing: Callable[[], list[Mismatch]], tmp_path: Path
) -> None:
    """Google takes files of 1 MB; pages of text that were pasted into an event took one beyond it."""
    start = {"kind": "call", "start": Moment(NOON, "x"), "finish": DAY}  # the end is moved, and counted
    hostile["activity"] = [
        {"source_id": str(number), "name": f"n{number}", "description": "я" * 140_000, **start}
        for number in range(7)
    ]
    outputs = exporting("icalendar")
    files = [tmp_path / "out" / one.path for one in outputs if one.table == "activities"]
    assert [file.stat().st_size // 100_000 for file in files] == [8, 8, 2]
    found = [icalendar.Calendar.from_ical(file.read_bytes()).walk("VEVENT") for file in files]
    assert [str(event["SUMMARY"]) for events in found for event in events] == [
        f"n{number}" for number in range(7)
    ]
    notes = [dict(one.notes) for one in outputs if one.table == "activities"]
    assert sum(one.get("moved_properties.DTEND", 0) for one in notes) == 7
    assert comparing() == []


def test_version_4_writes_organisations_and_birthdays_without_a_year(
    exporting: Export, hostile: Entities, tmp_path: Path
) -> None:
    exporting("vcard4")
    people = (tmp_path / "out/vcard4/contacts.vcf").read_text(encoding="utf-8")
    assert people.splitlines()[:2] == ["BEGIN:VCARD", "VERSION:4.0"]
    assert "\nBDAY:--0229\n" in people.replace("\r\n", "\n")
    assert "\nREV:20260102T000405Z\n" in people.replace("\r\n", "\n")
    assert "\nKIND:org\n" in (tmp_path / "out/vcard4/companies.vcf").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "found"),
    [
        ("vcard/contacts.vcf", "BDAY:1985-04-12", "BDAY:1985-12-04", "1985-12-04"),
        ("vcard/contacts.vcf", "FN:Сидорова Анна", "FN:Сидорова Анн", "Анн'"),
        ("vcard/contacts.vcf", "END:VCARD", "END:VCARDS", "END:VCARDS"),
        ("vcard/companies.vcf", "TEL;TYPE=CELL,", "TEL;TYPE=FAX,", ""),
        ("vcard/companies.vcf", "X-ABSHOWAS:COMPANY\r\n", "", "—"),
        ("vcard/companies.vcf", "\r\n", "\n", "ends wrongly"),
        ("icalendar/tasks.ics", "DUE;VALUE=DATE:20260115", "DUE:20260115", "20260115"),
        ("icalendar/tasks.ics", "PRIORITY:1", "PRIORITY:1\r\nX-MORE:1", "X-MORE"),
        ("icalendar/tasks.ics", "END:VCALENDAR\r\n", "", "ends within"),
        ("icalendar/tasks.ics", "BEGIN:VTODO", "BEGIN:VEVENT", "END:VTODO"),
    ],
)
def test_a_changed_file_is_named(
    exporting: Export,
    comparing: Callable[[], list[Mismatch]],
    tmp_path: Path,
    file: str,
    old: str,
    new: str,
    found: str,
) -> None:
    exporting("vcard", "icalendar", lang="en")
    path = tmp_path / "out" / file
    text = path.read_bytes().decode()
    if old not in text:
        old, new = old.replace(",", ":"), new.replace(",", ":")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())
    mismatches = comparing()
    assert {one.path for one in mismatches} == {file}
    assert found == "—" or any(found in str(one) for one in mismatches)


def test_a_missing_item_is_named(
    exporting: Export, comparing: Callable[[], list[Mismatch]], made: Entities
) -> None:
    exporting("vcard")
    made["contact"].append({"source_id": "99", "name": "Новый", "company": ROMASHKA})
    assert [(one.row, one.found) for one in comparing()] == [(4, "the end of the file")]
