"""What a model's own description of its fields (`fields_get`) teaches: the definitions as records, and what to ask of each record."""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from crmexport.source import Row
from crmexport.source.slices import Piece
from crmexport_odoo.models import FIELDS, MODELS, SMALLER_PICTURES

Definitions = dict[str, dict[str, Any]]

# Keys that open something to whoever holds them. They are no data of the company's, and an archive is no place for them.
SECRETS = frozenset({"access_token", "new_password", "password"})
# The words inside an attachment, kept by Odoo for its search; they may be as long as the file itself, which is held anyway.
# And a drawing of numbers, which Odoo 14 has not for every team: it then refuses all that it works out of the teams asked for.
HEAVY = frozenset({"index_content", "dashboard_graph_data"})
SENT_AS_FILES = "binary"
OTHER_END = "one2many"
SINGLE, LISTS = ("many2one",), (OTHER_END, "many2many")

_space = re.compile(r"\s*").match


class Plan(NamedTuple):
    """What to ask of every record of a model, and what its answer holds. As plain values, since it travels in requests.

    `fields` by name; `computed`: those of them which the server works out at each asking, with the fields they come from
    (not those whose value differs by company: up to Odoo 17 these are called not stored, but a person typed them);
    `links` and `lists`: field → pulled model, for fields that hold one record and for those that hold many. `copies` are
    those of the computed ones that repeat what a person typed into another record, such as the name of a product.
    `ends`: field and model, pulled or not, of the lists that are the other end of a link.
    """

    fields: list[str]
    computed: dict[str, list[str]]
    links: dict[str, str]
    lists: dict[str, str]
    copies: Sequence[str] = ()
    ends: Sequence[Sequence[str]] = ()

    def without(self, dropped: Collection[str]) -> "Plan":
        """The same plan, but for the fields in `dropped`."""
        fields = [name for name in self.fields if name not in dropped]
        computed, links, lists = (
            _less(mapping, dropped) for mapping in (self.computed, self.links, self.lists)
        )
        copies = [name for name in self.copies if name not in dropped]
        ends = [[name, model] for name, model in self.ends if name not in dropped]
        return Plan(fields, computed, links, lists, copies, ends)


def _less(mapping: dict[str, Any], dropped: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name not in dropped}


def plan_of(model: str, definitions: Definitions) -> Plan:
    """All fields that can be read, but for binary ones (they are held as files), secrets and copies of the files' words."""
    asked = {name: told for name, told in definitions.items() if _is_asked(name, told)}
    computed = {name: list(told.get("depends") or []) for name, told in asked.items() if _is_computed(told)}
    followed = {name: told for name, told in asked.items() if name != MODELS[model].unfollowed}
    copies = [name for name in computed if asked[name].get("related")]
    ends = [[name, told["relation"]] for name, told in asked.items() if told.get("type") == OTHER_END]
    links, lists = _relations(followed, SINGLE), _relations(followed, LISTS)
    return Plan(list(asked), computed, links, lists, copies, ends)


def _is_asked(name: str, told: dict[str, Any]) -> bool:
    return told.get("type") != SENT_AS_FILES and name not in SECRETS and name not in HEAVY


def is_in_table(told: dict[str, Any]) -> bool:
    """Whether a field holds bytes that are no attachment."""
    return bool(told.get("type") == SENT_AS_FILES and told.get("store") and told.get("attachment") is False)


def file_fields(definitions: Iterable[dict[str, Any]]) -> list[str]:
    """The fields whose bytes are attachments of the pull."""
    kept = [told for told in definitions if told.get("type") == SENT_AS_FILES and told.get("store")]
    return [
        str(told["name"]) for told in kept if told.get("attachment") and told["name"] not in SMALLER_PICTURES
    ]


def _is_computed(told: dict[str, Any]) -> bool:
    return not told.get("store") and not told.get("company_dependent")


def _relations(asked: Definitions, types: Collection[str]) -> dict[str, str]:
    """Field → model, of the fields of these types that lead to a pulled model."""
    found = {name: told["relation"] for name, told in asked.items() if told.get("type") in types}
    return {name: model for name, model in found.items() if model in MODELS}


def definition_rows(model: str, body: bytes, whole: Piece) -> list[Row]:
    """One record per field of `model`, with the place of its exact bytes within `body`. Raises ValueError for anything else.

    A field is known by its key; older versions do not repeat it within (seen in 12 and 13).
    """
    found = _members(body, whole.start, whole.end)
    if not all(isinstance(value, dict) and "type" in value for _name, value, _start, _end in found):
        raise ValueError(f"Odoo does not describe the fields of {model}")
    return [
        Row(FIELDS, f"{model}.{name}", {"name": name, **value}, start, end, (model, ""))
        for name, value, start, end in found
    ]


def _members(body: bytes, start: int, end: int) -> list[tuple[str, Any, int, int]]:
    """Name, value and place of each member of the object that is `body[start:end]`, which is known to be whole JSON."""
    text = body[start:end].decode("utf-8")
    decode = json.JSONDecoder().raw_decode
    found: list[tuple[str, Any, int, int]] = []
    at, byte = 1, start + 1
    while (quote := text.find('"', at)) >= 0:
        name, after = decode(text, quote)
        first = _space(text, text.index(":", after) + 1).end()  # type: ignore[union-attr]
        value, last = decode(text, first)
        begin = byte + len(text[at:first].encode())
        byte = begin + len(text[first:last].encode())
        found.append((name, value, begin, byte))
        at = last
    return found
