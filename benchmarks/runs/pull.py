"""Pull an account into a durable archive: python -m benchmarks.runs.pull URL FOLDER RATE [no-files|lists]."""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from crmexport.pull import pull
from crmexport.source import Account, Connector, Credentials, Reading, Request, Response, connector_class

LISTS = ("contractorCompany", "contractorHuman", "payer", "deal", "todo", "invoice", "employee")
_FIRST = frozenset({*LISTS, "program", "extraField"})
"""What must be asked to read the lists: deals and fields are listed scheme by scheme."""


def main(url: str, folder: str, rate: str, what: str = "all") -> None:
    """Pull and print how it ended. RATE 0 is as fast as the line.

    "no-files" asks for no bytes of files and does not seal; "lists" reads the pages of `LISTS` once, as the peers do.
    """
    connector = _connector(url, what)
    result = pull(Path(folder), connector, Credentials(token=os.environ["CRMEXPORT_TOKEN"]), rate=float(rate))
    ended = {
        "complete": result.complete,
        "gaps": result.gaps,
        "requests": result.requests,
        "records": result.records,
    }
    print(json.dumps(ended))


def _connector(url: str, what: str) -> Connector:
    kind = connector_class("megaplan")

    class WithoutFiles(kind):  # type: ignore[misc, valid-type]
        about = replace(kind.about, swept=(), relisted=())

        def read(self, request: Request, response: Response) -> Reading:
            reading: Reading = super().read(request, response)
            reading.files = []
            return reading

        def opening(self, since: datetime | None) -> Iterable[Request]:
            """No seal: the peers read every page once."""
            return [] if since else super().opening(since)

    class ListsAlone(WithoutFiles):
        """No sub-lists and no dictionaries either: none of the peers asks for them."""

        def read(self, request: Request, response: Response) -> Reading:
            reading = super().read(request, response)
            reading.under = []
            reading.requests = [one for one in reading.requests if one.stream in _FIRST]
            reading.links = {link for link in reading.links if link[0] in _FIRST}
            return reading

        def opening(self, since: datetime | None) -> Iterable[Request]:
            return [one for one in super().opening(since) if one.stream in _FIRST]

    chosen = {"all": kind, "no-files": WithoutFiles, "lists": ListsAlone}[what]
    return chosen(Account(url))


if __name__ == "__main__":
    main(*sys.argv[1:])
