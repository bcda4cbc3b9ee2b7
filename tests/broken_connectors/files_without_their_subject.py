"""Does not say which file a request is about."""

from typing import Any

from crmexport.source import FileRef
from tests.acme import Acme

CAUGHT_BY = "files_name_their_subject"


class Broken(Acme):
    def file(self, file: dict[str, Any], owner: tuple[str, str]) -> FileRef:
        found = super().file(file, owner)
        return found._replace(request=found.request.replace(subject=("file", "")))
