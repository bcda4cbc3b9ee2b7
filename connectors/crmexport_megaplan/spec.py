"""How one list of an account is asked for, as a value: the tables of lists are made of these."""

from dataclasses import dataclass, field

from crmexport_megaplan.query import Query

OF_FILE = ("name", "extension", "size", "path", "mimeType", "timeCreated")
"""What lists of files are asked for (Megaplan reference, §9): where nothing is named, rows need not tell where a file lies (§4.3)."""


@dataclass(frozen=True, slots=True)
class ListSpec:
    """How one list is asked for.

    `scope` names what its count counts (the lists of a stream must not overlap there; "": they may, so nothing is announced);
    `filter` is the class of its filter, if one is ever sent; `changed` tells how a pull of changes narrows it: by the
    filter, by the order of activity or of creation, or not. `small` lists have a page or two and travel in batches.
    `typed` rows share their ids with rows of other types. Where the list may be missing in some accounts, it is `uncertain`.
    """

    stream: str
    route: str
    fields: tuple[str, ...] = ()
    scope: str = "list"
    filter: str = ""
    changed: str = ""
    only: Query = field(default_factory=dict)
    sorted: bool = True
    small: bool = False
    typed: bool = False
    uncertain: bool = False


def named(names: str) -> tuple[str, ...]:
    """Field names out of a text with blanks between them."""
    return tuple(names.split())
