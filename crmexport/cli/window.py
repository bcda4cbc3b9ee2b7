"""A click into the old console of Windows marks text there, and whatever writes to it stands still until Enter is pressed."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# Microsoft's page of SetConsoleMode: marking by the mouse alone is “quick edit mode”, and is only changed beside the other.
MARKS_BY_A_CLICK, IS_SAID = 0x40, 0x80


@contextmanager
def heedless_of_clicks() -> Iterator[None]:
    """Meanwhile a click marks nothing, so it halts no pull of hours; afterwards the window is as it was.

    Text can still be marked by the menu of the window. Other systems, and the newer terminal of Windows, write on anyhow.
    """
    before = _mode()
    if before is not None:
        _set(before & ~MARKS_BY_A_CLICK | IS_SAID)
    try:
        yield
    finally:
        if before is not None:
            _set(before)


def _mode() -> int | None:
    """What the window does with keys and clicks; None where there is no such window."""
    if sys.platform == "win32":
        from ctypes import byref, windll, wintypes

        with suppress(OSError, ValueError, AttributeError):  # no input at all, or none of a console
            mode = wintypes.DWORD()
            if windll.kernel32.GetConsoleMode(_input(), byref(mode)):
                return mode.value
    return None


def _set(mode: int) -> None:
    if sys.platform == "win32":
        from ctypes import windll

        windll.kernel32.SetConsoleMode(_input(), mode)


if sys.platform == "win32":

    def _input() -> object:
        import msvcrt
        from ctypes import wintypes

        return wintypes.HANDLE(msvcrt.get_osfhandle(sys.stdin.fileno()))
