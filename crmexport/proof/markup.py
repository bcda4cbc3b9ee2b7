"""The pieces that the page is made of: sections, tables, lists, remarks. Everything that came from outside is escaped."""

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

from crmexport.text import _, spaced

SHOWN = 500


def section(title: str, content: str) -> str:
    """A part with a heading; nothing where there is nothing in it."""
    return f"<section><h2>{escape(title)}</h2>\n{content}</section>\n" if content else ""


def note(words: str) -> str:
    """A remark in small letters; nothing where there is nothing to say."""
    return f'<p class="note">{escape(words)}</p>\n' if words else ""


def paragraphs(told: Iterable[str]) -> str:
    """Sentences of weight, one below the other."""
    return "".join(f"<p>{escape(words)}</p>\n" for words in told)


def more(number: int) -> str:
    """What to say of those not shown; nothing where there are none."""
    words = _("… and {number} more: all of them are in report.json.")
    return words.format(number=spaced(number)) if number > 0 else ""


def sentences(told: list[str]) -> str:
    """A list of sentences."""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in told[:SHOWN])
    return f"<ul>{items}</ul>\n" + note(more(len(told) - SHOWN)) if items else ""


def table(
    heads: list[str],
    rows: Iterable[Sequence[Any]],
    numeric: Iterable[int] = (),
    is_bad: Callable[[Sequence[Any]], bool] = lambda row: False,
) -> str:
    """A table; columns that are `numeric` stand to the right, and rows that are bad are marked."""
    right = set(numeric)

    def cells(tag: str, values: Sequence[Any], mark: str = "") -> str:
        shown = (
            f'<{tag} class="n">{escape(str(value))}</{tag}>'
            if at in right
            else f"<{tag}>{escape(str(value))}</{tag}>"
            for at, value in enumerate(values)
        )
        return f"<tr{mark}>{''.join(shown)}</tr>"

    body = "\n".join(cells("td", row, ' class="short"' if is_bad(row) else "") for row in rows)
    return f"<table><thead>{cells('th', heads)}</thead>\n<tbody>\n{body}\n</tbody></table>\n"
