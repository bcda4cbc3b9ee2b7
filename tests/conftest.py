"""Archives to test on: a folder, and a PostgreSQL database; one server for all tests of a session, however many processes."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from filelock import FileLock
from hypothesis import settings

from crmexport.archive import Place, place_of
from tests.postgresql_server import ADDRESS, PostgreSQLServer

settings.register_profile("unhurried", deadline=None)  # a busy machine is no defect
settings.load_profile("unhurried")

SHARED = "CRMEXPORT_TEST_SHARED"
PLACES = ("folder", "postgresql")
MEMORY = Path("/dev/shm")
# bytes; all tests leave a seventh of that, and pytest keeps the folders of three sessions
ENOUGH_MEMORY = 4 << 30


def pytest_configure(config: pytest.Config) -> None:
    """Only the first process: it names a folder that its helpers share, and deletes it in the end."""
    if not hasattr(config, "workerinput"):
        if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH_MEMORY:
            # thousands of archives wait for no disk: those in the folders of tests, and those that a check makes for itself
            os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
            os.environ.setdefault("TMPDIR", str(MEMORY))
            tempfile.tempdir = None
        os.environ[SHARED] = tempfile.mkdtemp(prefix="crmexport-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and SHARED in os.environ:
        shared = Path(os.environ.pop(SHARED))
        if (shared / "server" / "data").exists():
            PostgreSQLServer(shared / "server").delete()
        shutil.rmtree(shared, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql() -> str:
    """The address of a database on a real server, which the first test that asks for it starts."""
    if given := os.environ.get(ADDRESS):
        return given
    shared = Path(os.environ[SHARED])
    with FileLock(shared / "lock"):
        noted = shared / "address"
        if not noted.exists():
            shared.chmod(0o755)
            noted.write_text(PostgreSQLServer(shared / "server").start(), encoding="utf-8")
        return noted.read_text(encoding="utf-8")


def address(database: str, folder: Path, **more: str) -> str:
    """What a person would type after --archive for a new archive in `database`."""
    return f"{database}?{urlencode({'schema': f'a {uuid.uuid4()}', 'folder': str(folder), **more})}"


Naming = Callable[[Path], str]


@pytest.fixture(params=PLACES)
def naming(request: pytest.FixtureRequest) -> Naming:
    """Gives what to type after --archive for a new archive with its files in a folder: one test on both kinds."""
    if request.param == "folder":
        return str
    database = request.getfixturevalue("postgresql")
    return lambda folder: address(database, folder)


@pytest.fixture
def place(naming: Naming, tmp_path: Path) -> Place:
    """A place for one new archive; its files are in the folder `archive` of `tmp_path`."""
    return place_of(naming(tmp_path / "archive"))
