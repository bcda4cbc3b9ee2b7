"""Where a rotating sign-in outlives the process: a private file of the person's, never the archive.

A refresh token dies the moment it is used, so the new pair is on disk before it is used (Megaplan reference, §2.1).
"""

import json
import os
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

from msgspec import ValidationError, convert
from platformdirs import user_state_path

from crmexport.disk import move, remove
from crmexport.errors import ConfigurationError, OutputError
from crmexport.source import Grant
from crmexport.text import _


def default_folder() -> Path:
    """CRMEXPORT_STATE, else the place the system keeps for a program's private state.

    Raises ConfigurationError for somebody without a home, as in a container or a service: a sign-in in a folder that is called “~” would
    not be found again.
    """
    if told := os.environ.get("CRMEXPORT_STATE"):
        return Path(told)
    try:
        place = user_state_path("crmexport")
    except RuntimeError:
        place = Path("~")
    if not place.is_absolute():
        raise ConfigurationError(
            _(
                "The user who runs this has no home folder, in which the sign-in could be kept. Name another folder that lasts in "
                "CRMEXPORT_STATE, and start the same command again."
            )
        )
    return place


class Tokens:
    """The kept grant of one account and login; `apart` is what keeps accounts at one address apart (see `About`)."""

    def __init__(self, folder: Path, url: str, login: str, *apart: str) -> None:
        name = sha256("\n".join([url, login, *apart]).encode()).hexdigest()[:32]
        self._path = folder / "sign-ins" / f"{name}.json"

    def load(self) -> tuple[Grant, float] | None:
        """The grant and when it was kept (seconds since the epoch); None when there is none that can be read."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            return convert(kept, Grant), float(kept["at"])
        except (OSError, ValueError, LookupError, TypeError, ValidationError):
            return None

    def save(self, grant: Grant, at: float) -> None:
        """Keep a grant, whole or not at all, readable by this person only. Raises OutputError when it cannot be kept."""
        try:
            self._write(json.dumps({**asdict(grant), "at": at}))
        except OSError as failure:
            raise OutputError(
                _(
                    "The sign-in cannot be kept in {folder} ({words}): the next command would have none that holds. Mend that, or name "
                    "another folder in CRMEXPORT_STATE, and start the same command again."
                ).format(folder=self._path.parent, words=failure.strerror)
            ) from failure

    def _write(self, text: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self._path.with_suffix(f".{os.getpid()}.new")
        with os.fdopen(
            os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        move(new, self._path)

    def forget(self) -> None:
        """Drop a grant that the source does not accept any more. Where it cannot be dropped, the next one may take its place."""
        with suppress(OSError):
            remove(self._path)
