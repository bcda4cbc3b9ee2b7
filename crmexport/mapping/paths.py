"""Paths into a record: JMESPath, compiled once.

Most paths in a mapping file are plain (`a.b`, `a[0].b`, `a[*].b`, `a[?kind=='phone']`, `x || y`, `[x, y]`, `!x`); they become
small closures that mean exactly what JMESPath means by them, and need no parser. Everything else goes to `searching`. Within an
`each`, a path begins at the item; one that begins with `$.` begins at the whole record.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

Getter = Callable[[Any], Any]

_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_CONDITION = rf"""{_NAME}\s*[=!]=\s*'[^'\\&]*'"""
_STEP = re.compile(
    rf"""(?P<name>{_NAME})|\[(?P<index>-?\d+)\]|(?P<star>\[\*\])"""
    rf"""|\[\?(?P<conditions>{_CONDITION}(?:\s*&&\s*{_CONDITION})*)\]"""
)
names_in = re.compile(r"[^\W\d]\w*").findall
"""All names in the text of a path, or of several."""


class Path(NamedTuple):
    """A compiled path. `tops` are the fields of the node it begins with; `whole` tells that the node is the whole
    record; `name` is the whole path when that is just the name of a field.
    """

    get: Getter
    tops: frozenset[str]
    whole: bool = False
    name: str = ""


def choices(text: str) -> list[Path]:
    """The plain paths between which a path chooses (`a || b`), in their order; only itself where it is not of that kind."""
    path = compile_path(text)
    plain = [_plain(part.strip()) for part in text.removeprefix("$.").split("||")]
    return (
        [path] if None in plain else [part._replace(whole=path.whole) for part in plain if part is not None]
    )


@lru_cache(maxsize=4096)
def compile_path(text: str) -> Path:
    """The path written as `text`. Raises ValueError with a sentence when it is not JMESPath."""
    if text.startswith("$."):
        return _compile(text[2:])._replace(whole=True, name="")
    return _compile(text)


def _compile(text: str) -> Path:
    branches = [_plain(part.strip()) for part in text.split("||")]
    plain = [branch for branch in branches if branch is not None]
    if len(plain) < len(branches):
        from crmexport.mapping.searching import searched

        return Path(*searched(text))
    tops = frozenset().union(*(branch.tops for branch in plain))
    return plain[0] if len(plain) == 1 else Path(_first_of([branch.get for branch in plain]), tops)


def _plain(text: str) -> Path | None:
    """The path as closures, or None when it is not a plain one."""
    if text == "@":
        return Path(lambda node: node, frozenset())
    if text.startswith("[") and text.endswith("]"):
        return _list_of([_plain(part.strip()) for part in text[1:-1].split(",")])
    if text.startswith("!"):
        return _not(text[1:].strip())
    steps = list(_steps(text))
    if not steps or steps[0].lastgroup != "name":
        return None
    return Path(_chain(steps), frozenset({steps[0]["name"]}), name=text if len(steps) == 1 else "")


def _not(name: str) -> Path | None:
    """`!a`: whether a field is null, false or empty."""
    if not re.fullmatch(_NAME, name):
        return None
    get = _name(name)
    return Path(lambda node: not is_true(get(node)), frozenset({name}))


def is_true(value: Any) -> bool:
    """Whether JMESPath takes a value for true: it is not null, false or empty; a zero is true."""
    return bool(value) or (value == 0 and value is not False)


def _list_of(items: list[Path | None]) -> Path | None:
    """`[a, b.c]`: a list of what each path finds, empty or not."""
    plain = [item for item in items if item is not None]
    if len(plain) < len(items):
        return None
    getters = [item.get for item in plain]
    tops = frozenset().union(*(item.tops for item in plain))
    return Path(lambda node: None if node is None else [get(node) for get in getters], tops)


def _steps(text: str) -> Iterator[re.Match[str]]:
    """The steps of a plain path; nothing at all when a part of it is not plain."""
    found = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            return
        found.append(match)
        at = match.end()
        if at < len(text) and text[at] == ".":
            at += 1
            if not re.match(_NAME, text[at:]):
                return
        elif at < len(text) and text[at] != "[":
            return
    yield from found


def _chain(steps: list[re.Match[str]]) -> Getter:
    first, *rest = steps
    if not rest:
        return _step(first)
    if _many(first):
        return _projected(_step(first), _chain(rest))
    if len(rest) == 1 and first["name"] and rest[0]["name"]:
        return _two_names(first["name"], rest[0]["name"])
    return _then(_step(first), _chain(rest))


def _many(step: re.Match[str]) -> bool:
    return bool(step["star"] or step["conditions"])


def _step(step: re.Match[str]) -> Getter:
    if step["name"]:
        return _name(step["name"])
    if step["index"]:
        return _index(int(step["index"]))
    return _filter(step["conditions"]) if step["conditions"] else _all


def _name(name: str) -> Getter:
    def get(node: Any) -> Any:
        return node.get(name) if isinstance(node, dict) else None

    return get


def _two_names(first: str, second: str) -> Getter:
    def get(node: Any) -> Any:
        inner = node.get(first) if isinstance(node, dict) else None
        return inner.get(second) if isinstance(inner, dict) else None

    return get


def _index(number: int) -> Getter:
    def get(node: Any) -> Any:
        return node[number] if isinstance(node, list) and -len(node) <= number < len(node) else None

    return get


def _filter(conditions: str) -> Getter:
    """`[?a=='x' && b!='y']`: the items that are so."""
    told = [_condition(condition) for condition in conditions.split("&&")]
    if len(told) == 1 and told[0][1]:
        return _filter_by_one(told[0][0], told[0][2])
    wanted = [(_name(key), same, value) for key, same, value in told]

    def get(node: Any) -> Any:
        if not isinstance(node, list):
            return None
        items = (item for item in node if item is not None)
        return [item for item in items if all((key(item) == value) is same for key, same, value in wanted)]

    return get


def _condition(text: str) -> tuple[str, bool, str]:
    key, sign, value = re.split(r"\s*([=!]=)\s*", text.strip())
    return key, sign == "==", value[1:-1]


def _filter_by_one(key: str, value: str) -> Getter:
    def get(node: Any) -> Any:
        if not isinstance(node, list):
            return None
        return [item for item in node if isinstance(item, dict) and item.get(key) == value]

    return get


def _all(node: Any) -> Any:
    return [item for item in node if item is not None] if isinstance(node, list) else None


def _then(first: Getter, second: Getter) -> Getter:
    return lambda node: second(first(node))


def _projected(many: Getter, each: Getter) -> Getter:
    def get(node: Any) -> Any:
        items = many(node)
        if items is None:
            return None
        return [found for found in map(each, items) if found is not None]

    return get


def _first_of(getters: list[Getter]) -> Getter:
    """JMESPath's `||`: the first that is neither null, false nor empty, else the last."""

    def get(node: Any) -> Any:
        found = None
        for getter in getters:
            found = getter(node)
            if is_true(found):
                return found
        return found

    return get
