"""Thinks most of files."""

from typing import Any

from crmexport.source import FileRef
from tests.acme import Acme

CAUGHT_BY = "worth_has_its_order"


class Broken(Acme):
    def file(self, file: dict[str, Any], owner: tuple[str, str]) -> FileRef:
        found = super().file(file, owner)
        return found._replace(request=found.request.replace(worth=99))
