"""How many records of each kind this user may not see: the rows of its table, which the list of models tells, against its count.

Rules of access take records out of every answer without a word (Odoo reference, §2). The list of models counts the rows of
each table past all rules (Odoo 19, `ir.model`, `count`). Where it counts more, both are asked once more before anything is
told, because people make and delete records meanwhile.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from crmexport.source import Announced, Gap, GapKind, Reading, Request
from crmexport.text import N_, _
from crmexport_odoo.models import MODELS, PRIVATE, domain_of
from crmexport_odoo.questions import FIRST, Questions

HIDDEN = N_("hidden")


def looks(questions: Questions, told: Mapping[str, Any], rows: list[Mapping[str, Any]]) -> Iterator[Request]:
    """What to ask about the models in `rows` that hold anything, and of which it can be told which rows are pulled."""
    for row in rows:
        model, count = str(row["model"]), row.get("count")
        if model in MODELS and _is_comparable(model) and isinstance(count, int) and count:
            yield questions.look({**told, "model": model, "rows": count})


def _is_comparable(model: str) -> bool:
    return not domain_of(model) or bool(MODELS[model].needs)


def looked(questions: Questions, request: Request, found: int) -> Reading:
    """What it means that the user finds so many: nothing is hidden, or a second look is due, or there is a gap."""
    told = request.context
    rows = told["rows"]
    if found >= rows:
        return Reading()
    if FIRST not in told:
        again = {**told, FIRST: found}
        return Reading(requests=[questions.others(again, told["settings"], told["model"])])
    hidden = rows - max(found, told[FIRST])
    return Reading() if hidden <= 0 else _told(told["model"], rows, rows - hidden)


def _told(model: str, rows: int, found: int) -> Reading:
    """A loss is announced, so that the report has the number; what people keep to themselves is none."""
    if model in PRIVATE:
        words = _(
            "Odoo keeps {rows} of these and shows this user {found}. Hidden is what people keep to themselves (to-dos without a "
            "project, their stages and activities), and what hangs on records that this user may not see."
        )
        reason = words.format(rows=rows, found=found)
        return Reading(gaps=[Gap(model, HIDDEN, GapKind.NOT_GIVEN, reason)])
    if MODELS[model].needs:
        words = _(
            "Odoo keeps {rows} lines of analytic accounting and shows this user {found}. The others are hidden by access rights: "
            "they are hours of other people, or money, which is not needed. Pull with --full as a user who may see all hours and "
            "the accounting."
        )
        return _missed(model, rows, found, words)
    words = _(
        "Odoo keeps {rows} of these and shows this user {found}. The others are hidden by access rights, or belong to companies "
        "that are archived or that the user is not in. Pull with --full as a user who may see them."
    )
    return _missed(model, rows, found, words)


def _missed(model: str, rows: int, found: int, words: str) -> Reading:
    gap = Gap(model, HIDDEN, GapKind.REFUSED, words.format(rows=rows, found=found))
    return Reading(gaps=[gap], announced=[Announced(model, HIDDEN, rows - found)])
