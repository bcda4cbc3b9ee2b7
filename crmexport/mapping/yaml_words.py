"""Pydantic's errors as sentences for the person who wrote the file, and the keys a model knows at a place."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from crmexport.text import N_, _

SENTENCES = {
    "missing": N_("this key is needed here and is missing."),
    "string_type": N_("a text is needed here."),
    "bool_type": N_("“true” or “false” is needed here."),
    "bool_parsing": N_("“true” or “false” is needed here."),
    "int_type": N_("a whole number is needed here."),
    "int_parsing": N_("a whole number is needed here."),
    "float_type": N_("a number is needed here."),
    "int_from_float": N_("a whole number is needed here."),
    "list_type": N_("a list is needed here."),
    "tuple_type": N_("a list is needed here."),
    "dict_type": N_("keys with values are needed here."),
    "mapping_type": N_("keys with values are needed here."),
    "model_type": N_("keys with values are needed here."),
    "model_attributes_type": N_("keys with values are needed here."),
    "none_required": N_("nothing may stand here."),
}
_LEAST = {"greater_than_equal": "ge", "too_short": "min_length"}
_MOST = {"less_than_equal": "le", "too_long": "max_length"}


def sentence_for(error: ErrorDetails, allowed: Sequence[str]) -> str:
    """What `error` means, as a sentence; `allowed` are the keys that may stand beside the one complained about."""
    kind = error["type"]
    if kind == "extra_forbidden":
        return unknown_key(str(error["loc"][-1]), allowed)
    if kind in ("literal_error", "enum"):
        return _no_such_word(error["input"], error["ctx"]["expected"])
    if kind in _LEAST:
        return _("at least {number} is needed here.").format(number=error["ctx"][_LEAST[kind]])
    if kind in _MOST:
        return _("no more than {number} may stand here.").format(number=error["ctx"][_MOST[kind]])
    if kind in SENTENCES:
        return _(SENTENCES[kind])
    reason = str(error.get("ctx", {}).get("error") or error["msg"])
    return reason if reason.endswith((".", "?")) else reason + "."


def _no_such_word(word: object, expected: str) -> str:
    """`expected` are the words in quotes, as pydantic lists them."""
    near = nearest(str(word), re.findall("'([^']*)'", expected))
    words = ", ".join(expected.rsplit(" or ", 1))  # pydantic speaks English only
    sentence = _("“{value}” cannot stand here. It must be one of: {words}.").format(value=word, words=words)
    return sentence if near is None else sentence + " " + _("Did you mean “{near}”?").format(near=near)


def is_short_form(error: ErrorDetails) -> bool:
    """Whether this only says that keys were given where a lone text could stand too: the keys' own errors say more."""
    return (
        error["type"] == "string_type"
        and error["loc"][-1:] == ("str",)
        and isinstance(error["input"], (dict, list))
    )


def unknown_key(key: str, allowed: Sequence[str]) -> str:
    """The sentence for a key that does not exist, with the nearest one that does."""
    return _("there is no key “{key}” here.").format(key=key) + did_you_mean(key, allowed)


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """“ Did you mean …?” with the nearest of `words`, or “ There are: …” when none is near; "" when there are none."""
    known = sorted(words)
    near = nearest(word, known)
    if near is not None:
        return " " + _("Did you mean “{near}”?").format(near=near)
    return " " + _("There are: {words}.").format(words=", ".join(known)) if known else ""


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The one of `words` that `word` is most like, whatever its capitals and the blanks around it; None when none is near."""
    folded = {one.casefold(): one for one in words}
    near = get_close_matches(word.strip().casefold(), folded, n=1)
    return folded[near[0]] if near else None


def allowed_keys(model: Any, location: Sequence[str | int]) -> list[str]:
    """The keys that `model` knows at `location` (as pydantic writes it), sorted; [] where any key may stand."""
    found: set[str] = set()
    for kind in _along([model], location):
        found |= {field.alias or name for name, field in kind.model_fields.items()}
    return sorted(found)


def _along(kinds: list[Any], location: Sequence[str | int]) -> Iterator[type[BaseModel]]:
    """The models that may stand at the end of `location`, beginning with any of `kinds`."""
    for step in location:
        kinds = [inner for kind in kinds for inner in _into(kind, step)]
    yield from (kind for kind in _flat(kinds) if isinstance(kind, type) and issubclass(kind, BaseModel))


def _into(kind: Any, step: str | int) -> Iterator[Any]:
    for one in _flat([kind]):
        if isinstance(one, type) and issubclass(one, BaseModel):
            yield from _into_model(one, step)
        elif _is_container(one):
            yield get_args(one)[-1]


def _into_model(model: type[BaseModel], step: str | int) -> Iterator[Any]:
    if step == model.__name__:  # the branch of a union, not a key
        yield model
    for name, field in model.model_fields.items():
        if step in (name, field.alias):
            yield field.annotation


def _flat(kinds: Sequence[Any]) -> Iterator[Any]:
    """Every member of unions and annotated types among `kinds`."""
    for kind in kinds:
        inner = get_args(kind)
        if inner and not _is_container(kind):
            yield from _flat(inner)
        else:
            yield kind


def _is_container(kind: Any) -> bool:
    origin = getattr(kind, "__origin__", None)
    return isinstance(origin, type) and issubclass(origin, (list, tuple, set, dict, Mapping))
