"""The models that are pulled, in the order in which a person would want them saved."""

from typing import Any, NamedTuple

from crmexport.source import Stream
from crmexport.text import N_

FIELDS = "fields"
FILES = "file"
ATTACHMENTS = "ir.attachment"
MESSAGES = "mail.message"
TIMESHEETS = "account.analytic.line"
CHANGES = "mail.tracking.value"
USERS = "res.users"

Domain = list[Any]


class Model(NamedTuple):
    """One model of Odoo, which is one stream.

    `worth` as in Request. `sieved`: the server applies its access rules after it has cut the page, so that a page may be
    shorter than asked for, or empty, though more follows. `needs`: a link without which its records are no matter of ours,
    nor is the model where it has no such field (lines of analytic accounting are hours where they tell of a project).
    `unfollowed`: a link to records that are not asked for one by one. Changes of fields are told of every app's records, by
    messages of these; the messages of pulled records are listed.
    """

    name: str
    title: str
    worth: int
    dictionary: bool = False
    sieved: bool = False
    needs: str = ""
    unfollowed: str = ""


MODELS = {
    model.name: model
    for model in (
        Model(USERS, N_("Users"), 95, dictionary=True),
        Model("res.partner.category", N_("Contact tags"), 94, dictionary=True),
        Model("crm.team", N_("Sales teams"), 94, dictionary=True),
        Model("crm.stage", N_("Stages of the pipeline"), 94, dictionary=True),
        Model("crm.tag", N_("Lead tags"), 94, dictionary=True),
        Model("project.task.type", N_("Task stages"), 94, dictionary=True),
        Model("project.tags", N_("Project tags"), 94, dictionary=True),
        Model("calendar.event.type", N_("Tags of meetings"), 94, dictionary=True),
        Model("res.partner", N_("Companies and contacts"), 90),
        Model("res.partner.bank", N_("Bank accounts"), 88),
        Model("crm.lead", N_("Leads and opportunities"), 85),
        Model("project.project", N_("Projects"), 70),
        Model("project.milestone", N_("Milestones"), 69),
        Model("sale.order", N_("Quotations and orders"), 66),
        Model("sale.order.line", N_("Lines of orders"), 65),
        Model("product.product", N_("Products"), 64),
        Model("product.template", N_("Product templates"), 63),
        Model("project.task", N_("Tasks"), 60),
        Model("calendar.event", N_("Meetings"), 56),
        Model("mail.activity", N_("Planned activities"), 55, sieved=True),
        Model("project.update", N_("Reports on projects"), 52),
        Model(TIMESHEETS, N_("Hours worked"), 50, needs="project_id"),
        Model("rating.rating", N_("Ratings by clients"), 45),
        Model(MESSAGES, N_("Messages and notes"), 40, sieved=True),
        Model(CHANGES, N_("Changes of fields"), 35, unfollowed="mail_message_id"),
        Model(ATTACHMENTS, N_("Attachments"), 30),
    )
}
# The models of the app `base`, without which there is no Odoo: that one of them is not there, is nobody's word but a proxy's.
ALWAYS_THERE = frozenset({USERS, "res.partner.category", "res.partner", "res.partner.bank", ATTACHMENTS})
# Records that people may keep to themselves: no user sees all of them, administrators included (Odoo 19, rules of `project`,
# `_search` of `mail.activity`).
PRIVATE = frozenset({"project.task", "project.task.type", "mail.activity"})
SETTINGS_WORTH, DEFINITIONS_WORTH, BYTES_WORTH = 100, 97, 10

STREAMS = (
    Stream(FIELDS, N_("Definitions of fields"), dictionary=True),
    *(Stream(model.name, model.title, model.dictionary) for model in MODELS.values()),
)

# Scaled-down copies that Odoo makes of every picture; `image_1920` is the one that was uploaded.
SMALLER_PICTURES = ["image_1024", "image_512", "image_256", "image_128"]


def domain_of(model: str) -> Domain:
    """Which records of `model` belong to the pull: all, but of messages and attachments only those of pulled records, and of
    some models those that tell of what they must.
    """
    if model == MESSAGES:
        return [["model", "in", _documents()]]
    if model == ATTACHMENTS:
        # Naming `res_field` also shows pictures and other binary fields, which a plain search hides.
        kept = ["|", ["res_field", "=", False], ["res_field", "not in", SMALLER_PICTURES]]
        return [["res_model", "in", [*_documents(), MESSAGES]], *kept]
    needs = MODELS[model].needs
    return [[needs, "!=", False]] if needs else []


def file_domain() -> Domain:
    """The attachments that have bytes (the others are only web addresses)."""
    return [*domain_of(ATTACHMENTS), ["type", "=", "binary"]]


def _documents() -> list[str]:
    return sorted(set(MODELS) - {MESSAGES, ATTACHMENTS})
