"""The log of something unforeseen: a traceback in a file, with every known secret crossed out."""

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir

from platformdirs import user_log_path

from crmexport import __version__
from crmexport.cli.sign_in import known_secrets
from crmexport.transport.secrets import unsaid

CROSSED_OUT = "[…]"
SHORTEST = 4
"""Letters of the shortest secret worth crossing out: shorter ones stand in every other word and would show by their absence."""


def write_log(error: BaseException) -> Path:
    """Write the traceback of `error` to a new file and give its place. Never raises for an unwritable log folder."""
    text = without_secrets("".join(traceback.format_exception(error)))
    name = f"crmexport-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.log"
    for place in (_kept, _temporary):
        try:
            folder = place()
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(
                f"crmexport {__version__}\n{text}", encoding="utf-8", errors="backslashreplace"
            )
        except (OSError, RuntimeError):  # the latter where nobody can tell whose home it is
            continue
        return folder / name
    return Path(os.devnull)


def _kept() -> Path:
    return user_log_path("crmexport", appauthor=False)


def _temporary() -> Path:
    return Path(gettempdir())


def without_secrets(text: str) -> str:
    """`text` with every credential of this run crossed out, and what was granted for it."""
    for secret in known_secrets():
        if len(secret) >= SHORTEST:
            text = text.replace(secret, CROSSED_OUT)
    return unsaid(text)
