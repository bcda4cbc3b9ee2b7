"""Small objects that have ids but no list of their own here: types, statuses, units. Shown whole at their first mention."""

from crmexport.sandbox import words
from crmexport_megaplan.sandbox.values import Body, link


def _all(content_type: str, rows: dict[str, Body]) -> dict[tuple[str, str], Body]:
    return {(content_type, id): {"contentType": content_type, "id": id, **rest} for id, rest in rows.items()}


WHOLE: dict[tuple[str, str], Body] = {
    **_all(
        "ContractorType",
        {
            "1": {"name": "Клиент", "type": "client"},
            "2": {"name": "Поставщик", "type": "supplier"},
            "3": {"name": "Партнёр", "type": "partner"},
        },
    ),
    **_all(
        "ContractorStatus", {"1": {"name": "Новый"}, "2": {"name": "В работе"}, "3": {"name": "Активный"}}
    ),
    **_all(
        "AddressType",
        {"legal": {"name": "Юридический"}, "actual": {"name": "Фактический"}, "home": {"name": "Дом"}},
    ),
    **_all("Country", {"ru": {"name": "Россия"}}),
    **_all("City", {str(place): {"name": name} for place, name in enumerate(words.CITIES, 1)}),
    **_all("Metro", {"1": {"name": "Образцовая; площадь"}}),
    **_all(
        "Currency",
        {
            "1": {"name": "Российский рубль", "abbreviation": "RUB"},
            "2": {"name": "Доллар США", "abbreviation": "USD"},
        },
    ),
    **_all("PayForm", {"1": {"name": "Безналичный"}}),
    **_all("Unit", {"1": {"name": "шт."}, "2": {"name": "ч"}}),
    **_all("Tax", {"1": {"name": "НДС 20%", "rate": 20}, "2": {"name": "Без НДС", "rate": 0}}),
    **_all(
        "EmployeeStatus",
        {
            "1": {"name": "В штате", "masterType": "in-office"},
            "2": {"name": "Уволен", "masterType": "fired"},
            "3": {"name": "На больничном", "masterType": "sick"},
        },
    ),
    **_all(
        "TodoStatus",
        {
            "1": {"name": "Запланировано", "masterType": "scheduled"},
            "2": {"name": "Завершено", "masterType": "finished"},
            "3": {"name": "Успех", "masterType": "success"},
            "4": {"name": "Неудача", "masterType": "fail"},
            "5": {"name": "Без результата", "masterType": "finish_without_result"},
        },
    ),
    **_all(
        "TodoCategory",
        {
            "1": {"name": "Событие", "masterType": "event"},
            "2": {"name": "Встреча", "masterType": "meeting"},
            "3": {"name": "Звонок", "masterType": "call"},
            "4": {"name": "Дело", "masterType": "todo"},
            "5": {"name": "Личное", "masterType": "private"},
            "6": {"name": "Отпуск за свой счёт", "masterType": "event"},
        },
    ),
    **_all("Place", {"1": {"name": "Переговорная; 2 этаж"}}),
    **_all(
        "Tag",
        {
            "1": {"name": "важно"},
            "2": {"name": "VIP 🚀"},
            "3": {"name": "=тег"},
            "4": {"name": "повтор; продажа"},
        },
    ),
}


def tags(drawn: int) -> Body:
    """The tags that a draw gives, with their counter."""
    found = [link("Tag", str(place + 1)) for place in range(4) if drawn & 7 == 0 and drawn >> place + 3 & 1]
    return {"tags": found, "tagsCount": len(found)}
