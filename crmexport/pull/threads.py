"""Threads that nobody waits for at the end of the process: what they read then is asked for again by the next run."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

_Work = tuple[Future[Any], Callable[[], Any]]


class Threads(Executor):
    """So many threads called `name`. Those of the standard library keep a process that was told to stop until the last answer has come.

    That may be a file of an hour, or two minutes of silence.
    """

    def __init__(self, most: int, name: str) -> None:
        self._work: SimpleQueue[_Work | None] = SimpleQueue()
        self._threads = [
            Thread(target=self._do, name=f"{name}_{number}", daemon=True) for number in range(most)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Let the first thread that is free do it."""
        future: Future[Any] = Future()
        self._work.put((future, lambda: fn(*args, **kwargs)))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End each thread when it has done what there is; `cancel_futures` that no thread has begun."""
        if cancel_futures:
            self._cancel()
        for _thread in self._threads:
            self._work.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def _cancel(self) -> None:
        with suppress(Empty):
            while True:
                if left := self._work.get_nowait():
                    left[0].cancel()

    def _do(self) -> None:
        while work := self._work.get():
            future, call = work
            if future.set_running_or_notify_cancel():
                _fill(future, call)
            del work, future, call  # an answer may be big, and the next one be long in coming


def _fill(future: Future[Any], call: Callable[[], Any]) -> None:
    try:
        result = call()
    except BaseException as failure:
        future.set_exception(failure)
    else:
        future.set_result(result)
