"""A real Odoo on loopback, for as long as a test needs it.

Comes from Debian's own package (unpacked into a folder, not installed), Python wheels, and a private PostgreSQL cluster.
What takes long is made once and kept in a folder: CRMEXPORT_TEST_CACHE, or `crmexport-test` in the system's lasting temporary
folder. Every start gets a fresh copy of an empty database, and ports that are free.

Needs Debian or a child of it: apt, dpkg-deb, the Debian keyring, a PostgreSQL server's programs, Python 3.11 or 3.12.
As root, PostgreSQL runs as the user `postgres`, because it refuses to run as root.

By hand: `python -m tests.real.odoo_server` starts one and keeps it until Ctrl+C.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SUITE = "sid"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
MODULES = "contacts,crm,project,sale_crm"
LANGUAGE = "ru_RU"
OLDEST_WITH_JSON2 = 19
# The web client's assets refer to these; without them the modules do not install.
ALONGSIDE = [
    "fonts-font-awesome",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
]
TEMPLATE, DATABASE = f"crmexport_{MODULES.replace(',', '_')}", "crmexport_test"
LOGIN = PASSWORD = "admin"
MAKE_KEY = """
from datetime import datetime, timedelta
admin = env.ref('base.user_admin')
key = env['res.users.apikeys'].with_user(admin)._generate('rpc', 'crmexport', datetime.now() + timedelta(days=365))
env.cr.commit()
print('KEY=' + key)
"""


class ServerError(Exception):
    """The server could not be made or started; the text says where to look."""


@dataclass(frozen=True)
class Access:
    """What a client needs to know."""

    url: str
    database: str
    login: str
    password: str = field(repr=False)
    key: str = field(repr=False)


def cache_folder() -> Path:
    """Where the slow parts are kept between runs."""
    lasting = Path("/var/tmp")  # the tests’ own temporary folder may be in memory
    place = lasting if lasting.is_dir() else Path(tempfile.gettempdir())
    return Path(os.environ.get("CRMEXPORT_TEST_CACHE") or place / "crmexport-test") / "odoo"


@contextmanager
def odoo_server(folder: Path | None = None) -> Iterator[Access]:
    """A running server with an empty database; stopped on leaving."""
    home = folder or cache_folder()
    home.mkdir(parents=True, exist_ok=True)
    package = Package(home / "package")
    package.prepare()
    cluster = Cluster(home / "cluster")
    with cluster.running() as port:
        odoo = Odoo(home, package, port)
        odoo.prepare_template(cluster)
        odoo.fresh_database(cluster)
        with odoo.running() as url:
            yield Access(url, DATABASE, LOGIN, PASSWORD, (home / "key").read_text(encoding="utf-8"))


class Package:
    """Odoo's program, unpacked, and a Python environment that can run it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = folder / "root" / "usr" / "lib" / "python3" / "dist-packages"
        self.program = folder / "root" / "usr" / "bin" / "odoo"
        self.python = folder / "venv" / "bin" / "python"

    def prepare(self) -> None:
        """Fetch what is missing."""
        once(self.folder / "root", self._unpack)
        once(self.folder / "venv", self._environment)

    def _unpack(self, target: Path) -> None:
        apt = Apt(self.folder / "apt")
        for archive in apt.download([apt.newest_odoo(), *ALONGSIDE]):
            run(["dpkg-deb", "-x", str(archive), str(target)])

    def _environment(self, target: Path) -> None:
        """Wheels, in an environment of their own. It stays where it is made, so the marker is a file in it."""
        run([sys.executable, "-m", "venv", str(target)])
        run(
            [
                str(target / "bin" / "python"),
                "-m",
                "pip",
                "install",
                "-q",
                "-r",
                str(HERE / "requirements.txt"),
            ]
        )


class Apt:
    """apt with a state of its own: the machine's mirror, another suite; the system's lists stay as they are."""

    def __init__(self, folder: Path) -> None:
        self.archives = folder / "archives"
        sources = folder / "sources.list"
        for part in (folder / "lists" / "partial", self.archives / "partial"):
            part.mkdir(parents=True, exist_ok=True)
        sources.write_text(f"deb [signed-by={KEYRING}] {_mirror()} {SUITE} main\n", encoding="utf-8")
        settings = {
            "Dir::Etc::SourceList": sources,
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::State::lists": folder / "lists",
            "Dir::Cache": folder,
            "APT::Sandbox::User": "root",
        }
        self.options = [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]
        run(["apt-get", "-qq", *self.options, "update"])

    def newest_odoo(self) -> str:
        """The name of the newest packaged Odoo that has the JSON-2 API."""
        told = run(["apt-cache", *self.options, "pkgnames", "odoo-"])
        numbers = [int(number) for number in re.findall(r"^odoo-(\d+)$", told, re.MULTILINE)]
        if max(numbers, default=0) < OLDEST_WITH_JSON2:
            raise ServerError(f"Debian {SUITE} has no Odoo {OLDEST_WITH_JSON2} or later")
        return f"odoo-{max(numbers)}"

    def download(self, names: Sequence[str]) -> list[Path]:
        """The packages' archives, without what they depend on."""
        run(["apt-get", "-qq", *self.options, "download", *names], cwd=self.archives)
        return sorted(self.archives.glob("*.deb"))


def _mirror() -> str:
    """The Debian mirror this machine's own apt uses."""
    told = run(["apt-get", "indextargets", "--format", "$(REPO_URI) $(LABEL)"])
    for line in told.splitlines():
        address, _space, label = line.partition(" ")
        if label == "Debian":
            return address
    raise ServerError("this machine's apt knows no Debian mirror")


