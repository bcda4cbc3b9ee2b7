"""The sandbox in a process of its own, so that what it costs is not counted; and the bench's way to ask it.

Run as a module it is that process: it serves until its standard input ends, and answers words given there, one a line.
"""

import json
import subprocess
import sys
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.request import ProxyHandler, build_opener

from benchmarks.child import ROOT

_open = build_opener(ProxyHandler({})).open


class Asked(NamedTuple):
    """A request that reached the sandbox: seconds since 1970 when it came, status of its answer, method, path with query."""

    time: float
    status: int
    method: str
    path: str


class Server:
    """A sandbox of Megaplan of the given sizes and manners while the context lasts."""

    def __init__(self, **manners: float) -> None:
        words = [sys.executable, "-m", "benchmarks.server", json.dumps(manners)]
        self._process = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        about = self._heard()
        self.url: str = about["url"]
        self.token: str = about["token"]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()

    @property
    def env(self) -> dict[str, str]:
        """What a child process needs to sign in."""
        return {"CRMEXPORT_TOKEN": self.token}

    def asked(self) -> list[Asked]:
        """Every request so far, in the order they came."""
        return sorted(Asked(*one) for one in self._say("asked"))

    def forget(self) -> None:
        """Begin the sandbox's book anew."""
        self._say("forget")

    def book(self) -> dict[str, Any]:
        """The sandbox's own sums, as its control page tells them."""
        with _open(f"{self.url}/__sandbox__/ledger") as page:
            sums: dict[str, Any] = json.load(page)
        return sums

    def _say(self, word: str) -> Any:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()
        return self._heard()

    def _heard(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


def main(manners: dict[str, float]) -> None:
    """Serve, and answer what is asked on standard input."""
    from crmexport_megaplan.sandbox import MegaplanSandbox

    sandbox = MegaplanSandbox(**manners)
    with sandbox.running() as url:
        _tell({"url": url, "token": sandbox.token})
        for line in sys.stdin:
            if line.strip() == "forget":
                sandbox.ledger.clear()
                _tell(None)
            else:
                _tell([(one.time, one.status, one.method, one.path) for one in sandbox.ledger.entries])


def _tell(value: object) -> None:
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
