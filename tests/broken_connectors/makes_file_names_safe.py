"""Cleans the names of files before anybody has seen them."""

from typing import Any

from crmexport.source import FileRef
from tests.acme import Acme

CAUGHT_BY = "file_names_are_kept"


class Broken(Acme):
    def file(self, file: dict[str, Any], owner: tuple[str, str]) -> FileRef:
        found = super().file(file, owner)
        return found._replace(name=found.name.rsplit("/", 1)[-1])
