"""Custom fields: their definitions (Megaplan reference, §6) and the values that records hold in them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from crmexport.sandbox import company, nasty
from crmexport_megaplan.sandbox.values import DAY, NOW, Body, day, interval, link, moment, money


@dataclass(frozen=True, slots=True)
class Custom:
    """One field definition; `kind` is its contentType (StringField, EnumField …)."""

    id: int
    name: str
    label: str
    kind: str
    target: str
    choices: tuple[str, ...] = ()
    multiple: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    def definition(self, order: int) -> Body:
        """As /program/{id}/fields and /…/extraFields show it."""
        return {
            "contentType": self.kind,
            "id": str(self.id),
            "name": self.name,
            "hrName": self.label,
            "type": self.kind,
            "isRequired": False,
            "isMultiple": self.multiple,
            "isSystem": False,
            "isSortable": self.kind not in ("ResourceField", "RefSetField"),
            "orderPos": order * 10,
            **({"enumValues": list(self.choices), "newValuesAllowed": False} if self.choices else {}),
            "targetEntity": f"bums\\{self.target}",
            "settings": [] if order % 2 else {"showInCard": True},
            **self.extra,
        }


Row = tuple[str, str, str, dict[str, Any]]

_SOURCES = ("Сайт", "Выставка", "Звонок; холодный", "Партнёр «А»", "=Реклама", "Другое 🚀")
_STRING = {"isHtml": False, "maxLength": 255, "isUnique": False}
_HTML = {"isHtml": True, "maxLength": None, "isUnique": False}

_DEAL: tuple[Row, ...] = (
    ("DataDogovora", "Дата договора", "DateField", {}),
    ("NomerScheta", "Номер счёта", "StringField", _STRING),
    ("Oplachen", "Оплачен", "BoolField", {}),
    ("Predoplata", "Предоплата", "MoneyField", {}),
    ("SkanDogovora", "Скан договора", "ResourceField", {}),
    ("Kommentariy", "Комментарий клиенту", "StringField", _HTML),
    ("Kommentariy1", "Комментарий клиенту", "StringField", _STRING),
    ("Kurator", "Куратор", "RefLinkField", {"refContentType": "Employee"}),
    ("Partnery", "Партнёры", "RefSetField", {"refContentType": "ContractorCompany"}),
    ("Otgruzka", "Время отгрузки", "DateTimeField", {}),
    ("Dlitelnost", "Длительность, ч", "DurationField", {}),
    ("Skidka", "Скидка, %", "FloatField", {}),
    ("Kolichestvo", "Количество", "IntegerField", {}),
    ("Ocenka", "Оценка", "RatingField", {}),
)
_SHORT_DEAL = _DEAL[:5]
_TASK: tuple[Row, ...] = (
    ("Etap", "Этап", "EnumField", {"choices": ("Первый", "Второй", "Третий")}),
    ("Proverka", "Дата проверки", "DateField", {}),
    ("Material", "Материалы", "ResourceField", {}),
    ("Zametka", "Заметка", "StringField", _STRING),
)
_PROJECT: tuple[Row, ...] = (
    ("Byudzhet", "Бюджет", "MoneyField", {}),
    ("Kod", "Код проекта", "StringField", _STRING),
)
_COMPANY: tuple[Row, ...] = (
    ("Region", "Регион", "EnumField", {"choices": ("Север", "Юг", "Восток", "Запад")}),
    ("Segment", "Сегменты", "EnumField", {"choices": ("Опт", "Розница", "VIP"), "multiple": True}),
    ("Lgoty", "Льготы", "StringField", _HTML),
    ("Obem", "Годовой объём", "BigIntField", {}),
)
_HUMAN: tuple[Row, ...] = (
    ("Region", "Регион", "EnumField", {"choices": ("Север", "Юг", "Восток", "Запад")}),
    ("Hobbi", "Увлечения", "StringField", _STRING),
)
_EMPLOYEE: tuple[Row, ...] = (("Tabelnyy", "Табельный номер", "StringField", _STRING),)
_PAYER: tuple[Row, ...] = (("Licevoy", "Лицевой счёт", "StringField", _STRING),)
_LEGAL: tuple[Row, ...] = (*_PAYER, ("Kbk", "КБК", "StringField", _STRING))
_NATURAL: tuple[Row, ...] = (*_PAYER, ("Pasport", "Паспорт", "StringField", _STRING))
_OFFER: tuple[Row, ...] = (
    ("Cvet", "Цвет", "EnumField", {"choices": ("Красный", "Синий")}),
    ("Ves", "Вес, кг", "FloatField", {}),
)
_ROW: tuple[Row, ...] = (("Partiya", "Партия", "StringField", _STRING),)
_WAREHOUSE: tuple[Row, ...] = (("Ploschad", "Площадь", "FloatField", {}),)


def _source(name: str = "Istochnik") -> Row:
    return (name, "Источник", "EnumField", {"choices": _SOURCES})


def _fields(category: int, first: int, target: str, rows: tuple[Row, ...]) -> tuple[Custom, ...]:
    return tuple(_field(category, first + place, target, row) for place, row in enumerate(rows))


def _field(category: int, id: int, target: str, row: Row) -> Custom:
    name, label, kind, options = row
    extra = {key: value for key, value in options.items() if key not in ("choices", "multiple")}
    full = f"Category{category}CustomField{name}"
    return Custom(
        id, full, label, kind, target, options.get("choices", ()), options.get("multiple", False), extra
    )


_TRADE = "trade\\api\\v03\\Entity\\Deal"

PROGRAM_FIELDS: dict[str, tuple[Custom, ...]] = {
    "13": _fields(1000060, 1000400, _TRADE, (_source(), *_DEAL)),
    "14": _fields(1000061, 1000430, _TRADE, (_source(), *_DEAL)),
    "15": _fields(1000062, 1000460, _TRADE, (_source("Istochnik1"), *_SHORT_DEAL)),
    "16": _fields(1000063, 1000490, _TRADE, (*_SHORT_DEAL, _source())),
    "17": _fields(1000064, 1000520, _TRADE, (_source(), _DEAL[4])),
}
SCOPE_FIELDS: dict[str, tuple[Custom, ...]] = {
    "task": _fields(130, 1000600, "task\\api\\v03\\Entity\\Task", _TASK),
    "project": _fields(131, 1000620, "project\\api\\v03\\Entity\\Project", _PROJECT),
    "contractorCompany": _fields(183, 1000640, "crm\\api\\v03\\Entity\\ContractorCompany", _COMPANY),
    "contractorHuman": _fields(183, 1000660, "crm\\api\\v03\\Entity\\ContractorHuman", _HUMAN),
    "employee": _fields(182, 1000680, "staff\\api\\v03\\Entity\\Employee", _EMPLOYEE),
    "payer": _fields(
        184, 1000700, "crm\\api\\v03\\Entity\\Payer", _PAYER
    ),  # only those shown in tables (§6.2)
    "payer/ru/Legal": _fields(184, 1000700, "crm\\api\\v03\\Entity\\Payer", _LEGAL),
    "payer/ru/Natural": _fields(184, 1000710, "crm\\api\\v03\\Entity\\Payer", _NATURAL),
    **{
        f"offerCategory/{id}": _fields(1000047, 1000720, "trade\\api\\v03\\Entity\\Offer", _OFFER[: id % 3])
        for id in range(1, 5)
    },
    "offerRow": _fields(1000048, 1000730, "trade\\api\\v03\\Entity\\OfferRow", _ROW),
    "warehouse": _fields(1000049, 1000740, "trade\\api\\v03\\Entity\\Warehouse", _WAREHOUSE),
}

Maker = Callable[[Custom, int, int], Any]  # (field, index of the record, one draw) -> value


def values(fields: tuple[Custom, ...], index: int, drawn: tuple[int, ...]) -> Body:
    """The values of `fields` for one record: about a third are empty, in all the ways that Megaplan has of being empty."""
    return {
        custom.name: _MAKERS[custom.kind](custom, index, drawn[(place * 7 + index) & 31])
        for place, custom in enumerate(fields)
    }


def _string(custom: Custom, index: int, drawn: int) -> Any:
    special = nasty.text(index)
    if special is not None:
        return special
    if drawn % 3 == 0:
        return "" if drawn & 64 else None
    if custom.extra.get("isHtml"):
        return f"<p>Прошу <b>учесть</b> &laquo;{drawn}&raquo; &amp; ответить</p>"
    return company.account(index + drawn) if drawn % 3 == 1 else f"{drawn % 100:03d}"


def _enum(custom: Custom, index: int, drawn: int) -> Any:
    if custom.multiple:
        return [choice for place, choice in enumerate(custom.choices) if drawn >> place & 1]
    return None if drawn % 4 == 0 else custom.choices[drawn % len(custom.choices)]


def _day(custom: Custom, index: int, drawn: int) -> Any:
    if drawn % 4 == 0:
        return None
    return day(-3_000_000_000 + index * DAY) if drawn % 61 == 1 else day(NOW + (drawn % 1500 - 1000) * DAY)


def _moment(custom: Custom, index: int, drawn: int) -> Any:
    return None if drawn % 4 == 0 else moment(NOW - drawn * 900)


def _bool(custom: Custom, index: int, drawn: int) -> Any:
    return (None, False, True, True)[drawn % 4]


def _money(custom: Custom, index: int, drawn: int) -> Any:
    return None if drawn % 4 == 0 else money(drawn)


def _interval(custom: Custom, index: int, drawn: int) -> Any:
    return None if drawn % 4 == 0 else interval(drawn % 480 * 60)


def _number(custom: Custom, index: int, drawn: int) -> Any:
    return None if drawn % 4 == 0 else drawn - 20_000


def _big(custom: Custom, index: int, drawn: int) -> Any:
    return None if drawn % 4 == 0 else 9_007_199_254_740_993 + drawn


def _float(custom: Custom, index: int, drawn: int) -> Any:
    return None if drawn % 4 == 0 else drawn / 100


def _reference(custom: Custom, index: int, drawn: int) -> Any:
    return None if drawn % 4 == 0 else link("Employee", str(1000001 + drawn % 12))


def _references(custom: Custom, index: int, drawn: int) -> Any:
    return [link("ContractorCompany", str(1000501 + drawn % 7)), link("ContractorCompany", "1000501")][
        : drawn % 3
    ]


def _files(custom: Custom, index: int, drawn: int) -> Any:
    return []


_MAKERS: dict[str, Maker] = {
    "StringField": _string,
    "EnumField": _enum,
    "DateField": _day,
    "DateTimeField": _moment,
    "BoolField": _bool,
    "MoneyField": _money,
    "DurationField": _interval,
    "IntegerField": _number,
    "RatingField": _number,
    "BigIntField": _big,
    "FloatField": _float,
    "RefLinkField": _reference,
    "RefSetField": _references,
    "ResourceField": _files,
}
