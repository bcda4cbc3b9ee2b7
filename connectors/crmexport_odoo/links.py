"""Which other records a record names: by its links, as what it hangs on, and by addresses within its texts."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crmexport.source import Key
from crmexport_odoo.definitions import Plan
from crmexport_odoo.models import ATTACHMENTS, MODELS

ADDRESS_MARKS = (b"/web/image/", b"/web/content/", b"fileData")
# What stands before an address within markup, where an attribute may hold JSON of its own (Odoo 19, `html_editor`).
_opened = r"""(?:["'(]|&quot;|&\#3[49];)"""
_quote = r"""(?:"|&quot;|&\#34;)"""
_FILE_BOX = re.compile(rf"{_quote}fileData{_quote}:\{{[^{{}}]*?{_quote}id{_quote}:(\d+)\b")
# Fields that say together which record something hangs on: its model, its number.
OWNERS = (("model", "res_id"), ("res_model", "res_id"))


def links(value: Mapping[str, Any], plan: Plan) -> Iterator[Key]:
    """The pulled records named in a record: one as [number, title], many as a list of numbers, none as false."""
    whose = owner(value)
    if whose and whose[0] in MODELS:
        yield whose
    for name, model in plan.links.items():
        if value.get(name):
            yield model, str(value[name][0])
    for name, model in plan.lists.items():
        yield from ((model, str(number)) for number in value.get(name) or ())


class Addresses:
    """The attachments that the texts of a record show or lead to: they may hang on something else, or on nothing.

    Within the own database only, whole address or not: another one's numbers, in a letter that somebody forwarded, are other
    attachments.
    """

    def __init__(self, url: str) -> None:
        own = rf"{_opened}(?:{re.escape(url)})?/web/(?:image|content)/(?:ir\.attachment/)?(\d+)\b"
        self._patterns = (re.compile(own, re.IGNORECASE), _FILE_BOX)

    def within(self, value: Mapping[str, Any]) -> Iterator[Key]:
        """Those that `value` names."""
        for text in value.values():
            if isinstance(text, str):
                for pattern in self._patterns:
                    yield from ((ATTACHMENTS, number) for number in pattern.findall(text))


def owner(value: Mapping[str, Any]) -> Key | None:
    """The record that `value` hangs on, whatever its model; Odoo writes false or 0 for none."""
    for model, number in OWNERS:
        if value.get(model) and value.get(number):
            return str(value[model]), str(value[number])
    return None
