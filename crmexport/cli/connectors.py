"""`crmexport connectors`: which CRMs can be left."""

from typing import TYPE_CHECKING

import typer

from crmexport.cli import options
from crmexport.text import _

if TYPE_CHECKING:
    from crmexport.source.contract import About


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(app, "connectors", _("List the CRMs that can be left, with their options."))
    def connectors() -> None:
        from crmexport.source import connector_class, connector_names

        for name in connector_names():
            typer.echo("\n".join(told(connector_class(name).about)))


def told(about: "About") -> list[str]:
    """A connector as lines for a person."""
    first = _("{name}: {title}; up to {rate:g} requests a second").format(
        name=about.name, title=_(about.title), rate=about.limits.per_second
    )
    streams = "  " + _("what is pulled: {names}").format(names=", ".join(about.titles.values()))
    settings = (
        f"  --set {name}={options.values(one)}  {_(one.option.description)}"
        for name, one in about.options.known().items()
    )
    return [first, streams, *settings]
