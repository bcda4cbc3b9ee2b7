"""Being told to stop: by Ctrl+C, once or impatiently, or by something else: systemd, docker, a scheduler, Ctrl+Break.

The others would end the process where it stands: nothing is lost by that, but whoever reads the log could not tell it from a crash.
"""

import signal
import sys
import threading
import time
from _thread import interrupt_main, start_new_thread
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

# as far as the system has them: the last is Ctrl+Break, or a closed console, on Windows
_NAMES = ("SIGINT", "SIGTERM", "SIGBREAK")
_USUAL = (signal.SIG_DFL, signal.default_int_handler)
ENDING = 10.0
"""Seconds that a command which was told to stop has for its last steps, before it is interrupted in these, too."""

AGAIN = 0.05
"""Seconds until an interruption that was swallowed comes once more."""


@contextmanager
def heard() -> Iterator[None]:
    """Let an interruption come again that falls into the end of an object, as in the first second, which makes and drops many.

    Python cannot raise anything there: it tells of it with a traceback, and goes on (docs.python.org, `sys.unraisablehook`).
    """
    usual, swallowed = sys.unraisablehook, list[object]()

    def hear(lost: Any) -> None:
        if not issubclass(lost.exc_type, KeyboardInterrupt):
            usual(lost)
            return
        swallowed.append(lost.exc_type)
        if len(swallowed) == 1:
            # no Thread: it would wait until it has begun, and what comes meanwhile is swallowed, too
            start_new_thread(come_again, ())

    def come_again() -> None:
        time.sleep(AGAIN)
        if swallowed:
            swallowed.clear()
            _interrupt()

    sys.unraisablehook = hear
    try:
        yield
    finally:
        sys.unraisablehook = usual
        swallowed.clear()


def _interrupt() -> None:
    """As Ctrl+C does, which wakes who waits as well; `interrupt_main` alone is noticed only after the wait."""
    if sys.platform == "win32":
        interrupt_main()
    else:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


@contextmanager
def stoppable() -> Iterator[None]:
    """Take these signals for Ctrl+C meanwhile, and several in a row for one: the next would interrupt what the first set going.

    One that is ignored, or that a host program listens to, is left as it is; only the main thread may listen to any.
    """
    is_main = threading.current_thread() is threading.main_thread()
    known = [getattr(signal, name) for name in _NAMES if is_main and hasattr(signal, name)]
    before = {one: usual for one in known if (usual := signal.getsignal(one)) in _USUAL}
    stop = _stopping()
    for one in before:
        signal.signal(one, stop)
    try:
        yield
    finally:
        for one, usual in before.items():
            signal.signal(one, usual)


def stopped() -> None:
    """Ignore Ctrl+C from here on, where the process ends by one: the next would be a traceback, or another end than that which was told."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _stopping() -> Callable[[int, Any], None]:
    until = 0.0

    def stop(number: int, frame: Any) -> None:
        nonlocal until
        now = time.monotonic()
        if now < until and _is_stopping(sys.exc_info()[1]):
            return
        until = now + ENDING
        raise KeyboardInterrupt

    return stop


def _is_stopping(handled: BaseException | None) -> bool:
    """Whether what is being handled is an interruption, or came of one."""
    while handled is not None and not isinstance(handled, KeyboardInterrupt):
        handled = handled.__context__
    return handled is not None
