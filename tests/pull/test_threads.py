"""The threads that ask: they do what they are given, and keep no process that is to end."""

from threading import Barrier, Event, current_thread

import pytest

from crmexport.pull.threads import Threads


def test_what_is_done_comes_back_and_so_does_what_goes_wrong() -> None:
    with Threads(2, "ask") as threads:
        numbers = list(threads.map(abs, [-3, 2, -1]))
        failed = threads.submit(int, "no number")
        with pytest.raises(ValueError, match="no number"):
            failed.result(timeout=10)
    assert numbers == [3, 2, 1]


def test_no_more_are_begun_than_are_busy_at_once() -> None:
    """Sixteen that take turns hold sixteen times the memory of big answers."""
    with Threads(16, "ask") as threads:
        names = {threads.submit(lambda: current_thread().name).result(timeout=10) for _time in range(100)}
        assert names == {"ask_0"}
        together = Barrier(3)
        busy = [threads.submit(together.wait, 10) for _one in range(3)]
        assert sorted(one.result(timeout=10) for one in busy) == [0, 1, 2]


def test_what_has_not_begun_is_cancelled_and_nobody_waits_for_the_rest() -> None:
    begun, goes_on = Event(), Event()
    threads = Threads(1, "ask")

    def work() -> str:
        begun.set()
        assert goes_on.wait(timeout=10)
        return "done"

    first, second = threads.submit(work), threads.submit(work)
    assert begun.wait(timeout=10)
    threads.shutdown(wait=False, cancel_futures=True)
    assert second.cancelled() and not first.done()
    goes_on.set()
    assert first.result(timeout=10) == "done"
    threads.shutdown()


def test_what_was_given_is_done_before_the_end_unless_it_is_cancelled() -> None:
    threads = Threads(1, "ask")
    given = [threads.submit(int, "11", base=2) for _time in range(3)]
    threads.shutdown()
    assert [one.result(timeout=0) for one in given] == [3, 3, 3]


def test_no_process_waits_for_them() -> None:
    """A file may take an hour, and silence two minutes: what comes then, the next run asks for again."""
    with Threads(1, "ask") as threads:
        assert threads.submit(lambda: current_thread().daemon).result(timeout=10)
