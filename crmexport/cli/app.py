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
from crmexport.cli.saying import echo
from crmexport.cli.settings import defaults
from crmexport.cli.words import Group
from crmexport.errors import ConfigurationError
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
        here = _here()
        if context.invoked_subcommand != "init":
            context.default_map = defaults(context.command, here, lang)


def _here() -> Path:
    """The folder that the command is started in: somebody may have deleted it, and the window stays in it."""
    try:
        return Path.cwd()
    except OSError as error:
        raise ConfigurationError(
            _(
                "The folder that this window is in is not there any more ({reason}). Go to another one with “cd”, and start again."
            ).format(reason=error.strerror)
        ) from error


def _version(asked: bool) -> Any:
    if asked:
        from crmexport import __version__

        echo(f"crmexport {__version__}")
        raise typer.Exit
