"""Of questions for what changed since some moment, lost night after night, the one that asks for most: it brings what the others would."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from crmexport.archive.extent import is_moment
from crmexport.source import Request

_digits = re.compile(r"\d+")


def widest(lost: Iterable[Request]) -> list[Request]:
    """These without the first pages of lists that another one asks for since an earlier moment, in the same words.

    A list that is refused for a year would else be asked for three hundred times, each night once more, and give all that three
    hundred times when it comes. Connectors tell of the moment by `since` in the context of such a question.
    """
    kept: dict[object, Request] = {}
    for one in lost:
        words = _but_for_the_moment(one)
        known = kept.setdefault(words, one)
        if one.context.get("since", "") < known.context.get("since", ""):
            kept[words] = one
    return list(kept.values())


def _but_for_the_moment(request: Request) -> object:
    """What two questions have in common that differ in nothing else. What asks since no moment, or goes on, has it with none."""
    if not isinstance(request.context.get("since"), str) or request.goes_on:
        return request.key, bool(request.owed)
    asked = (_digits.sub("", request.path), _digits.sub("", request.body or ""))
    about = (request.stream, request.subject, request.family, request.method, bool(request.owed))
    return (*about, *asked, str(_timeless(request.context)))


def _timeless(told: Any) -> Any:
    """Values without moments among them. Which page it is, or which part of a list, stands there in numbers."""
    if isinstance(told, Mapping):
        return {name: _timeless(told[name]) for name in sorted(told)}
    if isinstance(told, list | tuple):
        return [_timeless(one) for one in told]
    return "" if isinstance(told, str) and is_moment(told) else told
