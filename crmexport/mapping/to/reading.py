"""Read and check a layout file: every mistake in it is named by line and key, all at once."""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any

from crmexport.errors import ConfigurationError
from crmexport.mapping import times
from crmexport.mapping.source_mapping import mapping_file, mapping_names
from crmexport.mapping.to.plan import check
from crmexport.mapping.to.schema import OF_SOURCE, Layout
from crmexport.mapping.yaml_file import Complaints, Position, Positions, complain, read_yaml, validated
from crmexport.mapping.yaml_words import did_you_mean
from crmexport.text import _


def load_layout(path: Path) -> Layout:
    """The layout in the file at `path`. Raises ConfigurationError with a sentence for every mistake."""
    layout, complaints = validated(path, Layout, _like)
    check_layout(layout, complaints)
    return layout


def check_layout(layout: Layout, complaints: Complaints) -> None:
    """Raise ConfigurationError with everything in `layout` that its schema cannot tell, as `complaints` words it."""
    try:
        zone = UTC if layout.zone == OF_SOURCE else zone_named(layout.zone)
    except ConfigurationError as error:
        complaints.add(("zone",), str(error))
        zone = UTC
    check(layout, zone, complaints)
    complaints.raise_any()


def inherited(data: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """What the layout in `data`, which is to stand beside `path`, takes over from the one that it is like.

    Raises ConfigurationError when there is no such layout.
    """
    return _like(path, dict(data), {(): Position(1, 1)})


def _like(path: Path, data: Any, positions: Positions, also: tuple[Path, ...] = ()) -> dict[str, Any]:
    """The data of the layout that the one at `path` says it is like, and of the one that this is like, and so on."""
    name = data.get("like") if isinstance(data, dict) else None
    if not isinstance(name, str):
        return {}
    base = layout_file(name) if name in layout_names() else path.parent / name
    wrong = ""
    if base in (path, *also):
        wrong = _("a layout cannot be like itself, nor in a circle.")
    elif not base.is_file():
        wrong = _("there is no layout “{name}”.").format(name=name) + did_you_mean(name, layout_names())
    if wrong:
        raise ConfigurationError(complain(path, positions, ("like",), wrong))
    found, places = read_yaml(base)
    return {**_like(base, found, places, (path, *also)), **(found if isinstance(found, dict) else {})}


def layout_names() -> list[str]:
    """The names of the layouts that come with the program."""
    return mapping_names("to")


def layout_file(name_or_path: str) -> Path:
    """The file of a layout of ours, or the path itself. Raises ConfigurationError with the nearest name there is."""
    if name_or_path.endswith((".yaml", ".yml")) or name_or_path in layout_names():
        return mapping_file("to", name_or_path)
    sentence = _("There is no target called “{name}”.").format(name=name_or_path)
    if len(names := [name.strip() for name in name_or_path.split(",") if name.strip()]) > 1:
        several = _("Each target is named by itself: {targets}")
        targets = " ".join(f"--to {name}" for name in names)
        raise ConfigurationError(f"{sentence} {several.format(targets=targets)}")
    hint = _("A layout of your own is given by its file, such as my-crm.yaml.")
    raise ConfigurationError(f"{sentence}{did_you_mean(name_or_path, layout_names())} {hint}")


def zone_named(name: str) -> tzinfo:
    """The time zone `name`: UTC, +03:00, or a name such as Europe/Moscow. Raises ConfigurationError."""
    if name.upper() in ("UTC", "Z", ""):
        return UTC
    try:
        return times.zone_named(name)
    except ValueError as error:
        raise ConfigurationError(
            _("There is no time zone “{name}”. Write it as UTC, +03:00 or Europe/Moscow.").format(name=name)
        ) from error
