"""Databases that this person's own exports have written to: to no other goes what an export folder calls the address of its tables.

Export folders and layouts go from hand to hand. An address in one must not lead a password of this computer to a stranger's server.
"""

from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from crmexport.errors import ConfigurationError
from crmexport.transport.tokens import default_folder


def note(address: str) -> None:
    """Remember that somebody here has had tables written to `address`. Where that cannot be, they are not read back either."""
    with suppress(OSError, ConfigurationError):
        file = _file(address)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch()


def is_noted(address: str) -> bool:
    """Whether somebody here has had tables written to `address`."""
    try:
        return _file(address).is_file()
    except (OSError, ConfigurationError):
        return False


def _file(address: str) -> Path:
    return default_folder() / "databases" / sha256(address.encode()).hexdigest()[:32]
