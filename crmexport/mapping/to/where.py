"""Which entities a table takes: those whose values are the wanted ones."""

from collections.abc import Callable, Mapping
from typing import Any

from crmexport.mapping.to.paths import compiled
from crmexport.mapping.to.references import References
from crmexport.model import Entity

Keep = Callable[[Mapping[str, Any], References], bool]


def keeper(where: Mapping[str, Any], entity: Entity) -> Keep | None:
    """A function telling whether an entity is wanted; None when all are. `false` also means empty, null means only empty."""
    if not where:
        return None
    tests = [(compiled(path, entity).get, _wanted(value)) for path, value in where.items()]

    def keep(one: Mapping[str, Any], references: References) -> bool:
        return all(_word(get(one, references)) in wanted for get, wanted in tests)

    return keep


def _wanted(value: Any) -> frozenset[str]:
    values = value if isinstance(value, (tuple, list)) else (value,)
    words = {_word(item) for item in values}
    return frozenset(words | {""} if "false" in words else words)


def _word(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
