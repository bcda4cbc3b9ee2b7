"""A small invented company for tests: entities as a mapping gives them, and an archive that holds records and files."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from crmexport.archive import HeldFile, Source
from crmexport.mapping import CustomField
from crmexport.model import ENTITIES, Moment, Money, Ref, Type
from crmexport.source import Gap, GapKind

Entities = dict[str, list[dict[str, Any]]]


def moment(text: str) -> Moment:
    return Moment(datetime.fromisoformat(text).astimezone(UTC), text)


def phone(number: str, label: str = "") -> dict[str, Any]:
    return {"number": number, **({"label": label} if label else {})}


IVAN = Ref("user", "11", "Иван Петров")
ROMASHKA = Ref("company", "1", "Ромашка")


def entities() -> Entities:
    """Two companies of one name, two contacts of one name, hostile texts, and values that formats cannot hold."""
    return {
        "user": [
            {
                "source_id": "11",
                "name": "Петров Иван",
                "first_name": "Иван",
                "last_name": "Петров",
                "is_working": True,
            }
        ],
        "requisite": [
            {
                "source_id": "81",
                "name": "ООО «Ромашка»",
                "company": ROMASHKA,
                "inn": "0077012345",
                "kpp": "007701001",
                "bank": "ПАО «Пробный банк»",
                "account": "40702810000000000001",
            },
            {
                "source_id": "82",
                "name": "ИП Кузьмина",
                "company": Ref("contact", "21"),
                "inn": "000000000081",
            },
        ],
        "pipeline": [{"source_id": "5", "name": "Продажи", "position": 1}],
        "stage": [
            {"source_id": "51", "name": "Новая", "pipeline": Ref("pipeline", "5"), "position": 1},
            {"source_id": "52", "name": "Успех", "pipeline": Ref("pipeline", "5"), "position": 2},
        ],
        "company": [
            {
                "source_id": "1",
                "source_url": "https://x.example/1",
                "name": "ООО «Ромашка»",
                "inn": "0077012345",
                "requisites": [Ref("requisite", "81", "ООО «Ромашка»")],
                "owner": IVAN,
                "phones": [
                    phone("+7 495 111-22-33"),
                    phone("+7 903 1", "мобильный"),
                    phone("8 800 2"),
                    phone("8 800 3"),
                ],
                "emails": [{"address": "not an address"}, {"address": "info@romashka.example"}],
                "description": '=HYPERLINK("http://evil.example")\nвторая строка \\"конец\\',
                "created_at": moment("2025-03-10T09:00:00+03:00"),
                "balance": Money(Decimal("1250.50"), "RUB"),
                "tags": [Ref("tag", "9", "VIP"), Ref("tag", "10", "опт; розница")],
                "custom": {"f1": "да", "f2": Money(Decimal("10"), "USD"), "loose": {"a": [1, "x"]}},
            },
            {"source_id": "2", "name": "ооо  «ромашка»", "is_deleted": False, "custom": {"f3": "другое"}},
            {"source_id": "3", "name": "Удалённая", "is_deleted": True},
        ],
        "contact": [
            {
                "source_id": "21",
                "name": "Сидорова Анна",
                "first_name": "Анна",
                "last_name": "Сидорова",
                "company": ROMASHKA,
                "birthday": date(1985, 4, 12),
                "gender": "female",
            },
            {
                "source_id": "22",
                "name": "Сидорова Анна",
                "first_name": "Анна",
                "last_name": "Сидорова",
                "company": Ref("company", "2"),
            },
            {"source_id": "23", "name": "Некто", "birthday": "--02-29"},
        ],
        "deal": [
            {
                "source_id": "31",
                "number": "00017",
                "name": "+Поставка",
                "pipeline": Ref("pipeline", "5"),
                "stage": Ref("stage", "52"),
                "result": "won",
                "company": ROMASHKA,
                "contact": Ref("contact", "21"),
                "amount": Money(Decimal("1234567.89"), "RUB"),
                "probability": Decimal("12345678901234567890"),
                "expected_on": date(1899, 12, 31),
                "created_at": moment("2025-12-31T23:30:00+00:00"),
                "links": [Ref("task", "41", "Позвонить"), ROMASHKA],
            },
            {
                "source_id": "32",
                "name": "Вторая",
                "contact": Ref("contact", "23"),
                "company": Ref("company", "404", "Забытая"),
                "expected_on": moment("2026-01-02T10:20:30.500+00:00"),
                "description": "ы" * 33_000,
            },
        ],
        "task": [
            {
                "source_id": "41",
                "name": "Позвонить\x0b_x000D_\r\nсейчас",
                "priority": "high",
                "responsible": IVAN,
                "executors": [IVAN, IVAN],
                "tags": [Ref("tag", "9", "VIP"), Ref("tag", "10", "опт")],
                "deadline": date(2026, 1, 15),
                "company": ROMASHKA,
            }
        ],
        "note": [
            {
                "source_id": "n1",
                "parent": Ref("deal", "31"),
                "author": IVAN,
                "text": "@cmd \ud83d одиночный",
                "reply_to": Ref("note", "n0"),
            }
        ],
        "change": [
            {
                "source_id": "h1",
                "parent": Ref("deal", "31"),
                "author": IVAN,
                "created_at": moment("2025-12-30T10:00:00+03:00"),
                "kind": "stage",
                "field": "state",
                "old_value": "Новая (старое имя)",
                "old_link": Ref("stage", "51"),
                "new_link": Ref("stage", "52"),
            },
            {
                "source_id": "h2",
                "parent": Ref("task", "41"),
                "part": Ref("line_item", "7"),
                "kind": "drop",
                "text": "Удалено",
                "custom": {"unlink": True},
            },
        ],
        "file": [
            {"source_id": "f1", "name": "Договор.pdf", "size": 5, "held_path": "/somewhere"},
            {"source_id": "f2", "name": "../../etc/passwd", "size": 0},
        ],
    }


FIELDS = [
    CustomField("company", "f1", "Скидка", "Опт", Type.TEXT),
    CustomField("company", "f3", "Скидка", "Розница", Type.TEXT),
    CustomField("company", "f2", "Комментарий", "", Type.MONEY),
]


NEVER_TOLD = frozenset({"is_deleted", "is_template", "parent", "source_id", "description_html", "html"})
"""Fields that decide about rows, place them or stand twice: a layout need not show them."""


class Mapped:
    """Entities without an archive behind them; what `MappedArchive` looks like from outside."""

    zone = "Europe/Moscow"

    def __init__(self, made: Entities) -> None:
        self.made = made
        self.mapping = self
        self.members: dict[str, frozenset[str]] = {}
        self.file = type("Frame", (), {"kind_key": None, "kinds": {}, "id_key": "id", "name_key": "name"})
        self.entities_of_stream = {kind: [kind] for kind in made}
        self.prefixes: dict[str, str] = {}
        self.streams: set[str] = set()
        self.titles = {"warehouse": "Warehouses"}
        self.kept_apart: dict[str, int] = {}
        self.kinds = [kind for kind in ENTITIES if kind in made]

    def iterate(self, kind: str, only: Collection[str] | None = None) -> Iterator[Mapping[str, Any]]:
        for one in self.made[kind]:
            yield (
                dict(one)
                if only is None
                else {name: value for name, value in one.items() if name in {*only, "source_id"}}
            )

    def raw_only(self, held: Mapping[str, int]) -> dict[str, int]:
        return self.kept_apart

    def together(
        self, kinds: Mapping[str, Collection[str] | None], passing: object = None
    ) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for kind, only in kinds.items():
            yield from ((kind, one) for one in self.iterate(kind, only))

    def custom_fields(self, kind: str) -> Sequence[CustomField]:
        return [field for field in FIELDS if field.entity == kind]

    def fields(self, kind: str) -> Collection[str]:
        return {name for one in self.made[kind] for name in one} - {"custom"} | {"source_url"}


RECORDS: dict[str, list[tuple[str, bytes, str | None, tuple[str, str] | None]]] = {
    "deal": [("31", '{"id": 31, "сумма": 1.50, "n": 12345678901234567890}'.encode(), "2025-01-01", None)],
    "comment": [("n1", b'{\r\n "id": "n1",\n "text": "a\\nb"\n}', None, ("deal", "31"))],
}


class HeldArchive:
    """An archive of a few records and files below a folder."""

    source = Source("megaplan", "https://romashka.example")

    def __init__(
        self, folder: Path, files: Mapping[str, tuple[str, bytes | None, list[tuple[str, str]]]] | None = None
    ) -> None:
        self.folder = folder
        self.lost: set[str] = set()  # files whose bytes are gone
        self.damaged: set[str] = set()  # files whose bytes are others than those fetched
        self._files = FILES if files is None else files
        self.changed: dict[str, str] = {}

    def counts(self) -> dict[str, int]:
        return {stream: len(records) for stream, records in RECORDS.items()} | {
            "file": len(self._files) - len(self.gaps())
        }

    def gaps(self) -> list[Gap]:
        """What it has no bytes of, the source had deleted."""
        gone = (id for id, (_name, content, _owners) in self._files.items() if content is None)
        return [Gap("file", id, GapKind.VANISHED, "404") for id in gone]

    def announced(self) -> dict[str, tuple[int, int]]:
        return {}

    def announced_in(self, stream: str, scope: str) -> int | None:
        return None

    def deleted(self) -> dict[str, int]:
        return {}

    def waiting(self) -> int:
        return 0

    def unchanged(self) -> nullcontext[None]:
        return nullcontext()

    def files_known(self) -> int:
        return len(self._files)

    def runs(self) -> list[dict[str, Any]]:
        when = {"started": "2026-11-20T10:00:00Z", "ended": "2026-11-20T12:00:00Z"}
        return [{"id": 1, "pull": 1, **when, "outcome": "complete", "requests": 1, "program": "1"}]

    @property
    def database(self) -> Any:
        """Of the passes of its pull nothing is known."""
        return SimpleNamespace(
            found=lambda statement, row: [], listed=list, about=dict, must_be_there=lambda: None
        )

    def state(self) -> str:
        return "1 2026-11-20T12:00:00Z 1"

    def records(self, stream: str) -> Iterator[tuple[str, bytes, str | None, tuple[str, str] | None]]:
        for id, body, modified, parent in RECORDS.get(stream, []):
            yield id, self.changed.get(id, body.decode()).encode(), modified, parent

    def files(self) -> Iterator[HeldFile]:
        for id, (name, content, owners) in sorted(self._files.items()):
            path = None
            digest = None
            if content is not None:
                digest = hashlib.sha256(content).hexdigest()
                path = self.folder / digest
                if id in self.lost:
                    path.unlink(missing_ok=True)
                else:
                    path.write_bytes(b"?" + content[1:] if id in self.damaged else content)
            yield HeldFile(id, name, None, owners, {"id": id}, digest, path)


FILES: dict[str, tuple[str, bytes | None, list[tuple[str, str]]]] = {
    "f1": ("Договор.pdf", b"%PDF1", [("deal", "31"), ("company", "1")]),
    "f2": ("../../etc/passwd", b"", [("deal", "31")]),
    "f3": ("ДОГОВОР.pdf", b"other", [("deal", "31")]),
    "f4": ("CON", b"x", []),
    "f5": ("потерян.txt", None, [("deal", "32")]),
}
