"""Which connectors are installed: ours and anybody's, found by the entry point `crmexport.connectors`."""

from difflib import get_close_matches
from importlib.metadata import entry_points

from crmexport.errors import ConfigurationError
from crmexport.source.contract import Connector
from crmexport.text import _

GROUP = "crmexport.connectors"


def connector_names() -> list[str]:
    """The names of all installed connectors."""
    return sorted(point.name for point in entry_points(group=GROUP))


def connector_class(name: str) -> type[Connector]:
    """The connector called `name`. Raises ConfigurationError naming the nearest one there is."""
    for point in entry_points(group=GROUP, name=name):
        found: type[Connector] = point.load()
        return found
    near = get_close_matches(name, connector_names(), n=1) or connector_names()
    raise ConfigurationError(
        _("There is no connector called “{name}”. Did you mean {near}?").format(
            name=name, near=", ".join(near)
        )
    )
