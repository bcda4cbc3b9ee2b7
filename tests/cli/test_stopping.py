"""Whoever is told to stop by a service, a container or a scheduler ends as by Ctrl+C: at once, with a word, and may go on."""

import errno
import io
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crmexport.archive import Archive
from crmexport.cli import main, stopping
from crmexport.cli.stopping import AGAIN, heard, stoppable, stopped
from tests.faults.inprocess import pulled, small

PATIENCE = 60  # seconds, far less than a thread waits for a silent server


class Silent(ThreadingHTTPServer):
    """Begins to answer the first list, and never goes on."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.over = threading.Event(), threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: Silent

    def do_GET(self) -> None:
        is_greeting = self.path.startswith(("/api/v3/currentUser", "/api/v3/accountInfo"))
        self.send_response(403 if is_greeting else 200)
        self.send_header("Content-Length", "2" if is_greeting else "1000")
        self.end_headers()
        self.wfile.write(b"{}")
        if not is_greeting:
            self.server.asked.set()
            self.server.over.wait()

    def do_POST(self) -> None:
        self.send_response(400)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(autouse=True)
def listened_to() -> Iterator[None]:
    """Ctrl+C means something, also where these tests run in the background, in which a shell has it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def silent() -> Iterator[Silent]:
    server = Silent()
    threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.01}).start()
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


@pytest.mark.skipif(os.name == "nt", reason="Windows ends a process without asking it")
def test_a_pull_that_is_told_to_end_does_so_at_once_and_says_that_it_can_go_on(
    silent: Silent, tmp_path: Path
) -> None:
    """Though threads still wait for answers."""
    command = (
        sys.executable,
        "-m",
        "crmexport",
        "--lang",
        "en",
        "pull",
        "--source",
        "megaplan",
        "--api",
        "v3",
    )
    where = ("--url", f"http://127.0.0.1:{silent.server_port}", "--archive", str(tmp_path / "archive"))
    environment = {**os.environ, "CRMEXPORT_TOKEN": "t"}
    with subprocess.Popen(
        (*command, *where), stderr=subprocess.PIPE, env=environment, encoding="utf-8"
    ) as process:
        try:
            assert silent.asked.wait(PATIENCE)
            process.send_signal(signal.SIGTERM)
            said = process.communicate(timeout=PATIENCE)[1]
        finally:
            process.kill()
    assert process.returncode == 130
    assert "the same command goes on" in said
    with Archive.open(tmp_path / "archive") as archive:
        assert [run["outcome"] for run in archive.runs()] == ["interrupted"]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGBREAK"])
def test_it_is_as_ctrl_c_while_a_command_runs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second exists on Windows only."""
    number = getattr(signal, name, None) or signal.SIGUSR1
    monkeypatch.setattr(signal, name, number, raising=False)
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt), stoppable():
        signal.raise_signal(number)
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("other", [None, ValueError])
def test_a_second_ctrl_c_does_not_interrupt_what_the_first_set_going(other: type[Exception] | None) -> None:
    """Whoever stops a program presses it several times; else the run would not be written down, and a traceback be all that is said."""
    written = []
    with pytest.raises(other or KeyboardInterrupt), stoppable():
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGINT)
            written.append("the run")
            if other:
                try:
                    raise other
                finally:
                    signal.raise_signal(signal.SIGINT)
                    written.append("the rest")
    assert written == (["the run", "the rest"] if other else ["the run"])


def test_a_ctrl_c_that_was_lost_is_followed_by_the_next() -> None:
    """Python swallows one that falls into the end of a weak reference."""
    with stoppable():
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        try:
            raise OSError("what a thread that tries again is busy with")
        except OSError:
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)


@pytest.mark.parametrize("is_weak", [False, True])
def test_a_ctrl_c_that_python_swallows_comes_again(
    is_weak: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once, though another may be swallowed a moment later, and on a busy computer, too, where a thread is slow to begin."""
    start = threading.Thread.start

    def slow(thread: threading.Thread) -> None:
        start(thread)
        time.sleep(4 * AGAIN)

    def press(*given: object) -> None:
        signal.raise_signal(signal.SIGINT)

    def work(arguments: object) -> int:
        dying = type("Dying", (), {} if is_weak else {"__del__": press})()
        reference = weakref.ref(dying, press)
        del dying
        time.sleep(PATIENCE)
        return int(reference() is None)

    monkeypatch.setattr(threading.Thread, "start", slow)
    monkeypatch.setattr("crmexport.cli.start._run", work)
    began = time.monotonic()
    assert main(["pull"]) == 130
    assert time.monotonic() - began < PATIENCE / 2, "it wakes who waits"
    assert "Traceback" not in capsys.readouterr().err
    time.sleep(4 * AGAIN)  # no other comes afterwards


