"""Deal schemes, active and retired, with their states (Megaplan reference, §8.2); and the definitions of custom fields."""

from itertools import pairwise
from typing import NamedTuple

from crmexport_megaplan.sandbox.customs import PROGRAM_FIELDS, SCOPE_FIELDS
from crmexport_megaplan.sandbox.kinds import Kind
from crmexport_megaplan.sandbox.values import Body, link

# State names repeat across schemes on purpose; ids never do.
STATES = (
    ("Новая", "active"),
    ("Переговоры", "active"),
    ("Оплата 🚀", "active"),
    ("Успех", "positive"),
    ("Отказ", "negative"),
)


class Scheme(NamedTuple):
    """One program: its id, name, and whether deals can still be made in it."""

    id: str
    name: str
    is_active: bool


SCHEMES = (
    Scheme("13", "Продажи", True),
    Scheme("14", "Тендеры", True),
    Scheme("15", "Сервис 🚀", True),
    Scheme("16", "=Старая воронка (2019)", False),
    Scheme("17", "Продажи", False),
)


def state_id(program: int, state: int) -> str:
    """The id of a state of the program with this index."""
    return str(100 + program * 10 + state)


def states(program: int) -> list[Body]:
    """The states of a program, whole."""
    return [
        {
            "contentType": "ProgramState",
            "id": state_id(program, place),
            "name": name,
            "entryPointName": "",
            "type": outcome,
            "color": "#7ac",
            "description": "",
            "isEntry": place == 0,
        }
        for place, (name, outcome) in enumerate(STATES)
    ]


ALL_STATES = {
    ("ProgramState", state["id"]): state for place in range(len(SCHEMES)) for state in states(place)
}


class Programs(Kind):
    """Program."""

    content_type = "Program"
    stream = "program"
    first_id = 13
    listed = frozenset({"name", "states", "isBpm"})

    @property
    def count(self) -> int:
        """Always the same few."""
        return len(SCHEMES)

    def created(self, index: int) -> int:
        """All at the beginning."""
        return index

    def is_active(self, index: int) -> bool:
        """Whether deals can be made in it."""
        return SCHEMES[index].is_active != (("Program", index) in self.world.turned)

    def body(self, index: int) -> Body:
        """The whole card: states stay whole, for this is where they are defined."""
        scheme = SCHEMES[index]
        ids = [state["id"] for state in states(index)]
        return {
            "contentType": "Program",
            "id": scheme.id,
            "name": scheme.name,
            "isActive": self.is_active(index),
            "states": states(index),
            "statesCount": len(STATES),
            "transitions": [
                {
                    "contentType": "ProgramTransition",
                    "name": f"Шаг {place + 1}",
                    "from": link("ProgramState", one),
                    "to": link("ProgramState", other),
                }
                for place, (one, other) in enumerate(pairwise(ids))
            ],
            "triggers": [],
            "roles": [{"contentType": "ProgramRole", "linkedField": "manager", "name": "Ответственный"}],
            "isBpm": False,
            "programGroup": None,
        }


def definitions(scope: str) -> list[Body]:
    """The field definitions of a scope: "program/13", "task", "contractorCompany" …"""
    kind, _, id = scope.partition("/")
    fields = PROGRAM_FIELDS[id] if kind == "program" else SCOPE_FIELDS[scope]
    return [field.definition(order) for order, field in enumerate(fields, 1)]


def scopes() -> list[str]:
    """All scopes that have field definitions, in a fixed order."""
    return [*(f"program/{scheme.id}" for scheme in SCHEMES), *SCOPE_FIELDS]
