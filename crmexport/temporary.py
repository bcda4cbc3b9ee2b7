"""What a command keeps on disk for its own time only."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from crmexport.errors import OutputError
from crmexport.text import _


@contextmanager
def temporary() -> Iterator[Path]:
    """A folder for the time of one command; what of it cannot be taken away stays. Raises OutputError where none can be made."""
    try:
        folder = TemporaryDirectory(prefix="crmexport-", ignore_cleanup_errors=True)
    except OSError as failure:  # no place that is usual for them can be written, or it is full
        raise OutputError(
            _(
                "A folder for temporary files cannot be made ({words}). Free some room, or let TMPDIR (on Windows TEMP) name another folder, "
                "and start again."
            ).format(words=failure.strerror)
        ) from failure
    with folder as path:
        yield Path(path)
