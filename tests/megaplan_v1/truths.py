"""A pull through the older API by the real engine, and what it holds against what the sandbox knows to be true."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from crmexport_megaplan.sandbox import MegaplanV1Sandbox, V1Behaviour
from crmexport_megaplan.v1 import MegaplanV1

from crmexport.archive import Archive
from crmexport.archive.replay import current_rows
from crmexport.pull import PullResult, pull
from crmexport.source import Account, Credentials, Gap, GapKind
from crmexport.transport.line import Transport
from tests.toy import TestClock

SIZES = (40, 60, 80)


def sandbox(**behaviour: Any) -> MegaplanV1Sandbox:
    return MegaplanV1Sandbox(*SIZES, v1=V1Behaviour(**behaviour))


def pulled(
    folder: Path,
    box: MegaplanV1Sandbox,
    url: str,
    options: Mapping[str, Any] | None = None,
    by: Credentials | None = None,
    line: Transport | None = None,
) -> PullResult:
    credentials = by or Credentials(login=box.login, password=box.password)
    connector = MegaplanV1(Account(url, options or {}))
    return pull(folder, connector, credentials, rate=0, clock=TestClock(), line=line)


def differences(folder: Path, box: MegaplanV1Sandbox, url: str) -> list[str]:
    """One line for everything that is not as the truth says; none when the archive equals it."""
    truth = {(line["stream"], line["id"]): line for line in box.truth()}
    found: list[str] = []
    with Archive.open(folder) as archive:
        streams = set(archive.counts()) - {"file", "Account", "Change"}
        for row in current_rows(archive, MegaplanV1(Account(url)), streams):
            line = truth.pop((row.stream, row.id), None)
            found += _record(row.stream, row.id, row.value, line)
        for file in archive.files():
            line = truth.pop(("file", file.id), None)
            if line is None or file.sha256 != line["sha256"]:
                found.append(f"file {file.id}: {file.sha256} instead of {line and line['sha256']}")
    return found + [f"{stream} {id} is true, but not held" for stream, id in truth]


def _record(stream: str, id: str, held: dict[str, Any], line: dict[str, Any] | None) -> Iterator[str]:
    if line is None:
        yield f"{stream} {id} is held, but not true"
        return
    parent = held.pop("_parent", None)
    if "parent" in line and parent != dict(zip(("stream", "id"), line["parent"], strict=True)):
        yield f"{stream} {id}: parent {parent} instead of {line['parent']}"
    for name, value in line["body"].items():
        if held.get(name, "absent") != value:
            yield f"{stream} {id}.{name}: {held.get(name, 'absent')!r:.80} instead of {value!r:.80}"


def losses(folder: Path) -> list[Gap]:
    """What is missing and was not deleted at the source."""
    with Archive.open(folder) as archive:
        return [gap for gap in archive.gaps() if gap.kind is not GapKind.VANISHED]
