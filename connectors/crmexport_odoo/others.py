"""What else a database holds: models that are not pulled, named with how many records there are of each.

An Odoo is put together from hundreds of apps, and people make models of their own. Their list (`ir.model`) tells the number of
records of each (Odoo reference, §2); whoever may not see the list is told that it is not known.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crmexport.source import Gap, GapKind
from crmexport.text import N_, _
from crmexport_odoo.models import FIELDS, MODELS
from crmexport_odoo.protocols import NO_SUCH_TABLE, Failure

LIST = "ir.model"
WANTED = ("model", "name", "count", "transient")
OTHERS = N_("other models")
TABLELESS = "tableless"  # in the context of a question for the list: the tables that Odoo wanted to count, and that there are not
# What keeps Odoo running, and what the links of pulled records tell by name: countries, currencies, units.
_MACHINERY = (
    "auth_",
    "barcode",
    "base",
    "bus.",
    "calendar.alarm",
    "crm.iap.",
    "crm.lead.scoring.",
    "decimal.",
    "digest.",
    "discuss.channel.member",
    "fetchmail.",
    "iap.",
    "ir.",
    "mail.activity.type",
    "mail.alias",
    "mail.ice",
    "mail.link.preview",
    "mail.message.",
    "mail.notification",
    "mail.presence",
    "onboarding.",
    "properties.",
    "report.",
    "res.config",
    "res.country",
    "res.currency",
    "res.device",
    "res.groups",
    "res.lang",
    "res.partner.industry",
    "res.users.",
    "resource.calendar",
    "spreadsheet.",
    "uom.",
    "utm.",
    "web_",
    "wizard.",
)


def others(rows: list[Mapping[str, Any]]) -> Iterator[Gap]:
    """One gap that names every model of which there are records and none is pulled, the fullest first."""
    left = sorted(filter(_is_left, rows), key=lambda row: (-row["count"], row["model"]))
    if left:
        words = _("Of these kinds of records nothing is fetched: {kinds}.")
        kinds = "; ".join(f"{row.get('name')} ({row['model']}): {row['count']}" for row in left)
        yield Gap(FIELDS, OTHERS, GapKind.NOT_GIVEN, words.format(kinds=kinds))


def tableless(failure: Failure) -> str:
    """The table over which Odoo failed for there is none: it counts the rows of reports that are made when they are looked at.

    Odoo 14 does (tried: `account.invoice.report`, which comes with invoices; `ir.model`, `_compute_count`), 16 does not any more.
    PostgreSQL quotes what it was asked, whatever its language.
    """
    found = re.search(r'\bFROM "(\w+)"', failure.message) if failure.name == NO_SUCH_TABLE else None
    return found[1] if found else ""


def unknown() -> Gap:
    """That nobody told what else there is, nor what is hidden."""
    words = _(
        "Odoo does not tell this user which other kinds of records there are, of which nothing is fetched, nor how many of those "
        "that are fetched it hides. An administrator may see the list."
    )
    return Gap(FIELDS, OTHERS, GapKind.NOT_GIVEN, words)


def _is_left(row: Mapping[str, Any]) -> bool:
    model, count = str(row.get("model")), row.get("count")
    is_filled = isinstance(count, int) and count > 0 and not row.get("transient")
    return is_filled and model not in MODELS and not model.startswith(_MACHINERY)
