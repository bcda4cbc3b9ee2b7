"""Which entities a table takes, and which rows a column speaks of: those whose values are the wanted ones."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from crmexport.mapping.to.paths import Path, PathError, compiled
from crmexport.mapping.to.references import References
from crmexport.mapping.to.schema import Other
from crmexport.mapping.yaml_words import did_you_mean, nearest
from crmexport.model import PARTS, Entity, Type
from crmexport.text import _

_PART = {Type.REF: "title", Type.MONEY: "amount"}

Test = Callable[[Mapping[str, Any], References], bool]


class Keep(NamedTuple):
    """Tells whether an entity is wanted, and the paths that it must look at for this."""

    test: Test
    paths: tuple[Path, ...] = ()


def keeper(where: Mapping[str, Any], entity: Entity) -> Keep | None:
    """What `where` means; None when all are wanted. Raises PathError, for a value that is never there too.

    `false` also means empty, null means only empty; of a list, one item is enough; `not` turns it round.
    """
    if not where:
        return None
    paths = tuple(compiled(path, entity) for path in where)
    tests = [_test(path, value) for path, value in zip(paths, where.values(), strict=True)]
    return Keep(lambda one, references: all(test(one, references) for test in tests), paths)


def _test(path: Path, value: Any) -> Test:
    get = path.get
    words = wanted_words(value)
    refuse_never(path, words)
    _refuse_no_word(path, words)
    if isinstance(value, Other):
        return lambda one, references: not words & words_of(get(one, references))
    return lambda one, references: bool(words & words_of(get(one, references)))


def refuse_never(path: Path, words: Collection[str]) -> None:
    """Raise PathError for a word that is never there: rows would be left out, or a value never be shown, in silence.

    A choice may have words of the source's own; only one that is nearly ours is a slip of the pen.
    """
    known = path.field.choices if path.text == path.field.name else {}
    for word in sorted({*words} - {"", *known}):
        if path.type is Type.BOOL and word not in ("true", "false"):
            raise PathError(_("“{name}” is true or false, never “{word}”.").format(name=path.text, word=word))
        if nearest(word, known):
            sentence = _("“{name}” is never “{word}”.").format(name=path.text, word=word)
            raise PathError(sentence + did_you_mean(word, known))


def _refuse_no_word(path: Path, words: Collection[str]) -> None:
    """Raise PathError where a word is to be a link, an amount or a telephone: these are never a word."""
    part = _PART.get(path.type) or next(iter(PARTS.get(path.type, ())), "")
    word = min({*words} - {"", "false"}, default="")
    if part and word:
        raise PathError(
            _("“{name}” is no word, so it is never “{word}”. Ask for “{name}.{part}”, or for {some}.").format(
                name=path.text, word=word, part=part, some="{not: null}"
            )
        )


def wanted_words(value: Any) -> frozenset[str]:
    """The words of a value in `where`, those behind `not` too; "" for empty."""
    return _wanted(value.not_ if isinstance(value, Other) else value)


def _wanted(value: Any) -> frozenset[str]:
    values = value if isinstance(value, (tuple, list)) else (value,)
    words = {_word(item) for item in values}
    return frozenset(words | {""} if "false" in words else words)


def words_of(value: Any) -> frozenset[str]:
    """A value, or every item of a list, as `where` compares it; "" for empty."""
    return (
        frozenset(map(_word, value)) or frozenset([""])
        if isinstance(value, list)
        else frozenset([_word(value)])
    )


def _word(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