def test_what_python_swallows_comes_again_once_and_never_after_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[Callable[[], None]] = []
    came: list[str] = []
    monkeypatch.setattr(stopping, "AGAIN", 0.0)
    monkeypatch.setattr(stopping, "start_new_thread", lambda work, given: begun.append(work))
    monkeypatch.setattr(stopping, "_interrupt", lambda: came.append("again"))
    lost = cast(Any, SimpleNamespace(exc_type=KeyboardInterrupt))
    with heard():
        sys.unraisablehook(lost)
        sys.unraisablehook(lost)
        (again,) = begun
        again()
        again()
        assert came == ["again"]
        sys.unraisablehook(lost)
    begun[1]()
    assert came == ["again"]


def test_what_else_python_cannot_raise_is_told_as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)
    usual, lost = sys.unraisablehook, cast(Any, SimpleNamespace(exc_type=ValueError))
    with heard():
        sys.unraisablehook(lost)
    assert told == [lost]
    assert sys.unraisablehook == usual


def test_last_steps_that_take_too_long_are_interrupted_after_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmexport.cli.stopping.ENDING", -1.0)
    written = []
    with pytest.raises(KeyboardInterrupt), stoppable():
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            signal.raise_signal(signal.SIGINT)
            written.append("the run")
    assert not written


def test_what_is_said_at_the_end_is_not_interrupted_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []

    def impatient(sentence: str, **also: object) -> None:
        signal.raise_signal(signal.SIGINT)
        said.append(sentence)

    monkeypatch.setattr("crmexport.cli.start.echo", impatient)
    monkeypatch.setattr("crmexport.cli.start._run", lambda arguments: signal.raise_signal(signal.SIGINT))
    assert main(["pull"]) == 130
    assert len(said) == 1


@pytest.mark.parametrize(("typed", "ends"), [(None, True), (["pull"], False)])
def test_once_all_is_said_no_ctrl_c_disturbs_the_end_of_the_process(
    typed: list[str] | None, ends: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host program goes on, and goes on listening."""
    monkeypatch.setattr(sys, "argv", ["crmexport", "pull"])
    monkeypatch.setattr("crmexport.cli.start._run", lambda arguments: signal.raise_signal(signal.SIGINT))
    assert main(typed) == 130
    assert (signal.getsignal(signal.SIGINT) is signal.SIG_IGN) is ends


def test_what_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with stoppable():
            signal.raise_signal(signal.SIGTERM)
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


def test_beside_the_main_thread_nothing_is_listened_to() -> None:
    """Python would not let it."""
    failures: list[BaseException] = []

    def work() -> None:
        try:
            with stoppable():
                stopped()
        except ValueError as failure:
            failures.append(failure)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert failures == []


@pytest.mark.parametrize("reason", [errno.EIO, errno.EPIPE])
def test_the_last_line_to_a_terminal_that_has_gone_away_changes_no_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    """Hours of work are done: a script that reads 1 there begins anew, or calls its customer."""
    pulled(tmp_path / "archive", small())
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setattr(sys, "stdout", Gone(reason))
    assert main(["verify", "--archive", str(tmp_path / "archive"), "--offline"]) == 0


class Gone(io.StringIO):
    """A terminal whose window is closed, or a pipe whose reader has left."""

    def __init__(self, reason: int) -> None:
        super().__init__()
        self.reason = reason

    def write(self, text: str) -> int:
        raise OSError(self.reason, os.strerror(self.reason))
