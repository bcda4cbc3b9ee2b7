"""What is not held of a model that is pulled: fields that had to be left out, bytes and values that are not asked for."""

from collections.abc import Iterator, Mapping
from typing import Any

from crmexport.source import Gap, GapKind, Request, Row
from crmexport.text import N_, _
from crmexport_odoo.definitions import is_in_table
from crmexport_odoo.models import ATTACHMENTS, FIELDS


def not_given(model: str, settings: Mapping[str, Any], fields: list[dict[str, Any]]) -> list[Gap]:
    """What this connector does not ask for though the fields of `model` tell of it: bytes that lie in its own table, and what a
    field says for other companies than the main one.
    """
    in_table = [told["name"] for told in fields if model != ATTACHMENTS and is_in_table(told)]
    words = _(
        "The bytes in this field lie in the table of its records, not among the attachments; they are not fetched."
    )
    found = [Gap(model, f"field {name}", GapKind.NOT_GIVEN, words) for name in in_table]
    differing = sorted(told["name"] for told in fields if told.get("company_dependent"))
    if differing and len(settings.get("allowed_company_ids") or ()) > 1:
        words = _(
            "These fields differ by company; what they say for others than the main one is not fetched: {fields}."
        )
        reason = words.format(fields=", ".join(differing))
        found.append(Gap(model, N_("other companies"), GapKind.NOT_GIVEN, reason))
    return found


def unshown(model: str, field: str, rows: int, found: int) -> list[Gap]:
    """Bytes in a field that are no attachments to this user: Odoo 14 shows none of these (tried), 16 does again (`ir.attachment`,
    `_search`).
    """
    words = _(
        "{rows} of these records have a file in this field, and Odoo shows {found} of these files among the attachments. The others "
        "are not fetched: this version of Odoo, or the rights of this user, hide them."
    )
    if found >= rows:
        return []
    reason = words.format(rows=rows, found=found)
    return [Gap(model, f"field {field}", GapKind.NOT_GIVEN, reason)]


def elsewhere(rows: list[Row]) -> Iterator[Gap]:
    """Attachments whose bytes Odoo has handed to another keeper (a cloud): it does not give them."""
    words = _("The file lies outside of Odoo ({type}), at {path}: it is not fetched.")
    for row in rows:
        kind = row.value.get("type")
        if kind and kind not in ("binary", "url"):
            reason = words.format(type=kind, path=row.value.get("url") or "—")
            yield Gap("file", row.id, GapKind.REFUSED, reason)


def vanished(request: Request, reason: str) -> Gap:
    """The one record that was wanted is not there."""
    stream, number = request.context["card"]
    return Gap(stream, number, GapKind.VANISHED, reason)


def lost(request: Request) -> list[Gap]:
    """The stored fields that had to be left out for this question to be answered."""
    model, lost = request.context["model"], request.context.get("lost", {})
    return [Gap(FIELDS, f"{model}.{name}", GapKind.REFUSED, reason) for name, reason in lost.items()]


def uncomputed(request: Request) -> list[Gap]:
    """The computed fields that had to be left out: Odoo keeps nothing in them that could be lost, but a person should know."""
    model, left = request.context["model"], request.context.get("uncomputed", {})
    words = _("Odoo works this field out whenever it is asked for, and failed to for some records: {words}")
    return [
        Gap(FIELDS, f"{model}.{name}", GapKind.NOT_GIVEN, words.format(words=reason))
        for name, reason in left.items()
    ]
