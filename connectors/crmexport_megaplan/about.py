"""The connector's card: its streams, what Megaplan permits, its settings.

The limits are those known of the older API (3 a second, 3,000 an hour); the newer one documents none (Megaplan
reference, §11, §15). How many calls one bulk request may hold is not known either; twenty is a careful beginning (§10).
"""

from typing import Literal

from pydantic import Field, field_validator

from crmexport.source import About, Limits, Stream
from crmexport.source.contract import Options
from crmexport.text import N_
from crmexport_megaplan.kinds import CARDS, SWEPT
from crmexport_megaplan.query import PAGE
from crmexport_megaplan.reads import READS
from crmexport_megaplan.zones import ZONE, known_zone

STREAMS = (
    Stream("employee", N_("Employees"), dictionary=True),
    Stream("department", N_("Departments"), dictionary=True),
    Stream("program", N_("Deal schemes"), dictionary=True),
    Stream("extraField", N_("Field definitions"), dictionary=True),
    Stream("contractorCompany", N_("Companies")),
    Stream("contractorHuman", N_("Contacts")),
    Stream("payer", N_("Requisites")),
    Stream("deal", N_("Deals")),
    Stream("task", N_("Tasks")),
    Stream("project", N_("Projects")),
    Stream("todo", N_("Events")),
    Stream("invoice", N_("Invoices")),
    Stream("comment", N_("Comments")),
    Stream("file", N_("Files")),
)


class MegaplanOptions(Options, frozen=True):
    """Settings of the Megaplan connector."""

    included: bool = Field(
        default=False,
        description=N_(
            "Ask for linked objects once, beside the rows, instead of within the first row that names them"
        ),
    )
    api: Literal["v3", "v1"] | None = Field(
        default=None,
        description=N_("Which API to speak, v3 or v1; found out if not given, and remembered by the archive"),
    )
    zone: str | None = Field(default=None, description=ZONE)

    @field_validator("zone")
    @classmethod
    def _is_known(cls, zone: str | None) -> str | None:
        return None if zone is None else known_zone(zone)


ABOUT = About(
    name="megaplan",
    title="Megaplan",
    streams=STREAMS,
    limits=Limits(per_second=3, per_hour=3000, bulk_calls=20, page=PAGE),
    reads=READS,
    options=MegaplanOptions,
    swept=SWEPT,
    relisted=tuple(sorted(CARDS - set(SWEPT))),
    siblings=("megaplan_v1",),
)
