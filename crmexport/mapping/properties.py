"""Fields that people make for one project or one team: each value comes with its own description, which no dictionary has.

In: such a value with its description (Odoo 19, `Properties.convert_to_read`). Out: “label: value”, in words that people chose.
"""

from collections.abc import Callable, Mapping
from typing import Any

from crmexport.mapping.markup import text_of

Plain = Callable[[Any], str | None]


def labelled(told: Mapping[str, Any], plain: Plain) -> str | None:
    """“label: value” of a value that stands beside its description; None where only that stands. Raises KeyError for anything else.

    `plain` makes a text of what is no choice, no link and no markup.
    """
    name, kind, value = told["string"], told["type"], told.get("value")
    is_empty = not value and (value is False or value != 0)
    shown = None if is_empty else _shown(told, kind, value, plain)
    return f"{name or told.get('name')}: {shown}" if shown else None


def _shown(told: Mapping[str, Any], kind: str, value: Any, plain: Plain) -> str | None:
    match kind:
        case "selection":
            return _chosen(told.get("selection"), [value])
        case "tags":
            return _chosen(told.get("tags"), value)
        case "many2one":
            return _titled(value)
        case "many2many":
            return ", ".join(map(_titled, value))
        case "html":
            return text_of(value)
    return plain(value)


def _chosen(choices: Any, words: list[str]) -> str:
    """The labels of these words. A choice is its word, its label and maybe a colour."""
    known = {choice[0]: choice[1] for choice in choices or ()}
    return ", ".join(known.get(word) or word for word in words)


def _titled(link: Any) -> str:
    """A link, which is a number and mostly a title."""
    number, title = link if isinstance(link, list) else (link, None)
    return f"{title or ''} #{number}".strip()
