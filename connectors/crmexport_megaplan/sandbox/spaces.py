"""Spaces: a small tree of notes and tables, with what is hard about them (RAML `/spaces/…`; nobody has told of a live account).

A note that lies in no space, one that is empty, one that was thrown away; a table of which one view shows all and others do not, one of
which (under a switch) each view hides something, one that shows tasks; a link, a view of another table, and a page of another site.
"""

from collections.abc import Callable, Iterator, Sequence

from crmexport_megaplan.parts import id_of
from crmexport_megaplan.pictures import told_by
from crmexport_megaplan.sandbox.values import DAY, NOW, Body, day, link, moment
from crmexport_megaplan.sandbox.world import World
from crmexport_megaplan.spaces import member_id

SALES, INNER, LOOSE, THROWN = "s-1", "s-2", "n-3", "n-4"
PRICES, HALVES, TASKS = "w-1", "w-2", "w-3"
SITE, ALIAS, LINK = "f-1", "w-4", "l-1"
# Each element: its type, its title, and what it lies in.
ELEMENTS: dict[str, tuple[str, str, str | None]] = {
    SALES: ("Space", "Отдел; продаж 🚀", None),
    "n-1": ("Note", "Как отвечать на звонки", SALES),
    PRICES: ("Widget", "Цены;\tпартнёров", SALES),
    SITE: ("Iframe", "Наш сайт", SALES),
    ALIAS: ("WidgetView", "Цены ещё раз", SALES),
    INNER: ("Space", "=Вложенное", SALES),
    "n-2": ("Note", "Пустая", INNER),
    HALVES: ("Widget", "Поровну", INNER),
    TASKS: ("Widget", "Мои задачи", INNER),
    LINK: ("ElementLink", "Как отвечать", INNER),
    LOOSE: ("Note", "Личное", None),
    THROWN: ("Note", "Выброшенное", None),
}
LEADS_TO = {LINK: "n-1", ALIAS: PRICES}
NOTES = ("n-1", "n-2", LOOSE, THROWN)
# The views of each table: type, whether it has a filter, and the rows that it shows.
ROWS = {PRICES: 23, HALVES: 4}
VIEWS: dict[str, tuple[str, str, bool, range]] = {
    "v-1": (PRICES, "Chart", False, range(0)),
    "v-2": (PRICES, "Board", True, range(5)),
    "v-3": (PRICES, "Table", False, range(23)),
    "v-4": (HALVES, "Table", False, range(4)),
    "v-5": (HALVES, "Board", True, range(2, 4)),
}
HIDING = {"v-4": range(3)}  # what the views show that have a filter only where each has one
COLUMNS = ("Название", "Цена", "Срок", "Статус", "Кто", "Файл", "Метки", "Готово", "Сколько", "Когда", "Ещё")
SHOWN_FILE = 0  # the file that a cell shows, by its address
FIRST = {"Employee": 1_000_001, "Group": 2_000_001}
FILE_NAME = "Прайс; лист.pdf"
PREVIEW = 5
LISTS = {
    "spaces/space": (SALES,),
    "spaces/element": tuple(id for id in ELEMENTS if id not in (LOOSE, THROWN)),
    "spaces/section/all": (SALES,),
    "spaces/section/private": (LOOSE,),
    "spaces/trash": (THROWN,),
}
STREAMS = {
    "NoteEdition": "noteEdition",
    "IframeUrl": "iframeUrl",
    "AccessSettingsItem": "elementMember",
    "DataSourceField": "widgetField",
    "WidgetLayout": "widgetLayout",
    "WidgetLayoutDataRow": "widgetRow",
}


def above(id: str) -> list[str]:
    """What an element lies in, the outermost first."""
    own = ELEMENTS[id][2]
    return [*above(own), own] if own else []


def within(id: str) -> list[str]:
    """What lies in an element."""
    return [one for one, (_type, _title, of) in ELEMENTS.items() if of == id]


def elements(world: World) -> list[Body]:
    """Element."""
    return [_element(id, kind, title) for id, (kind, title, _above) in ELEMENTS.items()]


def _element(id: str, kind: str, title: str) -> Body:
    return {
        "contentType": "Element",
        "id": id,
        "type": kind,
        "title": title,
        "path": [link("Element", one) for one in above(id)],
        "pathCount": len(above(id)),
        "childrenCount": len(within(id)),
        "linkedElement": link("Element", LEADS_TO[id]) if id in LEADS_TO else None,
        "inTrash": id == THROWN,
        "isSystem": False,
        "isPublic": id == SALES,
        "isCustom": id != TASKS,
    }


def notes(world: World) -> list[Body]:
    """NoteEdition: known by the element it is the text of."""
    texts = {"n-1": "<p>Добрый день &amp; <b>спасибо</b>!</p>\n<p>«=1+1»</p>", "n-2": ""}
    return [
        {"contentType": "NoteEdition", "id": id, "previewText": None, "text": texts.get(id, f"<p>{id}</p>")}
        for id in NOTES
    ]


def sites(world: World) -> list[Body]:
    """IframeUrl."""
    return [{"contentType": "IframeUrl", "id": SITE, "url": "https://example.test/?a=1&b=2"}]


