"""A MariaDB server of Debian's, in a temporary folder, gone when the tests end. Its own ways are the worst: Latin-1, nothing strict."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

_WAYS = {
    "character-set-server": "latin1",
    "collation-server": "latin1_swedish_ci",
    "sql-mode": "",
    "default-storage-engine": "MyISAM",
    "innodb-flush-method": "nosync",
    "innodb-flush-log-at-trx-commit": "0",
    "sync-frm": "0",
    "skip-networking": "1",
}


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The address of its database."""
    data, socket = folder / "data", folder / "s"
    user = ["--user=root"] if os.geteuid() == 0 else []
    made = [
        "mariadb-install-db",
        "--no-defaults",
        *user,
        f"--datadir={data}",
        "--auth-root-authentication-method=normal",
    ]
    subprocess.run(made, check=True, capture_output=True)
    ways = [f"--{name}={way}" for name, way in _WAYS.items()]
    command = ["mariadbd", "--no-defaults", *user, f"--datadir={data}", f"--socket={socket}", *ways]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            _wait(server, socket, folder / "log")
            address = "mysql+pymysql://root@localhost/{}?unix_socket=" + str(socket)
            with create_engine(address.format("mysql"), poolclass=NullPool).begin() as connection:
                connection.execute(text("CREATE DATABASE crm"))
            yield address.format("crm")
        finally:
            server.terminate()


def _wait(server: "subprocess.Popen[bytes]", socket: Path, log: Path) -> None:
    for _attempt in range(600):
        if socket.exists():
            return
        assert server.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        time.sleep(0.1)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace"))
