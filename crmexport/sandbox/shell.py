"""The ASGI application around any sandbox: latency, rate limit, faults, ledger, and the control pages.

The sandbox of a CRM is one plain function from a request to an answer; everything that is not that CRM's own lives here.
"""

import asyncio
import json
from collections.abc import Callable, Mapping, MutableMapping
from time import time
from typing import Any, cast

from crmexport.sandbox.exchange import JSON, Answer, Answering, Asked, Streaming
from crmexport.sandbox.faults import Faults
from crmexport.sandbox.ledger import Ledger
from crmexport.sandbox.limiter import Limiter
from crmexport.sandbox.wire import Send, deliver

CONTROL = "/__sandbox__/"


class Shell:
    """A plain ASGI application. `answering` is the CRM; `counting` tells how many requests a request is worth to the limiter;
    `control` holds pages under /__sandbox__/ that stream their bytes."""

    def __init__(
        self,
        answering: Answering,
        *,
        latency_ms: float = 0,
        limiter: Limiter | None = None,
        counting: Callable[[Asked], int] = lambda asked: 1,
        control: Mapping[str, Streaming] | None = None,
    ) -> None:
        self.ledger = Ledger()
        self.faults = Faults()
        self._answering = answering
        self._latency = latency_ms / 1000
        self._limiter = limiter
        self._counting = counting
        self._control = dict(control or {})
        self._before: Answer | None = None

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            return
        asked = await _asked(scope, receive)
        if asked.path.startswith(CONTROL):
            await self._tell(asked, send)
            return
        came, refused = time(), self._refused(asked)
        if self._latency:
            await asyncio.sleep(self._latency)
        await deliver(send, self._written(came, asked, refused or self._answer(asked)))

    def respond(self, asked: Asked) -> Answer:
        """The answer to one request without any server, and at once: limit, faults and ledger are as over HTTP."""
        return self._written(time(), asked, self._refused(asked) or self._answer(asked))

    def _refused(self, asked: Asked) -> Answer | None:
        wait = self._limiter.refuse(self._counting(asked)) if self._limiter else None
        if wait is None:
            return None
        return Answer(429, b'{"error":"too many requests"}', headers={"Retry-After": str(wait)})

    def _answer(self, asked: Asked) -> Answer:
        fault = self.faults.due(asked)
        if fault is not None and fault.instead is not None:
            return fault.instead()
        answer = self._answering(asked)
        if fault is not None and fault.alter is not None:
            return fault.alter(answer, self._before)
        self._before = answer
        return answer

    def _written(self, came: float, asked: Asked, answer: Answer) -> Answer:
        status = 0 if answer.ending == "reset" else answer.status
        self.ledger.write(came, status, asked.method, asked.target, self._counting(asked))
        return answer

    async def _tell(self, asked: Asked, send: Send) -> None:
        page = self._control.get(asked.path.removeprefix(CONTROL))
        if page is None:
            await deliver(send, Answer(404, json.dumps({"pages": sorted(self._control)}).encode()))
            return
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", JSON.encode())]}
        )
        for part in page():
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await asyncio.sleep(0)
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _asked(scope: MutableMapping[str, Any], receive: Any) -> Asked:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    path = cast(bytes, scope["raw_path"]).decode("latin-1").partition("?")[0]
    query = scope["query_string"].decode("latin-1")
    body = await _body(receive) if scope["method"] != "GET" else b""
    return Asked(scope["method"], path, query, headers, body)


async def _body(receive: Any) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)
