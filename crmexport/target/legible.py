"""Whether this crmexport can still read how a target was written: the card may be damaged, or of a version with other words."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crmexport import __version__
from crmexport.errors import ConfigurationError
from crmexport.mapping.to.reading import check_layout
from crmexport.mapping.yaml_file import Complaints, Position
from crmexport.target.card import CARD
from crmexport.target.readback.mismatch import Mismatch, of_file
from crmexport.target.targets import Target
from crmexport.text import _


def illegible(entry: Mapping[str, Any]) -> Iterator[Mismatch]:
    """A mismatch when the layout in an entry of a card is none: then nobody can tell what the files of that target should hold."""
    if "name" not in entry or _is_legible(entry):
        return
    meant = _("a layout of “{target}” that crmexport {version} can read").format(
        target=entry["name"], version=__version__
    )
    other = entry.get("program", __version__)
    there = _("a damaged one") if other == __version__ else _("one that crmexport {version} wrote")
    yield of_file(CARD, meant, there.format(version=other))


def _is_legible(entry: Mapping[str, Any]) -> bool:
    try:
        layout = Target.load(entry).layout
        check_layout(layout, Complaints(Path(CARD), entry["layout"], {(): Position(1, 1)}))
    except (ConfigurationError, LookupError, TypeError, ValueError):  # pydantic's errors are ValueErrors
        return False
    return True
