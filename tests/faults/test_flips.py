"""Single bytes of an archive are changed anywhere: the check finds each, and names what of ours it hit.

What names no thing of ours (an index, a counter, a free page) is found by the fingerprint of the whole file. A change in
the write-ahead log of a run that was killed takes back the last answers at most: the next run asks for them again.
"""

import random
import shutil
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from crmexport.archive import Archive
from crmexport.archive.database import FILE
from crmexport.errors import CrmExportError
from tests.faults.holding import wrong
from tests.faults.inprocess import in_order, pulled, small
from tests.faults.test_kill_commits import killed_at

NAMING = ("Answer", "Record", "What the index", "The bytes of file", "The description of file")
SOAK, PARTS = 10_000, 8
Content = dict[str, list[tuple[object, ...]]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive after a finished pull."""
    folder = tmp_path_factory.mktemp("whole") / "archive"
    with in_order():
        assert pulled(folder, small()).complete
    return folder


def records(folder: Path) -> Content:
    """The exact bytes of all records, and which bytes the files have."""
    with Archive.open(folder) as archive:
        found: Content = {
            stream: list(archive.records(stream)) for stream in archive.counts() if stream != "file"
        }
        found["file"] = [(file.id, file.name, file.sha256) for file in archive.files()]
    return found


def places(content: Content) -> dict[str, list[object]]:
    """What the records are called, say, and stand under."""
    return {
        stream: [(row[0], row[1], row[3]) for row in rows]
        for stream, rows in content.items()
        if stream != "file"
    }


def found_in(folder: Path) -> list[str]:
    """What opening or checking an archive says of it."""
    try:
        with Archive.open(folder) as archive:
            return list(archive.check())
    except CrmExportError as error:
        return [str(error)]


class Flipping:
    """Changes one byte of one file at a time; the bytes of all files together are what chance chooses from."""

    def __init__(self, whole: Path, folder: Path, seed: int) -> None:
        self.folder, self.chance = folder, random.Random(seed)
        shutil.copytree(whole, folder)
        self.bytes = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        self.paths = [path for path, content in self.bytes.items() if content]
        self.before = records(folder)

    def flips(self, number: int) -> Iterator[tuple[Path, int]]:
        """Every file is met, and the database four times out of five; which byte, and how it changes, is left to chance."""
        database = self.folder / FILE
        sizes = [len(self.bytes[path]) for path in self.paths]
        rest = [
            database if self.chance.random() < 0.8 else self.chance.choices(self.paths, sizes)[0]
            for _ in range(number - len(self.paths))
        ]
        chosen = [*self.paths, *rest]
        for path in chosen:
            at = self.chance.randrange(len(self.bytes[path]))
            changed = bytearray(self.bytes[path])
            changed[at] ^= self.chance.randint(1, 255)
            path.write_bytes(changed)
            yield path, at
            self.mend()

    def mend(self) -> None:
        """All as it was; what opening left beside the database goes, too."""
        for path in self.folder.rglob("*"):
            if path.is_file() and path not in self.bytes:
                path.unlink()
        for path, content in self.bytes.items():
            if not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)

    def wrong(self, path: Path, at: int, counts: Counter[str]) -> list[str]:
        """What is wrong with how this flip was met; `counts` learns in which way."""
        place = f"{path.relative_to(self.folder)} byte {at}"
        sentences = found_in(self.folder)
        counts[_way(sentences)] += 1
        if not sentences:
            return [] if path.read_bytes() == self.bytes[path] else [f"{place}: not found"]
        if path.parent.parent.name == "files" and not any(
            path.name in one or "file" in one for one in sentences
        ):
            return [f"{place}: the file is not named"]
        return [f"{place}: changed records are not named"] if self._is_unnamed(sentences) else []

    def _is_unnamed(self, sentences: list[str]) -> bool:
        """Whether only the file as a whole is called damaged, and yet a reader would get other bytes."""
        if _way(sentences) != "database as a whole":
            return False
        try:
            return places(records(self.folder)) != places(self.before)
        except CrmExportError:
            return False


def _way(sentences: list[str]) -> str:
    """In which way a flip was found."""
    if not sentences:
        return "healed by opening"
    if any(one.startswith(NAMING) for one in sentences):
        return "named"
    if any("index" in one for one in sentences):
        return "an index"
    if any("cannot be read" in one for one in sentences):
        return "cannot be read"
    return "database as a whole"


def flipped(whole: Path, folder: Path, number: int, seed: int) -> tuple[list[str], Counter[str]]:
    flipping, counts = Flipping(whole, folder, seed), Counter[str]()
    return [line for path, at in flipping.flips(number) for line in flipping.wrong(path, at, counts)], counts


def test_an_untouched_archive_is_sound(whole: Path) -> None:
    assert found_in(whole) == []


def test_flips_are_found(whole: Path, tmp_path: Path) -> None:
    unseen, counts = flipped(whole, tmp_path / "archive", 60, seed=0)
    assert unseen == []
    assert counts["named"] > 5 and counts["database as a whole"] > 5


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, PARTS + 1))
def test_ten_thousand_flips_are_found(whole: Path, tmp_path: Path, seed: int) -> None:
    unseen, _counts = flipped(whole, tmp_path / "archive", SOAK // PARTS, seed)
    assert unseen == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no SIGKILL")
@pytest.mark.parametrize("flips", [1, pytest.param(30, marks=pytest.mark.soak)])
def test_a_flip_in_the_log_takes_back_answers_and_loses_none(tmp_path: Path, flips: int) -> None:
    """SQLite goes on only as far as its log is sound: an earlier state, which is no finished pull and says so."""
    chance = random.Random(1)
    for number in range(flips):
        folder = tmp_path / str(number)
        assert killed_at(folder, "commit", 60)
        log = folder / f"{FILE}-wal"
        changed = bytearray(log.read_bytes())
        changed[chance.randrange(len(changed))] ^= 0x20
        log.write_bytes(changed)
        try:
            with Archive.open(folder) as archive:
                assert not archive.runs() or archive.runs()[-1]["outcome"] is None
        except CrmExportError:
            continue
        adapter = small()
        with in_order():
            assert pulled(folder, adapter).complete
        assert wrong(folder, adapter.box) == []
