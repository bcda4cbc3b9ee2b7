"""Refusals that a changed question mends: a field that may not be read, a computed field on which the server stumbles, a record
that stands in the way of all others.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from crmexport.source import Request
from crmexport.text import _
from crmexport_odoo.definitions import Plan
from crmexport_odoo.models import MODELS
from crmexport_odoo.protocols import Failure
from crmexport_odoo.questions import BEFORE, CARD, DIVIDED, MET, RECORDS, SAMPLE_OF

MENDABLE = (403, 500)
NO_RIGHT = "odoo.exceptions.AccessError"
GONE = "odoo.exceptions.MissingError"
NO_MEMORY = "builtins.MemoryError"
NO_TIME = "CPU time limit exceeded"  # what a worker says that has used up `limit_time_cpu` (Odoo 19, `service/server.py`)
TOO_SLOW = (504, 524)  # a proxy's patience with Odoo ended (nginx waits a minute; 524 is Cloudflare's)
FEW = 50  # records that no server should need so long for
Told = dict[str, Any]
_models = "|".join(re.escape(model) for model in MODELS)


def mend(request: Request, failure: Failure) -> set[str]:
    """The fields to leave out when asking for records again after `failure`; none when no other question helps.

    First the fields that the message names; then the computed ones that come from a field it names; then all that are worked
    out, those that repeat what stands in a record that is not pulled, and at last those that repeat what stands in one that
    is: the name of a user stands in the partner, and in no other field of the user. A refusal of rights that names the field is believed at
    once, anything else only when the same question has met it twice: most errors pass, and what is left out is not asked for
    again.
    """
    named = _named(request, failure)
    if failure.name == NO_RIGHT and (refused := named or _leading_to(request, failure)):
        return refused
    if request.context.get(MET) != failure.name:
        return set()
    return named or _computed(request, failure)


def is_doubtful(request: Request, failure: Failure) -> bool:
    """Whether to ask the very same once more before any field is blamed for `failure`."""
    if MET in request.context or mend(request, failure):
        return False
    return bool(_named(request, failure) or _computed(request, failure))


def _named(request: Request, failure: Failure) -> set[str]:
    """The fields asked for that the message names, else those that are computed from what it names."""
    if not _may_be_a_field(request, failure):
        return set()
    plan, candidates = plan_in(request.context), _candidates(failure.message)
    return candidates.intersection(plan.fields) or _derived(plan.computed, candidates)


def _leading_to(request: Request, failure: Failure) -> set[str]:
    """The lists of a model that this user may not read: Odoo 14 names the model alone, and no field (tried: hours, of a task).

    They keep nothing of their own: the link stands at its other end. But Odoo names the model in the same way where a rule hides one
    record of it (Odoo 19, `ir.rule`, `_make_access_error`), so it is a guess; and who may read a record may read its model.
    """
    if failure.name != NO_RIGHT or not _may_be_a_field(request, failure):
        return set()
    models = {*re.findall(r"\(([\w.]+)\)", failure.message)} - {request.context["model"]}
    return {name for name, model in plan_in(request.context).ends if model in models}


def _computed(request: Request, failure: Failure) -> set[str]:
    if not _may_be_a_field(request, failure):
        return set()
    plan = plan_in(request.context)
    of_others = {name for name in plan.copies if not _leads_through(plan.computed[name], plan.links)}
    return set(plan.computed).difference(plan.copies) or of_others or set(plan.computed)


def _leads_through(paths: list[str], links: Mapping[str, str]) -> bool:
    return any(path.split(".")[0] in links for path in paths)


def without(told: Told, dropped: Collection[str], reason: str, *, is_guess: bool) -> Told:
    """What a question for fewer fields carries: which were left out, to tell of them if that was what stood in the way.

    A guess keeps in mind what was asked for before it: if it does not help, it was wrong.
    """
    plan = plan_in(told)
    uncomputed = {name: reason for name in plan.computed if name in dropped}
    lost = {name: reason for name in plan.fields if name in dropped and name not in uncomputed}
    before = {BEFORE: {**plan._asdict(), **{name: told.get(name, {}) for name in ("lost", "uncomputed")}}}
    told = {**(before if is_guess else {}), **told, **plan.without(dropped)._asdict()}
    told |= {"lost": told.get("lost", {}) | lost, "uncomputed": told.get("uncomputed", {}) | uncomputed}
    return {name: value for name, value in told.items() if name != MET}


def is_guess(request: Request, failure: Failure) -> bool:
    """Whether no word of the failure says which fields `mend` should leave out."""
    return not _named(request, failure)


def _may_be_a_field(request: Request, failure: Failure) -> bool:
    """Whether Odoo itself failed over records: a page without the name of an exception comes from whatever stands before it.

    What was too much at once is no field's fault, whatever was being worked out when it was.
    """
    return request.context.get("step") in (RECORDS, CARD) and _is_odoos(failure) and not _is_too_much(failure)


def is_divisible(request: Request, failure: Failure) -> bool:
    """Whether to look which of the records stands in the way: it shall cost itself only."""
    told = request.context
    is_of_some = told.get("step") == RECORDS and len(told["ids"]) > 1
    is_lasting = told.get(MET, failure.name) == failure.name
    return is_of_some and is_lasting and _is_odoos(failure)


def _is_odoos(failure: Failure) -> bool:
    """Whether it came from Odoo's own code, and from the records. What is gone may be another record than the one wanted."""
    is_mendable = bool(failure.name) and failure.status in MENDABLE
    return is_mendable or failure.name == GONE or _is_too_much(failure)


