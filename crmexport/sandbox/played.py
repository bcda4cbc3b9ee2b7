"""A rehearsal as a server: what the conformance kit asks directly can be pulled over HTTP, too, and walked through to its files.

In: a rehearsal's class. Out: what `crmexport sandbox` serves. Its size is that of the rehearsal.
"""

from collections.abc import Callable
from dataclasses import replace

from crmexport.sandbox.exchange import Answer, Answering, Asked
from crmexport.sandbox.limiter import Limiter
from crmexport.sandbox.rehearsal import Rehearsal
from crmexport.sandbox.server import serve_forever
from crmexport.sandbox.shell import Shell


def _at_home(rehearsal: Rehearsal) -> Answering:
    """Its answers, with the address at which it is served where they name its own: a file lies here, and nowhere else."""

    def answering(asked: Asked) -> Answer:
        answer = rehearsal.answer(asked)
        home = f"http://{asked.headers['host']}" if "host" in asked.headers else rehearsal.url
        headers = {name: value.replace(rehearsal.url, home) for name, value in answer.headers.items()}
        if not answer.content_type.startswith("application/json"):
            return replace(answer, headers=headers)
        body = answer.body
        for spelt in (str, _escaped):
            body = body.replace(spelt(rehearsal.url).encode(), spelt(home).encode())
        return replace(answer, body=body, headers=headers)

    return answering


def _escaped(address: str) -> str:
    """As PHP writes it in JSON."""
    return address.replace("/", "\\/")


class PlayedRehearsal:
    """The account of a rehearsal, on this computer. `rate` is how many requests a second it permits, without limit if not given."""

    def __init__(self, rehearsal: Rehearsal, *, latency_ms: float = 0, rate: float | None = None) -> None:
        given = rehearsal.credentials
        self.token, self.login, self.password = (
            one or "" for one in (given.token, given.login, given.password)
        )
        limiter = Limiter(rate) if rate else None
        self.app = Shell(_at_home(rehearsal), latency_ms=latency_ms, limiter=limiter)

    def run_forever(self, port: int, announce: Callable[[str], None] | None = None) -> None:
        """Serve in the foreground until interrupted. Raises ConfigurationError if the port belongs to another program."""
        serve_forever(self.app, port, announce)
