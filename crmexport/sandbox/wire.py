"""Below HTTP: broken and slow deliveries that no status code can tell.

uvicorn gives an application the bound `send` of the object that holds the connection; through it the connection itself
is reached. Only the sandbox does such a thing, and only to give clients the failures that real lines give.
"""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from struct import pack
from typing import Any

from crmexport.sandbox.exchange import Answer

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
DROPS = 20
DROP_SECONDS = 0.01
TRAVEL_SECONDS = 0.02  # what was sent must arrive before a reset, which throws away what has not
_NO_LINGER = pack("hh" if sys.platform == "win32" else "ii", 1, 0)


async def deliver(send: Send, answer: Answer) -> None:
    """Send `answer` the way its `ending` says."""
    if answer.ending in ("reset", "short") and len(answer.body) < 2:
        await _hang_up(send, rudely=True)  # there is no middle to break in
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": _headers(answer)})
    await {"whole": _whole, "reset": _reset, "short": _short, "drip": _drip}[answer.ending](send, answer.body)


def _headers(answer: Answer) -> list[tuple[bytes, bytes]]:
    headers = {"Content-Type": answer.content_type, "Content-Length": str(len(answer.body)), **answer.headers}
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


async def _whole(send: Send, body: bytes) -> None:
    await _part(send, body, more=False)


async def _reset(send: Send, body: bytes) -> None:
    await _part(send, body[: len(body) // 2], more=True)
    await asyncio.sleep(TRAVEL_SECONDS)
    await _hang_up(send, rudely=True)


async def _short(send: Send, body: bytes) -> None:
    await _part(send, body[: len(body) // 2], more=True)
    await _hang_up(send, rudely=False)


async def _hang_up(send: Send, rudely: bool) -> None:
    """End the connection: rudely, with a reset; or politely, after what was sent has gone."""
    connection: Any = send.__self__  # type: ignore[attr-defined]
    transport: asyncio.Transport = connection.transport
    if rudely:
        line = transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        transport.abort()
    else:
        transport.close()
    while not connection.disconnected:  # else uvicorn would complain that the answer is not whole
        await asyncio.sleep(0.001)


async def _drip(send: Send, body: bytes) -> None:
    step = max(1, len(body) // DROPS)
    for start in range(0, len(body), step):
        await _part(send, body[start : start + step], more=True)
        await asyncio.sleep(DROP_SECONDS)
    await _part(send, b"", more=False)


async def _part(send: Send, body: bytes, more: bool) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})
