"""`crmexport connectors`: which CRMs can be left."""

from typing import TYPE_CHECKING

import typer

from crmexport.cli import options
from crmexport.cli.saying import echo
from crmexport.errors import ConfigurationError, ExitCode
from crmexport.text import _, spaced

if TYPE_CHECKING:
    from crmexport.source.contract import About


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(app, "connectors", _("List the CRMs that can be left, with their options."))
    def connectors() -> int:
        return run()


def run() -> int:
    """Tell of each; one that cannot be loaded hides no other."""
    from crmexport.source import connector_class, connector_names

    code = ExitCode.COMPLETE
    for name in connector_names():
        try:
            echo("\n".join(told(connector_class(name).about)))
        except ConfigurationError as error:
            echo(str(error), err=True)
            code = error.exit_code
    return code


def told(about: "About") -> list[str]:
    """A connector as lines for a person."""
    limits = about.limits
    words = (
        _("{name}: {title}; up to {rate:g} requests a second, {number} an hour")
        if limits.per_hour
        else _("{name}: {title}; up to {rate:g} requests a second")
    )
    first = words.format(
        name=about.name, title=_(about.title), rate=limits.per_second, number=spaced(limits.per_hour or 0)
    )
    streams = "  " + _("what is pulled: {names}").format(names=", ".join(about.titles.values()))
    settings = (
        f"  --set {name}={options.values(one)}  {_(one.option.description)}"
        for name, one in about.options.known().items()
    )
    return [first, streams, *settings]
