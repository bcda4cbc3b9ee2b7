"""The connector's card: its streams, what the older API permits (Megaplan reference, §15), its settings."""

from typing import Annotated, Self

from crmexport.source import About, Limits, Stream
from crmexport.source.options import Option, Options
from crmexport.text import N_
from crmexport_megaplan.not_given import NOT_GIVEN_BY_V1
from crmexport_megaplan.v1.lists import LISTS, RELISTED, SWEPT
from crmexport_megaplan.v1.query import PAGE
from crmexport_megaplan.v1.reads import READS
from crmexport_megaplan.zones import ZONE, known_zone

STREAMS = (
    Stream("Account", N_("The account"), dictionary=True),
    Stream("Employee", N_("Employees"), dictionary=True),
    Stream("Department", N_("Departments"), dictionary=True),
    Stream("Program", N_("Deal schemes"), dictionary=True),
    Stream("Field", N_("Field definitions"), dictionary=True),
    Stream("ContractorType", N_("Kinds of clients"), dictionary=True),
    Stream("Severity", N_("Urgencies of tasks"), dictionary=True),
    Stream("Currency", N_("Currencies"), dictionary=True),
    Stream("Tax", N_("Taxes"), dictionary=True),
    Stream("OperationType", N_("Kinds of payments"), dictionary=True),
    Stream("RealAccount", N_("Money accounts"), dictionary=True),
    Stream("EventCategory", N_("Kinds of events"), dictionary=True),
    Stream("EventPlace", N_("Places of events"), dictionary=True),
    Stream("TodoList", N_("To-do lists"), dictionary=True),
    Stream("Filter", N_("Saved filters"), dictionary=True),
    Stream("PhoneType", N_("Kinds of telephones"), dictionary=True),
    Stream("Tag", N_("Tags"), dictionary=True),
    Stream("Contractor", N_("Clients")),
    Stream("Payer", N_("Requisites")),
    Stream("Deal", N_("Deals")),
    Stream("Task", N_("Tasks")),
    Stream("Project", N_("Projects")),
    Stream("Event", N_("Events")),
    Stream("Invoice", N_("Invoices")),
    Stream("Offer", N_("Products")),
    Stream("Operation", N_("Payments")),
    Stream("Message", N_("Mail")),
    Stream("Checklist", N_("Checklists")),
    Stream("Comment", N_("Comments")),
    Stream("Change", N_("Changes"), nameless=True),
    Stream("file", N_("Files")),
)


class V1Options(Options, frozen=True):
    """Settings of the connector for Megaplan's older API."""

    zone: Annotated[str | None, Option(ZONE, known_zone)] = None
    history: Annotated[
        bool,
        Option(
            N_(
                "Ask for the history of every task, project, client and deal, one by one: as many requests again as there are"
            )
        ),
    ] = False

    def asks_more(self, before: Self) -> bool:
        """Only the history is asked for besides; all other options change the way."""
        return self.history and not before.history


ABOUT = About(
    name="megaplan_v1",
    title="Megaplan, API v1",
    streams=STREAMS,
    limits=Limits(per_second=3, per_hour=3000, page=PAGE),
    reads=READS,
    options=V1Options,
    swept=tuple(LISTS[name].stream for name in SWEPT),
    relisted=RELISTED,
    not_given=NOT_GIVEN_BY_V1,
    revision=3,
)
