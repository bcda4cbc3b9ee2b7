"""A request as it reached the sandbox, and the answer to it, as plain values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Ending = Literal["whole", "reset", "short", "drip"]
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `path` and `query` are as sent, still percent-encoded; header names are lower case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def target(self) -> str:
        """Path and query as sent."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `ending` tells how its body travels: whole, or ending in a broken connection, a lack, or drop by drop."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    ending: Ending = "whole"


Answering = Callable[[Asked], Answer]
Streaming = Callable[[], Iterable[bytes]]
