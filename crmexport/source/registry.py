"""Which connectors are installed: ours and anybody's, found by the entry point `crmexport.connectors`."""

from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from traceback import extract_tb
from typing import Any

from crmexport.errors import ConfigurationError
from crmexport.source.contract import Connector
from crmexport.text import _

GROUP = "crmexport.connectors"


def connector_names() -> list[str]:
    """The names of all installed connectors."""
    return sorted(point.name for point in entry_points(group=GROUP))


def connector_folders() -> dict[str, Path]:
    """The folder of the package that each installed connector comes in. Nothing is imported for it."""
    packages = {point.name: point.module.partition(".")[0] for point in entry_points(group=GROUP)}
    specs = {name: find_spec(package) for name, package in packages.items()}
    return {name: Path(spec.origin).parent for name, spec in specs.items() if spec and spec.origin}


def connector_class(name: str) -> type[Connector]:
    """The connector called `name`. Raises ConfigurationError naming the nearest one there is."""
    for point in entry_points(group=GROUP, name=name):
        found: type[Connector] = loaded(point)
        if not (isinstance(found, type) and issubclass(found, Connector) and hasattr(found, "about")):
            raise ConfigurationError(
                _(
                    "“{name}” is installed, but {place} is no connector: that is a class made from “Connector”, with an “about”. Mend the "
                    "package that it comes in, or uninstall it."
                ).format(name=name, place=point.value)
            )
        if found.about.name != name:
            raise ConfigurationError(
                _(
                    "The connector that is installed as “{name}” calls itself “{own}”, and nobody would find it for an archive of that name. "
                    "Give it one name, in its package's entry point and in “About”."
                ).format(name=name, own=found.about.name)
            )
        return found
    near = get_close_matches(name, connector_names(), n=1) or connector_names()
    raise ConfigurationError(
        _("There is no connector called “{name}”. Did you mean {near}?").format(
            name=name, near=", ".join(near)
        )
    )


def loaded(point: EntryPoint) -> Any:
    """What an entry point leads to. Raises ConfigurationError where that cannot be imported: its package may be anybody's."""
    try:
        return point.load()
    except Exception as error:
        reason = f"{type(error).__name__}: {error}{_own_line(error)}"
        raise ConfigurationError(
            _(
                "“{name}” is installed, but {place} cannot be loaded: {reason}. Mend the package that it comes in, or uninstall it."
            ).format(name=point.name, place=point.value, reason=reason)
        ) from error


def _own_line(error: Exception) -> str:
    """Where it was raised in a package that was imported; nothing where the import system itself found no such thing."""
    steps = [step for step in extract_tb(error.__traceback__) if "importlib" not in step.filename][1:]
    return f" ({Path(steps[-1].filename).name}, line {steps[-1].lineno})" if steps else ""
