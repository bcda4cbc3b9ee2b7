"""To which other records each one is linked, looked at by the sweep: what changes there with no time of change.

Odoo merges contacts past its own models: everything that was linked to the one is linked to the other, and nothing is written at
what is linked (Odoo 19, `base.partner.merge`). So it is where a record is deleted to which others are linked by a field that
is emptied then.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from crmexport.source import Gap, GapKind, Reading, Request, Row
from crmexport.text import N_, _
from crmexport_odoo.models import ATTACHMENTS, CHANGES, MESSAGES, MODELS, USERS
from crmexport_odoo.questions import PAGE
from crmexport_odoo.sameness import is_link

AT_ONCE = 2 * PAGE
WHO_WROTE = frozenset({"create_uid", "write_uid"})  # these change with the time of change alone


def is_looked_at(model: str) -> bool:
    """Whether the records of a model are linked to others in such a way: not tags and stages, nor what hangs on a record for ever."""
    return model == USERS or not (MODELS[model].dictionary or model in (ATTACHMENTS, CHANGES))


def linking(model: str, definitions: Iterable[Row]) -> list[str]:
    """The fields to look at: one link, or many of them to what is no list of tags, stages and the like.

    Those are deleted themselves, which the sweep finds; and each of very many records would have to be read again.
    """
    return [row.value["name"] for row in definitions if _is_looked_at(model, row.value)]


def _is_looked_at(model: str, told: Mapping[str, Any]) -> bool:
    to = told.get("relation")
    if not told.get("store") or to not in MODELS or told["name"] in WHO_WROTE:
        return False
    is_many = told["type"] == "many2many" and model != MESSAGES and not MODELS[to].dictionary
    return told["type"] == "many2one" or is_many


def chunks(ids: Sequence[int], most: int = AT_ONCE) -> Iterator[Sequence[int]]:
    """The numbers of a page, at most so many together: as many as are looked at."""
    yield from (ids[start : start + most] for start in range(0, len(ids), most))


def glimpsed(model: str, listed: Any) -> Reading:
    """What was seen, by numbers alone. Raises ValueError for what is no list of records."""
    if not isinstance(listed, list) or not all(isinstance(one, dict) and "id" in one for one in listed):
        raise ValueError("Odoo does not show its records")
    seen = {
        (model, str(one["id"])): {name: _number(value) for name, value in one.items() if name != "id"}
        for one in listed
    }
    return Reading(present=set(seen), glimpses=seen)


def _number(value: Any) -> Any:
    """A linked record as its number, where its title came as well."""
    return value[0] if is_link(value) else value


def unseen(request: Request, reason: str) -> Gap:
    """That links could not be looked at; no record is lost by it."""
    words = _(
        "Whether these records are linked otherwise than before, with no time of change, could not be looked at ({reason}). "
        "A pull with --full reads them all."
    )
    return Gap(request.context["model"], N_("links"), GapKind.NOT_GIVEN, words.format(reason=reason))
