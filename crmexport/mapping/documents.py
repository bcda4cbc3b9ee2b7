"""Documents that are trees of nodes, as editors on the web keep them (Atlassian's ADF, ProseMirror and its kin), as HTML.

Every node has a `type`; it holds `text`, or nodes under `content`, or, where it is a thing and no text (a mention, a card of a link,
an emoji, a day), what it stands for among its `attrs`. What a type that nobody has heard of holds is told all the same.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from typing import Any

_ELEMENTS = {
    "listItem": "li", "taskItem": "li", "decisionItem": "li", "tableRow": "tr", "tableCell": "td", "tableHeader": "td",
    "bulletList": "ul", "orderedList": "ul", "taskList": "ul", "decisionList": "ul", "table": "table",
}  # fmt: skip
_INLINE = {
    "text",
    "mention",
    "emoji",
    "inlineCard",
    "inlineExtension",
    "date",
    "status",
    "mediaInline",
    "hardBreak",
}
_TOLD = ("text", "title", "url", "shortName", "alt", "label")
_SIGNS = {"DONE": "[x] ", "TODO": "[ ] "}


def is_document(value: Any) -> bool:
    """Whether this is the root of such a tree."""
    return isinstance(value, dict) and value.get("type") == "doc" and isinstance(value.get("content"), list)


def markup_of(document: dict[str, Any]) -> str:
    """The document as HTML. It may be nested however deep."""
    return "".join(_pieces(document))


def _pieces(document: dict[str, Any]) -> Iterator[str]:
    waiting: list[Any] = [document]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict):
            kind = str(node.get("type"))
            element = _ELEMENTS.get(kind, "" if kind in _INLINE else "div")
            yield f"<{element}>{_own(kind, node)}" if element else _own(kind, node)
            waiting += [f"</{element}>" if element else "", *reversed(_inner(element, node))]


def _inner(element: str, node: dict[str, Any]) -> list[Any]:
    """The nodes within. An item of a list and a cell of a table begin with a paragraph, which begins no new line there."""
    found = node.get("content")
    inner = found if isinstance(found, list) else []
    is_wrapped = bool(inner) and isinstance(inner[0], dict) and inner[0].get("type") == "paragraph"
    return [{**inner[0], "type": "text"}, *inner[1:]] if element in ("li", "td") and is_wrapped else inner


def _own(kind: str, node: dict[str, Any]) -> str:
    """What a node says beside the nodes in it."""
    if kind == "hardBreak":
        return "<br>"
    found = node.get("attrs")
    attrs = found if isinstance(found, dict) else {}
    if isinstance(node.get("text"), str):
        return _linked(_shown(node["text"]), node.get("marks"))
    if kind == "date":
        return _day(attrs.get("timestamp"))
    told = next((attrs[name] for name in _TOLD if isinstance(attrs.get(name), str)), "")
    return _SIGNS.get(str(attrs.get("state")), "") + _shown(told)


def _shown(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _linked(shown: str, marks: Any) -> str:
    """The text of a link with its address."""
    for mark in marks if isinstance(marks, list) else ():
        attrs = mark.get("attrs") if isinstance(mark, dict) and mark.get("type") == "link" else None
        if isinstance(attrs, dict) and isinstance(attrs.get("href"), str):
            return f'<a href="{escape(attrs["href"])}">{shown}</a>'
    return shown


def _day(told: Any) -> str:
    """A day is told as the milliseconds since 1970 at which it begins in UTC."""
    try:
        return datetime.fromtimestamp(int(told) / 1000, UTC).date().isoformat()
    except (ValueError, TypeError, OverflowError, OSError):
        return _shown(str(told or ""))
