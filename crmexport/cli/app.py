"""The commands, put together in the reader's language: their texts are translated while they are built."""

from pathlib import Path
from typing import Annotated, Any

import typer

from crmexport.cli import (
    archive,
    connector,
    connectors,
    demo,
    export,
    init,
    mapping,
    plan,
    pull,
    sandbox,
    targets,
    verify,
)
from crmexport.cli.settings import defaults
from crmexport.cli.words import Group
from crmexport.text import _

COMMANDS = (demo, init, plan, pull, export, verify, archive, sandbox, connectors, connector, targets, mapping)


def build() -> typer.Typer:
    """The application with all its commands, in the language in use."""
    app = typer.Typer(
        cls=Group,
        add_completion=False,
        rich_markup_mode=None,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        help=_(
            "Leave a CRM with everything you own: pull it all, prove that nothing is missing, write what the next system imports."
        ),
        epilog=_("To see the whole journey without an account: crmexport demo"),
    )
    _root(app)
    for command in COMMANDS:
        command.add(app)
    return app


def _root(app: typer.Typer) -> None:
    @app.callback()
    def root(
        context: typer.Context,
        lang: Annotated[
            str | None,
            typer.Option(
                "--lang",
                metavar="ru|en",
                help=_(
                    "Language of this program, of reports and headings (anywhere on the line; CRMEXPORT_LANG too)."
                ),
            ),
        ] = None,
        version: Annotated[
            bool, typer.Option("--version", is_eager=True, callback=_version, help=_("Show the version."))
        ] = False,
    ) -> None:
        if context.invoked_subcommand != "init":
            context.default_map = defaults(context.command, Path.cwd(), lang)


def _version(asked: bool) -> Any:
    if asked:
        from crmexport import __version__

        typer.echo(f"crmexport {__version__}")
        raise typer.Exit
