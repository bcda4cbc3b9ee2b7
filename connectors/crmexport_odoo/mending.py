"""Refusals that a changed question mends: a field that may not be read, a computed field on which the server stumbles."""

import re
from collections.abc import Mapping
from typing import Any

from crmexport.source import Request
from crmexport_odoo.definitions import Plan
from crmexport_odoo.models import MODELS
from crmexport_odoo.protocols import Failure
from crmexport_odoo.questions import CARD, MET, RECORDS

MENDABLE = (403, 500)
NO_RIGHT = "odoo.exceptions.AccessError"
_models = "|".join(re.escape(model) for model in MODELS)


def mend(request: Request, failure: Failure) -> set[str]:
    """The fields to leave out when asking for records again after `failure`; none when no other question helps.

    First the fields that the message names; then the computed ones that come from a field it names; then all computed
    ones. A refusal of rights that names the field is believed at once, anything else only when the same question has met it
    twice: most errors pass, and what is left out is not asked for again.
    """
    named = _named(request, failure)
    if named and failure.name == NO_RIGHT:
        return named
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


def _computed(request: Request, failure: Failure) -> set[str]:
    return set(plan_in(request.context).computed) if _may_be_a_field(request, failure) else set()


def _may_be_a_field(request: Request, failure: Failure) -> bool:
    """Whether Odoo itself failed over records: a page without the name of an exception comes from whatever stands before it."""
    is_of_records = request.context.get("step") in (RECORDS, CARD)
    return is_of_records and bool(failure.name) and failure.status in MENDABLE


def plan_in(context: Mapping[str, Any]) -> Plan:
    """The plan of fields that a request for records carries."""
    return Plan(**{name: context[name] for name in Plan._fields})


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
