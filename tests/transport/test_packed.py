"""A file that came packed is unpacked where it was packed for the way, and left as it came where it is an archive by itself."""

import gzip
import zlib
from hashlib import sha256
from pathlib import Path

import pytest

from crmexport.source import Request
from crmexport.transport.failures import TransientError
from crmexport.transport.incoming import FileResponse
from crmexport.transport.packed import as_it_lies

INNER = b"all that is in it " * 100
GZIP, DEFLATE = gzip.compress(INNER), zlib.compress(INNER)


def came(folder: Path, body: bytes, packing: str = "gzip", kind: str = "application/pdf") -> FileResponse:
    path = folder / "file"
    path.write_bytes(body)
    headers = {"content-encoding": packing, "content-type": kind}
    return FileResponse(200, headers, body[:64], path=path, sha256=sha256(body).hexdigest(), size=len(body))


def kept(response: FileResponse, **context: object) -> bytes:
    request = Request("file", "/attach/letter", is_file=True, context=context)
    found = as_it_lies(request, response)
    body = found.path.read_bytes()
    assert (found.size, found.sha256) == (len(body), sha256(body).hexdigest())
    assert body.startswith(found.body)
    assert [one.name for one in found.path.parent.iterdir()] == ["file"]
    return body


@pytest.mark.parametrize("name", ["letter.pdf", "backup.tar.gz"])
def test_what_has_the_size_that_is_told_is_the_file(tmp_path: Path, name: str) -> None:
    assert kept(came(tmp_path, GZIP), name=name, size=len(GZIP)) == GZIP
    assert kept(came(tmp_path, GZIP), name=name, size=len(INNER)) == INNER


@pytest.mark.parametrize("told", [{}, {"size": None}, {"size": 1}])
def test_where_no_size_tells_the_name_does(tmp_path: Path, told: dict[str, object]) -> None:
    assert kept(came(tmp_path, GZIP), name="backup.tar.GZ", **told) == GZIP
    assert kept(came(tmp_path, GZIP), name="letter.pdf", **told) == INNER
    assert kept(came(tmp_path, GZIP, kind="application/x-gzip"), name="backup", **told) == GZIP


def test_a_name_that_is_not_told_is_in_the_address(tmp_path: Path) -> None:
    request = Request("file", "/attach/backup.tgz?1", is_file=True)
    assert as_it_lies(request, came(tmp_path, GZIP)).size == len(GZIP)


def test_text_within_json_is_never_packed_by_itself(tmp_path: Path) -> None:
    assert kept(came(tmp_path, GZIP), name="backup.tgz", size=len(GZIP), decode=["a", "b", "base64"]) == INNER


@pytest.mark.parametrize("packing", ["deflate", "Deflate "])
def test_other_ways_of_packing(tmp_path: Path, packing: str) -> None:
    assert kept(came(tmp_path, DEFLATE, packing), name="letter.pdf") == INNER


@pytest.mark.parametrize("packing", ["gzip", "deflate", "unheard of"])
@pytest.mark.parametrize(
    "body", [b"%PDF-1.7 and so on", GZIP[:10] + b"\xff" * 9 + GZIP[19:]], ids=["plain", "damaged"]
)
def test_what_is_not_packed_as_its_answer_says_is_the_file(tmp_path: Path, packing: str, body: bytes) -> None:
    assert kept(came(tmp_path, body, packing), name="letter.pdf") == body


def test_an_archive_that_lies_cut_off_at_the_source_is_held_so(tmp_path: Path) -> None:
    """Else it would be asked for again and again, and be a gap in the end, though all of it came."""
    assert kept(came(tmp_path, GZIP[:-9]), name="backup.tgz") == GZIP[:-9]


def test_what_broke_off_on_the_way_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(TransientError, match="not whole"):
        as_it_lies(Request("file", "/letter.txt", is_file=True), came(tmp_path, GZIP[:-9]))


@pytest.mark.parametrize("packing", ["", "identity", "Identity"])
def test_what_came_as_it_is_is_left(tmp_path: Path, packing: str) -> None:
    response = came(tmp_path, GZIP, packing)
    assert as_it_lies(Request("file", "/letter.pdf", is_file=True), response) is response