class Cluster:
    """A PostgreSQL cluster of our own, made for throwing away: nothing waits for the disk."""

    careless = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.account: dict[str, Any] = {}
        if os.getuid() == 0:
            self.account = {"user": "postgres", "group": "postgres", "extra_groups": [], "cwd": "/"}

    @contextmanager
    def running(self) -> Iterator[int]:
        """The cluster's port while it runs."""
        data = self.folder / "data"
        self.folder.mkdir(exist_ok=True)
        if self.account:
            shutil.chown(self.folder, "postgres", "postgres")
        if not (data / "PG_VERSION").exists():
            self._tool("initdb", "-U", "postgres", "-A", "trust", "--encoding=UTF8", "--locale=C.UTF-8")
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} {self.careless}"
        self._tool("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")
        try:
            yield self.port
        finally:
            self._tool("pg_ctl", "-w", "-m", "fast", "stop")

    def _tool(self, name: str, *arguments: str) -> None:
        run([str(_postgres_programs() / name), "-D", str(self.folder / "data"), *arguments], **self.account)

    def sql(self, statement: str) -> str:
        """Run one statement as the cluster's owner; the values it gave, as text."""
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-d", "postgres"]
        return run([str(_postgres_programs() / "psql"), *where, "-v", "ON_ERROR_STOP=1", "-Atqc", statement])

    def has(self, database: str) -> bool:
        """Whether there is such a database."""
        return bool(self.sql(f"select 1 from pg_database where datname = '{database}'").strip())


def _postgres_programs() -> Path:
    """The newest PostgreSQL server's programs; Debian keeps them off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    if not found:
        raise ServerError("there is no PostgreSQL server here: apt install postgresql")
    return found[-1]


class Odoo:
    """The server itself."""

    def __init__(self, home: Path, package: Package, database_port: int) -> None:
        self.home = home
        self.package = package
        self.options = f"--db_host 127.0.0.1 --db_port {database_port} -r odoo -w odoo --data-dir {home / 'data'}".split()
        self.environment = {**os.environ, "PYTHONPATH": str(package.library)}

    def prepare_template(self, cluster: Cluster) -> None:
        """Install the modules once, and make the administrator's API key."""
        if cluster.has(TEMPLATE) and (self.home / "key").exists():
            return
        cluster.sql(f"drop database if exists {TEMPLATE}")
        if not cluster.sql("select 1 from pg_roles where rolname = 'odoo'").strip():
            cluster.sql("create role odoo login createdb")
        self._odoo(
            "-d", TEMPLATE, "-i", MODULES, f"--load-language={LANGUAGE}", "--stop-after-init", "--no-http"
        )
        told = self._odoo("shell", "-d", TEMPLATE, "--no-http", "--log-level", "error", text=MAKE_KEY)
        found = re.search(r"KEY=(\w+)", told)
        if not found:
            raise ServerError(f"Odoo gave no API key: {told[-500:]}")
        (self.home / "key").write_text(found[1], encoding="utf-8")

    def fresh_database(self, cluster: Cluster) -> None:
        """A new copy of the template, with its files."""
        cluster.sql(f"drop database if exists {DATABASE} with (force)")
        cluster.sql(f"create database {DATABASE} template {TEMPLATE} owner odoo")
        files = self.home / "data" / "filestore"
        shutil.rmtree(files / DATABASE, ignore_errors=True)
        if (files / TEMPLATE).exists():
            shutil.copytree(files / TEMPLATE, files / DATABASE)

    @contextmanager
    def running(self) -> Iterator[str]:
        """The server's address while it runs."""
        port = free_port()
        where = (
            f"--http-interface 127.0.0.1 --http-port {port} --max-cron-threads 0 --no-database-list".split()
        )
        log = self.home / "server.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                self._command("-d", DATABASE, *where),
                stdout=output,
                stderr=output,
                env=self.environment,
                start_new_session=True,
            )
        url = f"http://127.0.0.1:{port}"
        try:
            _await_health(url, process, log)
            yield url
        finally:
            process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(15)
            process.kill()
            process.wait()

    def _command(self, *arguments: str) -> list[str]:
        first = list(arguments[:1]) if arguments[0] == "shell" else []
        rest = arguments[len(first) :]
        return [str(self.package.python), str(self.package.program), *first, *self.options, *rest]

    def _odoo(self, *arguments: str, text: str = "") -> str:
        return run(self._command(*arguments), env=self.environment, input=text)


def _await_health(url: str, process: subprocess.Popen[bytes], log: Path, seconds: int = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{url}/web/health", timeout=5):
            return
        time.sleep(0.2)
    raise ServerError(f"Odoo did not start; see {log}")


def once(target: Path, make: Any) -> None:
    """Let `make` fill `target` unless that has been done before; a half-made one is thrown away."""
    done = target.with_name(f"{target.name}.done")
    if not done.exists():
        shutil.rmtree(target, ignore_errors=True)
        make(target)
        done.touch()


def run(command: Sequence[str], **options: Any) -> str:
    """Run a program to its end; what it wrote. Raises ServerError with its last words when it fails."""
    ran = subprocess.run(
        command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **options
    )
    if ran.returncode:
        raise ServerError(f"{' '.join(command)} ended with {ran.returncode}:\n{ran.stdout[-2000:]}")
    return str(ran.stdout)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with odoo_server() as access, suppress(KeyboardInterrupt):
        sys.stdout.write(f"{json.dumps(asdict(access))}\n")
        sys.stdout.flush()
        signal.pause()
