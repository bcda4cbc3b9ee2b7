"""The sandbox as tests and the command line use it."""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from typing import Any, Literal

from crmexport.errors import ConfigurationError
from crmexport.sandbox.exchange import HTML, Answer, Answering, Asked
from crmexport.sandbox.faults import Faults
from crmexport.sandbox.ledger import Ledger
from crmexport.sandbox.limiter import Limiter, Window
from crmexport.sandbox.server import serve, serve_forever
from crmexport.sandbox.shell import Shell
from crmexport.text import _
from crmexport_megaplan.sandbox.account import InventedAccount
from crmexport_megaplan.sandbox.behaviour import Behaviour
from crmexport_megaplan.sandbox.edits import Edits
from crmexport_megaplan.sandbox.least import least_requests
from crmexport_megaplan.sandbox.site import Site, counting
from crmexport_megaplan.sandbox.tokens import Tokens
from crmexport_megaplan.sandbox.truth import truth
from crmexport_megaplan.sandbox.v1 import Keys, V1Behaviour, V1Site
from crmexport_megaplan.sandbox.values import Body
from crmexport_megaplan.sandbox.world import Sizes

PRESETS = {
    "small": Sizes(200, 300, 600),
    "demo": Sizes(2_000, 3_000, 6_000),
    "full": Sizes(200_000, 300_000, 600_000),
}
FEWEST = 20
Api = Literal["v3", "v1", "both"]


class MegaplanSandbox:
    """One invented account behind one server. `rate` is in requests a second; None: no limit.

    `files`: besides seven that hang where hardly anything does; None: as many as such a company has. `api` tells which of the two
    APIs are there; `v1` is how the older one behaves.
    """

    def __init__(
        self,
        cards: int = 2_000,
        tasks: int = 3_000,
        comments: int = 6_000,
        seed: int = 1,
        *,
        files: int | None = None,
        behaviour: Behaviour | None = None,
        latency_ms: float = 0,
        rate: float | None = None,
        window: Window = "sliding",
        api: Api = "both",
        v1: V1Behaviour | None = None,
    ) -> None:
        if min(cards, tasks) < FEWEST or comments < 0:
            raise ConfigurationError(
                _("The sandbox needs at least {fewest} cards and {fewest} tasks.").format(fewest=FEWEST)
            )
        self.behaviour = behaviour or Behaviour()
        self.login = "director@example.test"
        self.password = "correct horse"  # noqa: S105 - nothing real is behind it
        self.token = f"sandbox-application-token-{seed}"
        sizes = Sizes(cards, tasks, comments, files)
        known = {"shortens": self.behaviour.shortens, "as_described": self.behaviour.as_described}
        self.account = InventedAccount(sizes, seed, **known)
        self._least: tuple[int, int] | None = None
        self.edits = Edits(self.account)
        self.tokens = Tokens(self.login, self.password, self.token, self.behaviour)
        self.site = Site(self.account, self.behaviour, self.tokens)  # answers without any server, too
        self.pair = (f"SandboxApplication{seed}", f"sandbox-secret-key-{seed}")
        self.v1 = _older(self, v1 or V1Behaviour())
        self.app = Shell(
            _speaking(api, self.site, self.v1),
            latency_ms=latency_ms,
            limiter=Limiter(rate, window) if rate else None,
            counting=counting(self.behaviour),
            control={"ledger": self._ledger_page, "truth": self._truth_page},
        )

    @classmethod
    def preset(cls, name: str, **options: object) -> "MegaplanSandbox":
        """A sandbox of a preset size: small, demo or full."""
        sizes = PRESETS[name]
        return cls(sizes.cards, sizes.tasks, sizes.comments, **options)  # type: ignore[arg-type]

    @property
    def ledger(self) -> Ledger:
        """The requests that came in, control pages not counted."""
        return self.app.ledger

    @property
    def faults(self) -> Faults:
        """The failures on order."""
        return self.app.faults

    def running(self) -> AbstractContextManager[str]:
        """Serve in a thread while the context lasts; gives the address."""
        return serve(self.app)

    def run_forever(self, port: int, announce: Callable[[str], None] | None = None) -> None:
        """Serve in the foreground until interrupted; `announce` is told the address once it is taken.

        Raises ConfigurationError if the port belongs to another program.
        """
        serve_forever(self.app, port, announce)

    def truth(self, streams: Collection[str] | None = None) -> Iterator[Body]:
        """What a complete pull through the newer API must hold, of `streams` or all of it (see truth.truth)."""
        return truth(self.account, self.behaviour, streams)

    def least(self) -> int:
        """The least possible number of requests for a full pull (see least.least_requests)."""
        revision = self.account.revision
        if self._least is None or self._least[0] != revision:
            self._least = (revision, least_requests(self.account, self.behaviour))
        return self._least[1]

    def _ledger_page(self) -> Iterator[bytes]:
        yield json.dumps({**self.ledger.summary(), "least": self.least()}).encode()

    def _truth_page(self) -> Iterator[bytes]:
        for record in self.truth():
            yield json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


class MegaplanV1Sandbox(MegaplanSandbox):
    """The same account where only the older API is there: its token is an application's pair, its truth that of the older API."""

    def __init__(
        self, cards: int = 2_000, tasks: int = 3_000, comments: int = 6_000, seed: int = 1, **options: Any
    ) -> None:
        super().__init__(cards, tasks, comments, seed, **{"api": "v1", **options})
        self.token = ":".join(self.pair)

    def truth(self, streams: Collection[str] | None = None) -> Iterator[Body]:
        """What a complete pull through the older API must hold (see v1.truth.truth)."""
        return (line for line in self.v1.truth() if streams is None or line["stream"] in streams)


def _older(box: MegaplanSandbox, behaviour: V1Behaviour) -> V1Site:
    return V1Site(box.account, behaviour, Keys(box.login, box.password, box.pair, behaviour))


def _speaking(api: Api, newer: Site, older: V1Site) -> Answering:
    """The site that answers for both APIs, or for the one that is there."""

    def answer(asked: Asked) -> Answer:
        told = older(asked) if api != "v3" else None
        if told is None and api == "v1":
            return Answer(404, b"<html>404</html>", HTML)
        return newer(asked) if told is None else told

    return answer
