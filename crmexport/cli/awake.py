"""A pull of a night must not end when the computer falls asleep by itself."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress


@contextmanager
def awake() -> Iterator[None]:
    """Ask the computer, not its screen, to stay awake meanwhile. Where it cannot be asked, or a lid is closed, it sleeps as usual."""
    from wakepy import keep

    with ExitStack() as asked:
        with suppress(Exception):  # whatever a desktop may say to that, the pull is what matters
            asked.enter_context(keep.running(on_fail="pass"))
        try:
            yield
        finally:
            with suppress(Exception):
                asked.close()
