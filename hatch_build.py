"""Build step: compile the message catalogues, so that a wheel and a checkout speak both languages."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogueHook(BuildHookInterface):  # type: ignore[type-arg]
    """Turns every `.po` into the `.mo` that gettext reads."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile all catalogues beside their sources."""
        for source in Path(self.root, "crmexport", "locale").glob("*/LC_MESSAGES/*.po"):
            with source.open("rb") as text, source.with_suffix(".mo").open("wb") as binary:
                write_mo(binary, read_po(text))