def _is_too_much(failure: Failure) -> bool:
    """Whether Odoo ran out of what it may use for one answer: fewer records may do."""
    return failure.name == NO_MEMORY or NO_TIME in failure.message


def is_too_slow(request: Request, status: int) -> bool:
    """Whether something before Odoo did not wait for so many records: it will not the next time either."""
    return status in TOO_SLOW and request.context.get("step") == RECORDS and len(request.context["ids"]) > FEW


def parts(told: Told) -> Iterator[tuple[Told, list[int]]]:
    """What to ask instead of a question that failed for good, and of which records: one of them, or the halves of a part.

    If that one fails as well, it is no single record that stands in the way, and there is no use in asking for each. What
    was left out by guess is asked for again.
    """
    ids = told["ids"]
    if DIVIDED in told:
        yield from divided(told, ids)
    else:
        middle = len(ids) // 2
        yield {**_whole(told), SAMPLE_OF: [*ids[:middle], *ids[middle + 1 :]]}, [ids[middle]]


def divided(told: Told, ids: list[int]) -> Iterator[tuple[Told, list[int]]]:
    """What the questions for the two halves carry, and of which records they are."""
    for half in filter(None, (ids[: len(ids) // 2], ids[len(ids) // 2 :])):
        yield {**_whole(told), DIVIDED: True}, half


def _whole(told: Told) -> Told:
    """With the fields that were asked for before anything was guessed."""
    passing = (MET, BEFORE, SAMPLE_OF)
    before: Told = told.get(BEFORE, {})
    return {name: value for name, value in told.items() if name not in passing} | before


def bare(told: Told, ids: list[int]) -> Told | None:
    """What a question for records without all that Odoo works out carries; None where that is what was asked already.

    Odoo leaves a record out of an answer, without a word, when a field cannot be worked out because another record is gone
    (Odoo 19, `_read_format`).
    """
    computed = plan_in(told).computed
    if not computed:
        return None
    reason = _("a record that it depends on is not there any more")
    kept = {name: value for name, value in told.items() if name not in (BEFORE, SAMPLE_OF)}
    return without({**kept, "ids": ids}, set(computed), reason, is_guess=False)


def plan_in(context: Mapping[str, Any]) -> Plan:
    """The plan of fields that a request for records carries; an older one may know less."""
    return Plan(**{name: context[name] for name in Plan._fields if name in context})


def _candidates(message: str) -> set[str]:
    """The words in `message` that stand where a field's name would.

    Odoo names the field in words that differ by version and language: "the field "totp_secret" on …", "Invalid field
    'x' on …", "Failed to read field res.users.log_ids"; the model may be the one that the field is inherited from.
    """
    quoted = re.findall(r"[\"'“«`](\w+)[\"'”»`]", message)
    return {*quoted, *re.findall(rf"\b(?:{_models})\.(\w+)", message)}


def _derived(computed: Mapping[str, list[str]], sources: set[str]) -> set[str]:
    """The computed fields that come from one of `sources`, at any remove."""
    found: set[str] = set()
    while new := {
        name for name, paths in computed.items() if name not in found and _touches(paths, sources | found)
    }:
        found |= new
    return found


def _touches(paths: list[str], names: set[str]) -> bool:
    return any(part in names for path in paths for part in path.split("."))
