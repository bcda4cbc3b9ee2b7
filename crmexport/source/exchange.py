"""Requests and responses as plain values, and what an answer means for its request."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import Any, Self

import msgspec

Key = tuple[str, str]
"""A record: the name of its stream, and its id there. (`Request.key` is no such thing: it stands for a question.)"""


class Verdict(Enum):
    """What an answer means for its request, sorted by what to do next."""

    ANSWER = "answer"  # read it
    THROTTLED = "throttled"  # the same again, when the source allows
    EXPIRED = "expired"  # renew the sign-in, then the same again
    TRANSIENT = "transient"  # the same again, with growing waits
    FAULTY = "faulty"  # often a fault of this very route: three tries, then a gap
    REFUSED = "refused"  # the source will not give it: a gap
    VANISHED = "vanished"  # the source says there is no such thing (any more)


class Request(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing to ask of the account's host. A value: it can be stored, compared and asked again.

    Requests are kept for ever, so nothing in one may be a secret: what a sign-in puts into the address is for `Grant`.

    The connector says:

    - `stream`: of which kind of object this asks.
    - `path`: begins with "/" and is sent exactly as written, query included. Only a file may come from another host, by a redirect.
    - `worth`: what is asked first (0 to 100, higher first).
    - `is_file`: the answer is the bytes of a file.
    - `bulk`: it may travel in a batch (`Connector.combine`).
    - `subject`: the record this is about, so that a refusal can name it. Of a list under a record: the stream of the list, and the
      record as `stream/id`: ("comment", "deal/5").
    - `family`: requests of a stream with the same family stand or fall together, because nothing announces what they bring. Where the
      source gives none of them, one gap names the family, and the others are not asked.
    - `goes_on`: it is a further page of a list. If it was answered in this pass already, the list has moved under the reader's hands,
      and is read on from there once more.
    - `context`: what the connector needs to read the answer, as JSON values. The engine looks at these members of it:
        - `size`: of a file, its bytes if told.
        - `decode` = [key, field, "base64"]: the bytes of the file come as text within JSON.
        - `link` = ["result", "DOWNLOAD_URL"]: the answer is JSON that names, at these members, the address of the file's bytes. Such
          an address holds for minutes or carries a secret, so it is asked for anew each time.
        - `if_gone`: it is asked only to tell why another question found no such thing (`Connector.instead`).
        - `since`: of the first page of a list of changes, which moment it asks since (all in one form of text). Of those that are
          refused night after night, only the earliest is asked again.

    The engine notes, and no connector sets:

    - `card`: a further step to the card of its subject (which every such step has to name).
    - `listed`: a card that is asked for because a list shows its record. It counts as shown by that list: a later list that does not
      show it tells that it is gone.
    - `anew`: the streams of files that were not where they were said to be. Whoever names them is asked once more, and with it
      what hangs under it of these streams.
    - `owed`: a pass that asked for all that hangs under what it was shown did not get this answer. When it comes, all that hangs
      under those of its records is asked for that were held already when that pass began, after so many answers. (What hangs
      under other records is asked for when they come.)
    - `late`: the answer is read in a pass that does not ask for everything, so a number of 0 is news, and takes back an earlier one.
    """

    stream: str
    path: str
    method: str = "GET"
    body: str | None = None
    worth: int = 50
    is_file: bool = False
    bulk: bool = False
    subject: Key | None = None
    headers: Mapping[str, str] = {}
    context: Mapping[str, Any] = {}
    family: str = ""
    listed: bool = False
    anew: tuple[str, ...] = ()
    card: bool = False
    owed: int = 0
    late: bool = False
    goes_on: bool = False

    @property
    def key(self) -> str:
        """The natural key: two requests with the same key are the same question (64 hex digits).

        Two files are two questions even where both lie at one path: each of them waits for its bytes.
        """
        whose = f"\n{self.subject[1]}" if self.is_file and self.subject else ""
        return sha256(f"{self.method} {self.path}\n{self.body or ''}{whose}".encode()).hexdigest()

    def replace(self, **changes: Any) -> Self:
        """The same question but for these `changes`."""
        return msgspec.structs.replace(self, **changes)

    def dump(self) -> str:
        """As JSON text, for the frontier. What is as usual is left out."""
        return _encode(self).decode()

    @classmethod
    def load(cls, text: str | bytes) -> "Request":
        """From the JSON text that `dump` gave. Raises ValueError for another."""
        return _decode(text)


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Request).decode
_BLANK = b"\xef\xbb\xbf \t\r\n"
_PAGE = (b"<!doctype html", b"<html")  # an SVG picture may begin with a doctype of its own
_DATA = (b"{", b"[")


@dataclass(frozen=True, slots=True)
class Response:
    """One whole answer. Header names are lower case; `offset` is where `body` begins in the body received (bulk answers)."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    offset: int = 0

    @property
    def is_page(self) -> bool:
        """Whether this is a web page, as it declares itself or begins. Data that are declared as one are none."""
        start = self.body[:200].lstrip(_BLANK).lower()
        is_declared = self.headers.get("content-type", "").lower().startswith("text/html")
        return start.startswith(_PAGE) or (is_declared and not start.startswith(_DATA))
