"""`crmexport archive check`: find any byte of the archive that is not what was stored."""

from pathlib import Path
from typing import Annotated

import typer

from crmexport.cli import options
from crmexport.cli.words import Group
from crmexport.errors import ExitCode
from crmexport.text import _, ngettext


def add(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(
        cls=Group, rich_markup_mode=None, no_args_is_help=True, help=_("Look after the archive.")
    )
    app.add_typer(group, name="archive", no_args_is_help=True)

    @options.command(group, "check", _("Read the whole archive and name every damage."))
    def check(archive: Annotated[str, options.archive()]) -> int:
        return run(options.folder(archive))


def run(folder: Path) -> int:
    """Say every damage; exit code 1 when there is any."""
    from crmexport.archive import Archive

    damages = 0
    with Archive.open(folder) as archive:
        for sentence in archive.check():
            damages += 1
            typer.echo(sentence)
    if not damages:
        typer.echo(_("The archive is sound: every answer, record and file is what was stored."))
        return ExitCode.COMPLETE
    typer.echo(
        ngettext("{number} damage found.", "{number} damages found.", damages).format(number=damages),
        err=True,
    )
    return ExitCode.FAILED
