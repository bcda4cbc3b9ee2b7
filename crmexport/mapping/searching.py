"""JMESPath proper: the paths that are not plain, as closures made of the tree that its parser gives.

`jmespath` itself walks that tree anew for every value, which costs ten times as much. Nodes that no closure is known for are
still left to it, so that every path means exactly what JMESPath means by it.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions
from jmespath.visitor import TreeInterpreter

from crmexport.errors import ConfigurationError
from crmexport.mapping.paths import Getter, is_true
from crmexport.mapping.yaml_words import did_you_mean
from crmexport.text import _

Tree = Mapping[str, Any]
Make = Callable[[Tree], Getter]
SHOWN = 200  # of a reason, which quotes the value
_interpreter: Any = TreeInterpreter()


class StumbledError(ConfigurationError, ValueError):
    """A function in a path does not take what a record has there: in a rule a value that cannot be read, elsewhere a mistake in the file."""


def searched(text: str) -> tuple[Getter, frozenset[str]]:
    """What finds the value of a path, and the fields of the node it begins with. Raises ValueError with a sentence."""
    tree = _parsed(text)
    find = _compiled(tree)

    def get(node: Any) -> Any:
        try:
            return find(node)
        except JMESPathError as error:
            sentence = _(
                "The path “{path}” in the mapping file stumbles over a record ({reason}). Where the value may be missing, ask for it first: "
                "“title && contains(title, 'x')”."
            )
            raise StumbledError(sentence.format(path=text, reason=str(error)[:SHOWN])) from error

    return get, frozenset(_tops(tree))


def _parsed(text: str) -> Tree:
    try:
        tree: Tree = jmespath.compile(text).parsed
    except JMESPathError as error:
        reason = str(error).splitlines()[0]
        raise ValueError(
            _("“{path}” is not a JMESPath ({reason}).").format(path=text, reason=reason)
        ) from error
    for name in _functions(tree):
        if name not in Functions.FUNCTION_TABLE:
            sentence = _("“{path}”: JMESPath has no function “{name}”.").format(path=text, name=name)
            raise ValueError(sentence + did_you_mean(name, Functions.FUNCTION_TABLE))
    return tree


def _compiled(tree: Tree) -> Getter:
    make = _MAKE.get(tree["type"])
    return make(tree) if make else lambda node: _interpreter.visit(tree, node)


def _field(tree: Tree) -> Getter:
    name = tree["value"]
    return lambda node: node.get(name) if isinstance(node, dict) else None


def _literal(tree: Tree) -> Getter:
    value = tree["value"]
    return lambda node: value


def _index(tree: Tree) -> Getter:
    at: int = tree["value"]
    return lambda node: node[at] if isinstance(node, list) and -len(node) <= at < len(node) else None


def _chain(tree: Tree) -> Getter:
    steps = [_compiled(child) for child in tree["children"]]

    def get(node: Any) -> Any:
        for step in steps:
            node = step(node)
        return node

    return get


def _or(tree: Tree) -> Getter:
    first, second = map(_compiled, tree["children"])
    return lambda node: found if is_true(found := first(node)) else second(node)


def _and(tree: Tree) -> Getter:
    first, second = map(_compiled, tree["children"])
    return lambda node: second(node) if is_true(found := first(node)) else found


def _not(tree: Tree) -> Getter:
    (inner,) = map(_compiled, tree["children"])
    return lambda node: not is_true(inner(node))


def _comparison(tree: Tree) -> Getter:
    if tree["value"] not in ("eq", "ne"):
        return _ordering(tree)
    left, right = map(_compiled, tree["children"])
    compare = TreeInterpreter.COMPARATOR_FUNC[tree["value"]]
    return lambda node: compare(left(node), right(node))


def _ordering(tree: Tree) -> Getter:
    """Texts and numbers can be compared, and nothing else."""
    left, right = map(_compiled, tree["children"])
    compare = TreeInterpreter.COMPARATOR_FUNC[tree["value"]]

    def get(node: Any) -> Any:
        before, after = left(node), right(node)
        return compare(before, after) if _is_ordered(before) and _is_ordered(after) else None

    return get


def _is_ordered(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal, str)) and not isinstance(value, bool)


def _filter(tree: Tree) -> Getter:
    base, each, test = map(_compiled, tree["children"])

    def get(node: Any) -> Any:
        items = base(node)
        if not isinstance(items, list):
            return None
        return [found for item in items if is_true(test(item)) and (found := each(item)) is not None]

    return get


def _several(tree: Tree) -> Getter:
    getters = [_compiled(child) for child in tree["children"]]
    return lambda node: None if node is None else [get(node) for get in getters]


_MAKE: dict[str, Make] = {
    "field": _field,
    "literal": _literal,
    "identity": lambda tree: lambda node: node,
    "current": lambda tree: lambda node: node,
    "index": _index,
    "subexpression": _chain,
    "index_expression": _chain,
    "pipe": _chain,
    "or_expression": _or,
    "and_expression": _and,
    "not_expression": _not,
    "comparator": _comparison,
    "filter_projection": _filter,
    "multi_select_list": _several,
}


_LEFT_FIRST = {
    "subexpression", "index_expression", "pipe", "projection", "flatten", "filter_projection", "value_projection"
}  # fmt: skip


def _tops(tree: Tree) -> Iterator[str]:
    """The fields of the node itself that a parsed JMESPath looks at (not those of what it finds there)."""
    if tree["type"] == "field":
        yield tree["value"]
    for child in _at_the_node(tree):
        yield from _tops(child)


def _at_the_node(tree: Tree) -> list[Tree]:
    children = _nodes(tree)
    if tree["type"] == "expref":
        return []
    if tree["type"] in _LEFT_FIRST and children[0]["type"] != "current":
        return children[:1]
    return children


def _functions(tree: Tree) -> Iterator[str]:
    """The functions that a parsed JMESPath calls."""
    if tree["type"] == "function_expression":
        yield tree["value"]
    for child in _nodes(tree):
        yield from _functions(child)


def _nodes(tree: Tree) -> list[Tree]:
    """The children that are expressions (a slice has numbers)."""
    return [child for child in tree["children"] if isinstance(child, dict)]
