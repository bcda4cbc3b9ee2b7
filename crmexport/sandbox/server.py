"""Run an ASGI application on loopback: in a thread for tests, or in the foreground for a person.

Needs uvicorn, an optional extra of the package; without it a sentence says how to get it.
"""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from time import monotonic, sleep
from typing import Any

from crmexport.errors import ConfigurationError
from crmexport.extras import to_install
from crmexport.text import _

HOST = "127.0.0.1"
START_SECONDS = 20.0


@contextmanager
def serve(app: Any) -> Iterator[str]:
    """Serve `app` in a thread while the context lasts; gives its address, such as "http://127.0.0.1:43210"."""
    server = _server(app)
    line = _listen(0)
    thread = Thread(target=server.run, kwargs={"sockets": [line]}, name="sandbox", daemon=True)
    thread.start()
    try:
        _await_start(server, thread)
        yield _address(line)
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(START_SECONDS)
        line.close()


def serve_forever(app: Any, port: int, announce: Callable[[str], None] | None = None) -> None:
    """Serve `app` in the foreground until the process is interrupted; `announce` is told the address once it is taken.

    Raises ConfigurationError if the port belongs to another program.
    """
    server = _server(app)
    line = _listen(port)
    if announce is not None:
        announce(_address(line))
    try:
        with suppress(KeyboardInterrupt):
            server.run(sockets=[line])
    finally:
        line.close()


def _address(line: socket.socket) -> str:
    return f"http://{HOST}:{line.getsockname()[1]}"


def _server(app: Any) -> Any:
    try:
        import uvicorn
    except ImportError as missing:
        raise ConfigurationError(
            _("The sandbox needs a web server that is not installed. Install it with: {command}").format(
                command=to_install("sandbox")
            )
        ) from missing
    settings = uvicorn.Config(
        app,
        http="auto",  # httptools where it is installed: half the CPU of h11, which runs everywhere
        ws="none",
        loop="asyncio",
        lifespan="off",
        interface="asgi3",
        log_level="error",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=60,
        h11_max_incomplete_event_size=1 << 20,
    )
    return uvicorn.Server(settings)


def _listen(port: int) -> socket.socket:
    line = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if os.name != "nt":  # on Windows this option would let two servers share a port
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        line.bind((HOST, port))
    except OSError as taken:
        line.close()
        raise ConfigurationError(
            _("Port {port} is taken by another program. Choose another with --port.").format(port=port)
        ) from taken
    line.listen(128)
    return line


def _await_start(server: Any, thread: Thread) -> None:
    deadline = monotonic() + START_SECONDS
    while not server.started:
        if not thread.is_alive() or monotonic() > deadline:
            raise ConfigurationError(_("The sandbox's web server did not start."))
        sleep(0.005)
