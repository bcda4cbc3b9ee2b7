"""Headings of layouts in the formats `vcard` and `icalendar`: each column is a property of a card, an event or a to-do.

`TEL;TYPE=WORK` is a property with its parameters; `N/family` is one part of a property that has several. A number behind,
as in `TEL;TYPE=WORK (2)`, only tells headings apart: the property stands in the card again. `BEGIN` says what a row becomes
in a calendar.
"""

import re
from typing import NamedTuple

from crmexport.mapping.to.schema import Layout, TableRule
from crmexport.mapping.yaml_file import Complaints
from crmexport.mapping.yaml_words import did_you_mean
from crmexport.text import _

PARTS: dict[str, tuple[str, ...]] = {
    "N": ("family", "given", "additional", "prefix", "suffix"),
    "ADR": ("box", "extended", "street", "city", "region", "code", "country"),
    "ORG": ("name", "unit"),
}
"""The parts of properties that have several, in the order in which they are written (RFC 6350, §6.2.2, 6.3.1, 6.6.4)."""

CONTENT_FORMATS = {"vcard": ("UID", "FN"), "icalendar": ("BEGIN", "UID", "SUMMARY")}
"""The formats whose headings are properties, with those that no row may be without (Personal tools reference, §5, §6)."""

_heading = re.compile(
    r"(?P<name>[A-Z][A-Z0-9-]*)(?P<parameters>(?:;[A-Z0-9-]+=(?:[A-Za-z0-9,-]+|\"[^\"\x00-\x1f]*\"))*)"
    r"(?:/(?P<part>[a-z]+))?(?P<number> \([0-9]+\))?"
)


class Property(NamedTuple):
    """A heading understood: the property with its parameters ("TEL", ";TYPE=WORK"), and the part that the column fills ("": all)."""

    name: str
    parameters: str = ""
    part: str = ""
    number: str = ""


def property_of(heading: str) -> Property | None:
    """The property that a heading names; None when it names none."""
    match = _heading.fullmatch(heading)
    if not match or (match["part"] and match["part"] not in PARTS.get(match["name"], ())):
        return None
    return Property(match["name"], match["parameters"], match["part"] or "", match["number"] or "")


def check_properties(layout: Layout, complaints: Complaints) -> None:
    """Complain of headings that are no properties, and of those that are missing, in a layout for cards or calendars."""
    if layout.entities:
        complaints.add(("entities",), _("this format needs “tables”, with a property in each column."))
    for name, rule in layout.tables.items():
        _check_table(("tables", name), rule, CONTENT_FORMATS[layout.format], complaints)


def _check_table(
    at: tuple[str, ...], rule: TableRule, needed: tuple[str, ...], complaints: Complaints
) -> None:
    if rule.custom == "columns":
        complaints.add((*at, "custom"), _("in this format custom fields go to “overflow”, or “none”."))
    for heading in rule.columns:
        if property_of(heading) is None:
            complaints.add((*at, "columns", heading), _no_property(heading))
    for missing in (one for one in needed if one not in rule.columns):
        complaints.add(
            (*at, "columns"), _("a column “{name}” is needed in this format.").format(name=missing)
        )


def _no_property(heading: str) -> str:
    name, _slash, part = heading.partition("/")
    sentence = _("“{heading}” is no property. Properties look like TEL;TYPE=WORK or N/family.").format(
        heading=heading
    )
    return sentence + did_you_mean(part, PARTS.get(name.partition(";")[0], ()))
