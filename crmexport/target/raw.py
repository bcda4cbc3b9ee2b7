"""The archive's records as they were received: one JSON Lines file for each stream."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from crmexport.archive.store import Archive
from crmexport.target.job import Job
from crmexport.target.output import Output, output
from crmexport.target.readback.mismatch import Mismatch, missing, readable, unmeant
from crmexport.target.readback.raw import in_raw
from crmexport.target.roll import Roll

_STREAM, _ID = "stream", "id"


def write(job: Job) -> list[Output]:
    """A file for each stream."""
    return [_write(job, stream) for stream in raw_streams(job.shop.archive)]


def _write(job: Job, stream: str) -> Output:
    path = job.file(stream, "jsonl")
    number = write_raw(path, job.watched(raw_lines(job.shop.archive, stream, job.roll), stream))
    return output(job.root, path, number, job.target.name, Counter())


def differences(job: Job, outputs: Sequence[Output]) -> Iterator[Mismatch]:
    """Each file against its stream."""
    files = {job.file(stream, "jsonl"): stream for stream in raw_streams(job.shop.archive)}
    yield from missing(job.target.name, len(files.keys() - {job.root / one.path for one in outputs}))
    for one in outputs:
        job.watch(one.path, 0, one.rows)
        file = job.root / one.path
        if file not in files:
            yield unmeant(one.path)
            continue
        yield from readable(one.path, in_raw(one.path, file, job.shop.archive, files[file], job.roll))


def raw_streams(archive: Archive) -> list[str]:
    """The streams that have records, or files, in the archive."""
    return sorted(stream for stream, number in archive.counts().items() if number or stream == "file")


def raw_lines(archive: Archive, stream: str, roll: Roll) -> Iterator[bytes]:
    """The lines of a stream that `roll` takes: {"stream", "id", "modified", "body"}, and "parent" for records of a sub-list.

    The body is the record's exact bytes where they stand on one line; line ends between the parts of a pretty-printed
    body are blanks instead (within a JSON text there can be none). Files without a record are told by their description.
    """
    found = False
    for id_, body, modified, parent in archive.records(stream):
        found = True
        if roll.takes(stream, id_, body):
            yield raw_line(stream, id_, body, modified, parent)
    if stream == "file" and not found:
        for file in archive.files():
            body = json.dumps(file.meta, ensure_ascii=False).encode("utf-8", "backslashreplace")
            if roll.takes(stream, file.id, body):
                yield raw_line(stream, file.id, body, None, None)


def raw_line(
    stream: str, id_: str, body: bytes, modified: str | None, parent: tuple[str, str] | None
) -> bytes:
    """One line, with its line end."""
    head = {_STREAM: stream, _ID: id_, "modified": modified}
    if parent:
        head["parent"] = {_STREAM: parent[0], _ID: parent[1]}  # type: ignore[assignment]
    flat = body if b"\n" not in body and b"\r" not in body else body.replace(b"\r", b" ").replace(b"\n", b" ")
    return (
        json.dumps(head, ensure_ascii=False).encode("utf-8", "backslashreplace")[:-1]
        + b', "body": '
        + flat.strip()
        + b"}\n"
    )


def write_raw(path: Path, lines: Iterable[bytes]) -> int:
    """Write `lines`; give their number."""
    number = 0
    with path.open("wb") as file:
        for line in lines:
            file.write(line)
            number += 1
    return number
