"""Pull an account into a durable archive: python -m benchmarks.runs.pull URL FOLDER RATE [no-files]."""

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from crmexport.pull import pull
from crmexport.source import Account, Connector, Credentials, Reading, Request, Response, connector_class


def main(url: str, folder: str, rate: str, files: str = "files") -> None:
    """Pull and print how it ended. RATE 0 is as fast as the line; "no-files" reads the lists once: no bytes of files, no seal."""
    connector = _connector(url, with_files=files == "files")
    result = pull(Path(folder), connector, Credentials(token=os.environ["CRMEXPORT_TOKEN"]), rate=float(rate))
    ended = {
        "complete": result.complete,
        "gaps": result.gaps,
        "requests": result.requests,
        "records": result.records,
    }
    print(json.dumps(ended))


def _connector(url: str, *, with_files: bool) -> Connector:
    kind = connector_class("megaplan")
    if with_files:
        return kind(Account(url))

    class WithoutFiles(kind):  # type: ignore[misc, valid-type]
        about = replace(kind.about, swept=(), relisted=())

        def read(self, request: Request, response: Response) -> Reading:
            reading: Reading = super().read(request, response)
            reading.files = []
            return reading

        def opening(self, since: datetime | None) -> Iterable[Request]:
            """No seal: the peers read every page once."""
            return [] if since else super().opening(since)

    return WithoutFiles(Account(url))


if __name__ == "__main__":
    main(*sys.argv[1:])
