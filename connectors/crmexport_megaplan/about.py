"""The connector's card: its streams, what Megaplan permits, its settings.

The limits are those known of the older API (3 a second, 3,000 an hour); the newer one documents none (Megaplan
reference, §11, §15). How many calls one bulk request may hold is not known either; twenty is a careful beginning (§10).
"""

from typing import Annotated, ClassVar, Literal, Self

from crmexport.source import About, Limits, Stream
from crmexport.source.options import Option, Options
from crmexport.text import N_
from crmexport_megaplan.described import names, wanted
from crmexport_megaplan.kinds import CARDS, SWEPT
from crmexport_megaplan.lists import LISTS
from crmexport_megaplan.not_given import NOT_GIVEN
from crmexport_megaplan.query import PAGE
from crmexport_megaplan.reads import READS
from crmexport_megaplan.zones import ZONE, known_zone

STREAMS = (
    Stream("employee", N_("Employees"), dictionary=True),
    Stream("department", N_("Departments"), dictionary=True),
    Stream("program", N_("Deal schemes"), dictionary=True),
    Stream("extraField", N_("Field definitions"), dictionary=True),
    Stream("group", N_("Groups of people"), dictionary=True),
    Stream("groupMember", N_("Members of groups"), dictionary=True),
    Stream("vacation", N_("Vacations to come"), dictionary=True),
    Stream("position", N_("Positions"), dictionary=True),
    Stream("duty", N_("Duties"), dictionary=True),
    Stream("holiday", N_("Holidays"), dictionary=True),
    Stream("holidayDay", N_("Days of holidays"), dictionary=True),
    Stream("contractorType", N_("Types of clients"), dictionary=True),
    Stream("contractorStatus", N_("Statuses of clients"), dictionary=True),
    Stream("contractorActivityType", N_("Fields of activity of clients"), dictionary=True),
    Stream("contractorAdvertisingWay", N_("Ways by which clients came"), dictionary=True),
    Stream("employeeStatus", N_("States of employees"), dictionary=True),
    Stream("addressType", N_("Types of addresses"), dictionary=True),
    Stream("todoStatus", N_("Statuses of events"), dictionary=True),
    Stream("todoCategory", N_("Categories of events"), dictionary=True),
    Stream("place", N_("Places of events"), dictionary=True),
    Stream("tag", N_("Tags"), dictionary=True),
    Stream("unit", N_("Units of measure"), dictionary=True),
    Stream("currency", N_("Currencies"), dictionary=True),
    Stream("payForm", N_("Forms of payment"), dictionary=True),
    Stream("finOperationType", N_("Types of financial operations"), dictionary=True),
    Stream("realAccount", N_("Accounts and cash desks"), dictionary=True),
    Stream("commentTemplate", N_("Templates of letters"), dictionary=True),
    Stream("invoiceTemplate", N_("Templates of invoices"), dictionary=True),
    Stream("filterGroup", N_("Groups of filters"), dictionary=True),
    Stream("filter", N_("Saved filters"), dictionary=True),
    Stream("contractorCompany", N_("Companies")),
    Stream("contractorHuman", N_("Contacts")),
    Stream("payer", N_("Requisites")),
    Stream("deal", N_("Deals")),
    Stream("task", N_("Tasks")),
    Stream("project", N_("Projects")),
    Stream("negotiationItem", N_("Items of negotiations")),
    Stream("todo", N_("Events")),
    Stream("invoice", N_("Invoices")),
    Stream("offerCategory", N_("Categories of products"), dictionary=True),
    Stream("offer", N_("Products")),
    Stream("warehouseType", N_("Types of warehouses"), dictionary=True),
    Stream("warehouse", N_("Warehouses")),
    Stream("consignment", N_("Consignments")),
    Stream("consignmentRow", N_("Rows of consignments")),
    Stream("finOperation", N_("Financial operations")),
    Stream("docFolder", N_("Folders of documents"), dictionary=True),
    Stream("doc", N_("Documents")),
    Stream("docVersion", N_("Versions of documents")),
    Stream("knowledgeBase", N_("Sections of the knowledge base")),
    Stream("knowledgeArticle", N_("Articles of the knowledge base")),
    Stream("element", N_("Spaces, notes and tables")),
    Stream("elementMember", N_("Members of spaces")),
    Stream("noteEdition", N_("Texts of notes")),
    Stream("iframeUrl", N_("Pages shown in spaces")),
    Stream("widgetField", N_("Columns of tables")),
    Stream("widgetLayout", N_("Views of tables")),
    Stream("widgetRow", N_("Rows of tables")),
    Stream("callInfo", N_("Calls")),
    Stream("message", N_("Mail")),
    Stream("clientChat", N_("Chats with clients")),
    Stream("comment", N_("Comments")),
    Stream("statusHistory", N_("History of stages")),
    Stream("history", N_("History of changes")),
    Stream("linkedDeal", N_("Links from deal to deal")),
    Stream("linkedTask", N_("Links from deal to task")),
    Stream("relationLink", N_("Other links")),
    Stream("file", N_("Files")),
)


class MegaplanOptions(Options, frozen=True):
    """Settings of the Megaplan connector."""

    unasked: ClassVar[frozenset[str]] = frozenset({"included", "api", "zone", "fields"})

    history: Annotated[
        bool,
        Option(
            N_(
                "Ask for the history of every changed record: one more question for each, the longest part of a pull"
            )
        ),
    ] = True
    included: Annotated[
        bool,
        Option(
            N_(
                "Ask for linked objects once, beside the rows, instead of within the first row that names them"
            )
        ),
    ] = False
    api: Annotated[
        Literal["v3", "v1"] | None,
        Option(N_("Which API to speak, v3 or v1; found out if not given, and remembered by the archive")),
    ] = None
    zone: Annotated[str | None, Option(ZONE, known_zone)] = None
    fields: Annotated[
        str | None,
        Option(
            N_(
                "Fields to ask for besides, such as deal.newField,task.another: those that the report names as not asked for"
            ),
            wanted,
        ),
    ] = None

    def asks_more(self, before: Self) -> bool:
        """Only the history and more fields are asked for besides; all other options change the way."""
        return (self.history and not before.history) or bool(names(self.fields) - names(before.fields))


ABOUT = About(
    name="megaplan",
    title="Megaplan",
    streams=STREAMS,
    limits=Limits(per_second=3, per_hour=3000, bulk_calls=20, page=PAGE),
    reads=READS,
    options=MegaplanOptions,
    swept=SWEPT,
    relisted=tuple(
        sorted(
            (CARDS & {spec.stream for spec in LISTS.values()})
            - {spec.stream for spec in LISTS.values() if spec.changed}
        )
    ),
    siblings=("megaplan_v1",),
    revision=8,
    kind_members=("contentType",),
    not_given=NOT_GIVEN,
)
