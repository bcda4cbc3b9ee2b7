"""`crmexport targets`: what can be written."""

import typer

from crmexport.cli import options
from crmexport.text import _


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(app, "targets", _("List what can be written. Your own mapping file is a target too."))
    def targets() -> None:
        from crmexport.target import target_names

        for name in target_names():
            typer.echo(name)
