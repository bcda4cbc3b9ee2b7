"""Threads that nobody waits for at the end of the process: what they read then is asked for again by the next run."""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from threading import Semaphore, Thread
from typing import Any

_Work = tuple[Future[Any], Callable[[], Any]]


class Threads(Executor):
    """Up to `most` threads called `name`. Those of the standard library keep a process that was told to stop until the last answer has come.

    That may be a file of an hour, or two minutes of silence. Only as many are begun as are busy at once, as there: each keeps for
    itself some of the memory that answers took.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._work: SimpleQueue[_Work | None] = SimpleQueue()
        self._idle = Semaphore(0)
        self._threads: list[Thread] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Let the first thread that is free do it."""
        future: Future[Any] = Future()
        self._work.put((future, lambda: fn(*args, **kwargs)))
        if not self._idle.acquire(blocking=False) and len(self._threads) < self._most:
            self._begin()
        return future

    def _begin(self) -> None:
        thread = Thread(target=self._do, name=f"{self._name}_{len(self._threads)}", daemon=True)
        self._threads.append(thread)
        thread.start()

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
            tell = _done(future, call) if future.set_running_or_notify_cancel() else None
            self._idle.release()  # first: whoever hears of it may come with the next one
            if tell:
                tell()
            del work, future, call, tell  # an answer may be big, and the next one be long in coming


def _done(future: Future[Any], call: Callable[[], Any]) -> Callable[[], None]:
    """Do it; what tells whoever waits what came of it."""
    try:
        return partial(future.set_result, call())
    except BaseException as failure:
        return partial(future.set_exception, failure)