def members(world: World) -> list[Body]:
    """AccessSettingsItem, which has no id: two people and a group of the first space, one person of the inner."""
    given = [(SALES, "Employee", 0), (SALES, "Employee", 1), (SALES, "Group", 0), (INNER, "Employee", 0)]
    return [
        {
            "contentType": "AccessSettingsItem",
            "element": link("Element", of),
            "member": link(kind, str(FIRST[kind] + place)),
            "accessLevel": "edit" if place else "share",
            "canEdit": True,
        }
        for of, kind, place in given
    ]


def members_of(id: str) -> range:
    """The members of a space, as places."""
    return {SALES: range(3), INNER: range(3, 4)}.get(id, range(0))


def columns(world: World) -> list[Body]:
    """DataSourceField: as many for each table."""
    return [
        {
            "contentType": "DataSourceField",
            "id": f"{table}.{place}",
            "name": name,
            "alias": name,
            "type": "string",
        }
        for table in ROWS
        for place, name in enumerate(COLUMNS)
    ]


def views(world: World) -> list[Body]:
    """WidgetLayout."""
    return [
        {
            "contentType": "WidgetLayout",
            "id": id,
            "type": kind,
            "name": f"Вид {id}",
            "filter": [{"contentType": "WidgetFilter"}] if hides else [],
            "settings": {"contentType": f"{kind}Settings"},
        }
        for id, (_table, kind, hides, _rows) in VIEWS.items()
    ]


def rows(world: World) -> list[Body]:
    """WidgetLayoutDataRow."""
    return [_row(world, table, place) for table, number in ROWS.items() for place in range(number)]


def row_places(table: str) -> range:
    """The rows of a table, as places among all rows."""
    first = sum(number for other, number in ROWS.items() if [*ROWS].index(other) < [*ROWS].index(table))
    return range(first, first + ROWS[table])


def _row(world: World, table: str, place: int) -> Body:
    """The first row of the first table has a value of each kind; the others have what most rows have, or nothing."""
    cells = [*_cells(world, place)] if (table, place) == (PRICES, 0) else [*_usual(place)]
    data = [
        {"contentType": "WidgetLayoutDataRowData", "field": field, "value": value} for field, value in cells
    ]
    id = f"{table}.{place}"
    return {"contentType": "WidgetLayoutDataRow", "id": id, "url": None, "data": data, "dataCount": len(data)}


def _usual(place: int) -> Iterator[tuple[str, object]]:
    yield COLUMNS[0], f"Строка {place}; «=1+1»" if place % 5 else None
    yield COLUMNS[2], day(NOW + place * DAY)


def _cells(world: World, place: int) -> Iterator[tuple[str, object]]:
    path = world.kinds["File"].body(SHOWN_FILE)["path"]
    ref: Callable[..., Body] = lambda kind, id, title: {**link(kind, id), "title": title}  # noqa: E731
    values = (
        "Партнёр № 0 🚀",
        {"contentType": "SpaceMoney", "value": 1500.5, "currency": ref("Ref", "RUB", "₽")},
        {"contentType": "DateOnly", "year": 2026, "month": 0, "day": 31},
        {**ref("SpaceStatus", "st-1", "В работе"), "color": "red"},
        {**ref("User", "1000001", "Иванова Анна"), "avatar": None},
        {**ref("SpaceFile", "sf-1", FILE_NAME), "url": path, "extension": "pdf"},
        {
            "contentType": "RefList",
            "count": 2,
            "value": [ref("Select", "1", "а"), ref("Select", "2", "б, в")],
        },
        False,
        {"contentType": "Number", "value": 0, "unit": "шт."},
        {"contentType": "SpaceDateInterval", "from": day(NOW), "to": moment(NOW + DAY)},
        {
            "contentType": "MultiValue",
            "values": ["раз", {"contentType": "Number", "value": 2.5, "unit": None}],
        },
    )
    yield from zip(COLUMNS, values, strict=True)


def under(kind: str) -> Iterator[tuple[str, int]]:
    """What stands under elements, of one kind: the element, and the place of the record."""
    for id in ELEMENTS:
        yield from ((id, place) for place in places_under(id, kind))


def places_under(id: str, kind: str) -> Sequence[int]:
    """The records of one kind that stand under an element, as places."""
    match kind:
        case "NoteEdition" if id in NOTES:
            return [NOTES.index(id)]
        case "IframeUrl" if id == SITE:
            return [0]
        case "AccessSettingsItem":
            return members_of(id)
        case "DataSourceField" if id in ROWS:
            first = [*ROWS].index(id) * len(COLUMNS)
            return range(first, first + len(COLUMNS))
        case "WidgetLayout":
            return [place for place, (table, *_rest) in enumerate(VIEWS.values()) if table == id]
        case "WidgetLayoutDataRow" if id in ROWS:
            return row_places(id)
    return []


def shown_file(world: World) -> tuple[str, tuple[str, str]]:
    """What the file that a cell shows is known by, and the row (stream, id) that shows it."""
    path = str(world.kinds["File"].body(SHOWN_FILE)["path"])
    return told_by(path)[0], (
        "widgetRow",
        name_of(PRICES, {"contentType": "WidgetLayoutDataRow", "id": f"{PRICES}.0"}),
    )


def name_of(element: str, body: Body) -> str:
    """What a record under an element is known by; a member has no id of its own."""
    of = ("element", element)
    return member_id(of, body) or id_of(of, body)
