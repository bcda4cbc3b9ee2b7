"""`crmexport archive rebuild`: what an earlier version overlooked in the answers that are stored."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from crmexport.cli import options
from crmexport.cli.saying import echo
from crmexport.errors import ExitCode
from crmexport.text import _, spaced

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmexport.archive import Place
    from crmexport.archive.rebuild import Rebuilt


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(
        app,
        "rebuild",
        _(
            "Read all stored answers anew: what an earlier version of the connector overlooked comes to light, even after the "
            "account is gone. Nothing is dropped; the source is not asked."
        ),
    )
    def rebuild(
        archive: Annotated[str, options.archive()],
        dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only say what would be found."))] = False,
    ) -> int:
        return run(options.place(archive), dry_run)


def run(place: "Place", dry_run: bool) -> int:
    """Rebuild, and say what was found, by stream."""
    from crmexport.archive import Archive
    from crmexport.archive.rebuild import rebuild, stored
    from crmexport.archive.replay import connector_of

    with Archive.open(place, alone=True) as archive:
        connector = connector_of(archive)
        label = _("Reading the answers anew")
        with typer.progressbar(length=stored(archive), label=label, file=sys.stderr) as bar:
            found = rebuild(archive, connector, really=not dry_run, watch=lambda: bar.update(1))
    echo("\n".join(_found(found, connector.about.titles, dry_run)))
    return ExitCode.COMPLETE


def _found(found: "Rebuilt", titles: "Mapping[str, str]", dry_run: bool) -> Iterator[str]:
    for stream in sorted({*found.added, *found.changed}):
        words = _("{title}: {added} overlooked before, {changed} read otherwise")
        added, changed = (spaced(number[stream]) for number in (found.added, found.changed))
        yield words.format(title=titles.get(stream, stream), added=added, changed=changed)
    if found.files:
        yield _("Files nobody knew of: {number}. Their bytes come with the next pull.").format(
            number=spaced(found.files)
        )
    if found.unread:
        yield _(
            "Answers that cannot be read: {number}. “crmexport archive check” names those that are damaged."
        ).format(number=spaced(found.unread))
    if not (found.added or found.changed or found.files):
        words = (
            _("Nothing was overlooked in the others: {number} answers say what the archive holds.")
            if found.unread
            else _("Nothing was overlooked: all {number} answers say what the archive holds.")
        )
        yield words.format(number=spaced(found.answers - found.unread))
    elif dry_run:
        yield _("Nothing was changed yet: leave out --dry-run for that.")
    else:
        yield _("Export anew: what was written before lacks these.")
