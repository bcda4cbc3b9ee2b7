"""`crmexport archive accept`: what is missing for good is known from now on, so that a backup tells of what is new."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from crmexport.cli import options
from crmexport.cli.saying import echo
from crmexport.errors import ConfigurationError, ExitCode
from crmexport.text import _, ngettext, spaced

if TYPE_CHECKING:
    from crmexport.archive import Archive, Place
    from crmexport.source import Gap

GROUPS_SHOWN = 30
ON_DISK = "file"  # what the disk has lost of these is damage, which a pull mends and nobody accepts


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(
        app,
        "accept",
        _(
            "Take what the last pull could not get for known: pulls and verify end with 0 again, until anything else is missing. "
            "All of it stays in the report, as accepted."
        ),
    )
    def accept(
        archive: Annotated[str, options.archive()],
        note: Annotated[
            str | None,
            typer.Option(
                "--note", metavar=_("TEXT"), help=_("Who accepts it and why: stands in the report.")
            ),
        ] = None,
        withdraw: Annotated[
            bool,
            typer.Option("--withdraw", help=_("Accept nothing any more: all that is missing counts again.")),
        ] = False,
    ) -> int:
        return take_back(options.place(archive)) if withdraw else run(options.place(archive), note or "")


def run(place: "Place", note: str) -> int:
    """Accept all that is missing, and say what that is. Raises ConfigurationError while a pull has not ended."""
    from crmexport.archive import Archive
    from crmexport.archive.accepted import accept
    from crmexport.archive.equation import unexplained

    with Archive.open(place, alone=True) as archive:
        _must_have_ended(archive)
        gaps, missing = archive.gaps(), unexplained(archive)
        on_disk = missing.pop(ON_DISK, 0)
        for line in _lines(archive, gaps, missing):
            echo(line)
        with archive.database.transaction():
            known = accept(archive.database, gaps, missing, note)
    if known.losses or missing:
        echo(_promise(len(known.losses)))
    elif not on_disk:
        echo(_("Nothing is missing: there is nothing to accept."))
    if on_disk:
        words = _(
            "Files that this disk has lost are not accepted: {number}. “crmexport pull --full” fetches them anew."
        )
        echo(words.format(number=spaced(on_disk)))
    return ExitCode.COMPLETE


def take_back(place: "Place") -> int:
    """Accept nothing any more."""
    from crmexport.archive import Archive
    from crmexport.archive.accepted import withdraw

    with Archive.open(place, alone=True) as archive, archive.database.transaction():
        withdraw(archive.database)
    echo(_("Nothing is accepted any more: all that is missing counts again."))
    return ExitCode.COMPLETE


def _must_have_ended(archive: "Archive") -> None:
    from crmexport.archive.pulls import pulls

    seen = pulls(archive)
    if not seen or not seen[-1].has_ended:
        raise ConfigurationError(
            _(
                "The last pull has not ended, so nobody knows yet what will be missing. “crmexport pull” goes on with it; accept after it."
            )
        )


def _lines(archive: "Archive", gaps: "list[Gap]", missing: dict[str, int]) -> Iterator[str]:
    """What is missing, a line for each reason, as the report has it."""
    from crmexport.archive.replay import connector_of
    from crmexport.proof.losses import KINDS
    from crmexport.proof.missing import NAMELESS, grouped

    titles = connector_of(archive).about.titles
    groups = grouped((gap for gap in gaps if gap.kind.is_loss), titles)
    for one in groups[:GROUPS_SHOWN]:
        many = _("a list, or a part of it") if one.whose == [NAMELESS] else spaced(len(one.whose))
        yield f"  {titles.get(one.stream, one.stream)}: {many}, {_(KINDS[one.kind])}: {one.reason}"
    if len(groups) > GROUPS_SHOWN:
        yield "  " + _("… and {more} more.").format(more=spaced(len(groups) - GROUPS_SHOWN))
    for name, number in missing.items():
        words = _("Announced and never given: {kind} {number}.")
        yield "  " + words.format(kind=titles.get(name, name), number=spaced(number))


def _promise(number: int) -> str:
    gaps = ngettext("{number} gap is accepted.", "{number} gaps are accepted.", number)
    return " ".join(
        [
            *([gaps.format(number=spaced(number))] if number else []),
            _(
                "Pulls and “crmexport verify” end with 0 as long as nothing else is missing. What comes after all is accepted no "
                "more. --withdraw takes this back."
            ),
        ]
    )
