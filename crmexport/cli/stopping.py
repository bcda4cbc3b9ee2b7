"""Being told to stop by something else than Ctrl+C: systemd, docker, a scheduler, Ctrl+Break.

They would end the process where it stands: nothing is lost by that, but whoever reads the log could not tell it from a crash.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# as far as the system has them: the latter is Ctrl+Break, or a closed console, on Windows
_NAMES = ("SIGTERM", "SIGBREAK")


@contextmanager
def stoppable() -> Iterator[None]:
    """Take these signals for Ctrl+C meanwhile.

    One that is ignored, or that a host program listens to, is left as it is; only the main thread may listen to any.
    """
    is_main = threading.current_thread() is threading.main_thread()
    known = [getattr(signal, name) for name in _NAMES if is_main and hasattr(signal, name)]
    taken = [one for one in known if signal.getsignal(one) is signal.SIG_DFL]
    for one in taken:
        signal.signal(one, signal.default_int_handler)
    try:
        yield
    finally:
        for one in taken:
            signal.signal(one, signal.SIG_DFL)
