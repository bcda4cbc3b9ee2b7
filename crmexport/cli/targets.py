"""`crmexport targets`: what can be written, and what each target carries."""

import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import typer

from crmexport.cli import options
from crmexport.cli.saying import echo
from crmexport.text import _, language

if TYPE_CHECKING:
    from crmexport.mapping.to import Carried


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(app, "targets", _("List what can be written. Your own mapping file is a target too."))
    def targets() -> None:
        from crmexport.mapping.to import carried
        from crmexport.target import load_target, target_names

        for name in target_names():
            layout = load_target(name).layout
            title = layout.title_in(language())
            echo(f"{name}: {title}" if title else name)
            for line in told(carried(layout)):
                echo(f"  {line}")


def told(found: "Mapping[str, Carried]") -> Iterator[str]:
    """What a target carries, in three lines at most: in rows of their own, within the rows of others, not at all."""
    from crmexport.mapping.to import Carried
    from crmexport.model import ENTITIES

    tick, cross = ("✓", "✗") if _can_write("✓✗") else ("+", "-")
    for how, text in (
        (Carried.ROWS, tick + " {kinds}"),
        (Carried.WITHIN, tick + " " + _("within the rows of others: {kinds}")),
        (Carried.NOT, cross + " {kinds}"),
    ):
        kinds = [_(ENTITIES[kind].title) for kind, one in found.items() if one is how]
        if kinds:
            yield text.format(kinds=_("everything") if len(kinds) == len(ENTITIES) else ", ".join(kinds))


def _can_write(text: str) -> bool:
    """Whether the console has these signs; an old one of Windows may not."""
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
