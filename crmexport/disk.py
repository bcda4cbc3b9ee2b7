"""What Windows asks of those who write files: patience with virus scanners, and long paths written out.

Elsewhere all of this is what the standard library does. And paths as people type them.
"""

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from tenacity import Retrying, retry_if_exception, wait_exponential

IS_WINDOWS = os.name == "nt"
# Seconds. A scanner or an indexer looks at what has just been written, and Windows refuses to move it for that while;
# elsewhere, a refusal stays one.
PATIENCE = 10.0 if IS_WINDOWS else 0.0
FAT_HOLDS = 2**32 - 1
"""Bytes: the longest file that FAT32 keeps, as which most USB sticks are sold. Beyond, systems tell of a full disk, or of nothing in particular."""
_NEARLY = 2**24
_WRITTEN_OUT = "\\\\?\\"


def typed(text: str) -> Path:
    """The path that somebody typed, with `~` understood. What begins with that sign and is nobody's home is a name: “~archive”.

    Raises OSError where its name is too long: from Python 3.14 on, such a file is taken for one that is not there.
    """
    path = Path(text)
    # on Windows, Python does not ask who has a home, and takes any name for somebody's
    if not IS_WINDOWS or path.parts[:1] == ("~",):
        path = Path(os.path.expanduser(text))  # noqa: PTH111 - Path.expanduser() raises where nobody has that name
    try:
        path.lstat()
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            raise
    return path


def move(source: Path, place: Path) -> None:
    """Give `source` the path `place` on the same disk. A file there makes room; no folder may be there. Raises OSError."""
    _patiently(os.replace, reachable(source), reachable(place))


@contextmanager
def anew(path: Path) -> Iterator[Path]:
    """A file to write into, which takes the place of `path` when the block ends well; else nothing of it stays. Raises OSError."""
    new = path.with_name(f"{path.name}.new")
    try:
        yield new
        move(new, path)
    except BaseException:
        with suppress(OSError):
            remove(new)
        raise


def is_all_that_fat_holds(path: Path) -> bool:
    """Whether this file, which did not take any more, is as long as the longest that FAT32 keeps, or nearly so. One that is longer lies elsewhere."""
    try:
        return FAT_HOLDS - _NEARLY <= reachable(path).stat().st_size <= FAT_HOLDS
    except OSError:
        return False


def must_be_writable(folder: Path) -> None:
    """Make a file in `folder`, and nothing that stays. Raises OSError.

    Not by `tempfile`: where Windows denies it, that tries two billion other names (CPython issue 66305, in 3.11 and 3.12).
    """
    trial = reachable(folder / f".crmexport-{uuid4().hex}")
    trial.open("xb").close()
    remove(trial)


def remove(path: Path) -> None:
    """Take away a file, or a folder with all that is in it; nothing where nothing is. Raises OSError."""
    if path.is_dir():
        _patiently(shutil.rmtree, reachable(path))
    elif path.exists():
        _patiently(os.unlink, reachable(path))


def _patiently(work: Callable[..., object], *paths: Path) -> None:
    _again(work, *paths)


def _may_pass(failure: BaseException) -> bool:
    """Whether it is a denial; or what somebody looks at is gone by its name alone, so that its folder is not empty yet."""
    return isinstance(failure, PermissionError) or getattr(failure, "errno", None) == errno.ENOTEMPTY


_again = Retrying(  # one for all: it refers to itself, and the cycle collector comes seldom during a pull
    retry=retry_if_exception(_may_pass),
    stop=lambda state: state.seconds_since_start is not None and state.seconds_since_start >= PATIENCE,
    wait=wait_exponential(0.02, max=1.0),
    reraise=True,
)


def reachable(path: Path) -> Path:
    """`path` as Windows opens it however long it is: as usual it takes 259 characters, and refuses to make a longer one."""
    if not IS_WINDOWS:
        return path
    whole = os.path.abspath(path)  # noqa: PTH100 - what is written out may have no "..", and nothing is to be resolved
    if whole.startswith(_WRITTEN_OUT):
        return path
    share = whole.startswith("\\\\")
    return Path(f"{_WRITTEN_OUT}UNC{whole[1:]}" if share else _WRITTEN_OUT + whole)
