"""Templates: `"{lastName} {firstName}"` puts a text together from several paths."""

import re
from collections.abc import Callable
from string import Formatter
from typing import Any, NamedTuple

from crmexport.mapping.paths import Path, compile_path
from crmexport.mapping.transforms import plain_of

_BLANKS = re.compile(r"[ \u00a0]{2,}")


class Template(NamedTuple):
    """A compiled template. `fill(node, record)` gives the text, or None when every path in it is empty."""

    fill: Callable[[Any, Any], str | None]
    paths: tuple[Path, ...]


def compile_template(text: str) -> Template:
    """The template written as `text`. Raises ValueError with a sentence for a path in it that is none.

    A path that finds nothing leaves nothing: blanks around it are drawn together and trimmed.
    """
    pieces = [
        (before, compile_path(path) if path is not None else None)
        for before, path, _s, _c in Formatter().parse(text)
    ]
    paths = tuple(path for _before, path in pieces if path is not None)

    def fill(node: Any, record: Any) -> str | None:
        found = [_text(path, node, record) if path else "" for _before, path in pieces]
        if not any(found):
            return None
        whole = "".join(before + value for (before, _path), value in zip(pieces, found, strict=True))
        return _BLANKS.sub(" ", whole).strip()

    return Template(fill, paths)


def _text(path: Path, node: Any, record: Any) -> str:
    value = path.get(record if path.whole else node)
    return "" if value is None or value is False else plain_of(value) or ""
