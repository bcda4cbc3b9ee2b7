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
    fields = about.options.model_fields.items()
    settings = (
        f"  --set {name}={options.values(field)}  {_(field.description or '')}" for name, field in fields
    )
    return [first, streams, *settings]
