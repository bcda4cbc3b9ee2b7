"""Singer messages without a file: one by one, for a program that waits for them."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from crmexport.archive.store import Archive
from crmexport.mapping import SourceMapping
from crmexport.source import Connector
from crmexport.target.job import Job
from crmexport.target.singer import write as singer
from crmexport.target.targets import load_target
from crmexport.target.workshop import workshop
from crmexport.text import language
from crmexport.watch import Watch, nobody


def stream(
    archive: Archive,
    connector: Connector,
    mapping: SourceMapping,
    put: Callable[[bytes], object],
    *,
    lang: str | None = None,
    watch: Watch | None = None,
) -> Counter[str]:
    """Give every message, with its line end, to `put`; what befell values on the way. Files are named, not copied."""
    target = load_target("singer")
    with archive.unchanged(), workshop(archive, connector, mapping, lang or language()) as shop:
        shop.prepare([target], watch or nobody)
        return singer.stream(Job(shop, target, Path(), watch or nobody), put)
