"""Which entities a table takes, and which rows a column speaks of: those whose values are the wanted ones."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from crmexport.mapping.to.paths import Path, compiled
from crmexport.mapping.to.references import References
from crmexport.mapping.to.schema import Other
from crmexport.model import Entity

Test = Callable[[Mapping[str, Any], References], bool]


class Keep(NamedTuple):
    """Tells whether an entity is wanted, and the paths that it must look at for this."""

    test: Test
    paths: tuple[Path, ...] = ()


def keeper(where: Mapping[str, Any], entity: Entity) -> Keep | None:
    """What `where` means; None when all are wanted. Raises PathError.

    `false` also means empty, null means only empty; of a list, one item is enough; `not` turns it round.
    """
    if not where:
        return None
    paths = tuple(compiled(path, entity) for path in where)
    tests = [_test(path, value) for path, value in zip(paths, where.values(), strict=True)]
    return Keep(lambda one, references: all(test(one, references) for test in tests), paths)


def _test(path: Path, value: Any) -> Test:
    get = path.get
    if isinstance(value, Other):
        unwanted = _wanted(value.not_)
        return lambda one, references: not unwanted & _words(get(one, references))
    wanted = _wanted(value)
    return lambda one, references: bool(wanted & _words(get(one, references)))


def _wanted(value: Any) -> frozenset[str]:
    values = value if isinstance(value, (tuple, list)) else (value,)
    words = {_word(item) for item in values}
    return frozenset(words | {""} if "false" in words else words)


def _words(value: Any) -> frozenset[str]:
    return (
        frozenset(map(_word, value)) or frozenset([""])
        if isinstance(value, list)
        else frozenset([_word(value)])
    )


def _word(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
