"""How a method of a model is called over HTTP, and how a failure looks: everything that JSON-2 and JSON-RPC do differently."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from crmexport.source import Request, Response

NO_SUCH_TABLE = "psycopg2.errors.UndefinedTable"
# What Odoo's own exceptions mean, in the words of HTTP: JSON-RPC answers them all with 200, JSON-2 some of them with 500.
STATUS_BY_NAME = {
    "builtins.MemoryError": 503,
    "odoo.exceptions.AccessDenied": 403,
    "odoo.exceptions.AccessError": 403,
    "odoo.exceptions.ConcurrencyError": 503,
    "odoo.exceptions.LockError": 503,
    "odoo.exceptions.MissingError": 404,
    "odoo.exceptions.UserError": 403,
    "odoo.exceptions.ValidationError": 403,
    "odoo.http.SessionExpiredException": 401,
    "werkzeug.exceptions.NotFound": 404,
}
JSON2 = "/json/2/"
DATABASE_TROUBLE = "psycopg2."
HTTP_CODES = range(400, 600)
NOT_FOUND = 404
SESSION_EXPIRED = 100
DOMAIN = "domain"
NO_SUCH_KEY = "builtins.KeyError"


class Failure(NamedTuple):
    """A refusal of the server: what HTTP would call it, the exception's name and its message ("" where it told none)."""

    status: int
    name: str
    message: str

    @property
    def words(self) -> str:
        """What was told, in one line."""
        return " ".join(self.message.split()) or self.name


class Protocol(ABC):
    """One way of calling methods. `result_key` is where the method's value lies in an answer (None: the answer is it).

    `session` is the path that tells who is signed in, where there is one.
    """

    result_key: ClassVar[str | None]
    session: ClassVar[str | None] = None

    @abstractmethod
    def call(self, model: str, method: str, ids: Sequence[int], named: Mapping[str, Any]) -> tuple[str, str]:
        """Path and body that call `method` of `model`, on the records `ids` where the method is one of records."""

    @abstractmethod
    def failure(self, response: Response) -> Failure | None:
        """What went wrong, or None for an answer."""

    def result(self, response: Response) -> Any:
        """The decoded value that the method gave. Raises ValueError when there is none."""
        decoded = json.loads(response.body)
        if self.result_key is None:
            return decoded
        if not isinstance(decoded, dict) or self.result_key not in decoded:
            raise ValueError(f"the answer has no “{self.result_key}”")
        return decoded[self.result_key]


class Json2(Protocol):
    """The external API of Odoo 19 and later: bare values, HTTP statuses (Odoo reference, §1)."""

    result_key = None

    def call(self, model: str, method: str, ids: Sequence[int], named: Mapping[str, Any]) -> tuple[str, str]:
        """The arguments are one object; `ids` is a member of it."""
        arguments = {**({"ids": list(ids)} if ids else {}), **named}
        return f"{JSON2}{model}/{method}", text_of(arguments)

    def failure(self, response: Response) -> Failure | None:
        """By the HTTP status; the body says more."""
        if response.status < HTTP_CODES.start:
            return None
        told = _object(response.body)
        name = _word(told, "name")
        return Failure(_status(name, response.status), name, _word(told, "message"))


class JsonRpc(Protocol):
    """What Odoo's own web client speaks, in every version so far; a failure comes with status 200."""

    result_key = "result"
    session = "/web/session/get_session_info"

    def call(self, model: str, method: str, ids: Sequence[int], named: Mapping[str, Any]) -> tuple[str, str]:
        """The web client's call; the body, not the path, decides what is called.

        A domain goes by its place: up to Odoo 15 `search_count` calls it `args`, and modules of a firm's own do so later, too.
        """
        keywords = {name: value for name, value in named.items() if name != DOMAIN}
        positional = [*([list(ids)] if ids else []), *([named[DOMAIN]] if DOMAIN in named else [])]
        parameters = {"model": model, "method": method, "args": positional, "kwargs": keywords}
        envelope = {"jsonrpc": "2.0", "method": "call", "params": parameters}
        return f"/web/dataset/call_kw/{model}/{method}", text_of(envelope)

    def failure(self, response: Response) -> Failure | None:
        """By the member `error`; its `code` is an HTTP status, 100 for an expired session, or 0."""
        if response.status in HTTP_CODES:
            return Failure(response.status, "", "")
        error = _object(response.body).get("error") if b'"error"' in response.body[:200] else None
        if not isinstance(error, dict):
            return None
        data = error["data"] if isinstance(error.get("data"), dict) else {}
        name = _word(data, "name")
        status = _status(name, _http_code(error.get("code")))
        return Failure(status, name, _word(data, "message") or _word(error, "message"))


PROTOCOLS: dict[str, type[Protocol]] = {"json2": Json2, "jsonrpc": JsonRpc}


def spoken_at(path: str) -> Protocol:
    """The protocol of a request that was once asked at `path`: an archive may have been pulled in one, and then in the other."""
    return Json2() if path.startswith(JSON2) else JsonRpc()


def failure_of(protocol: Protocol, request: Request, response: Response) -> Failure | None:
    """What went wrong with `request`, or None for an answer.

    Up to Odoo 17 a model that is not installed is to JSON-RPC a key like any other that is not there (`web`,
    `DataSet._call_kw`; `http`, `serialize_exception`); later ones answer 404. Odoo 14 names the key bare (tried; its `ustr`
    takes what the exception was made of, and so does that of 16), others may name it as Python writes it.
    """
    failure = protocol.failure(response)
    model = request.context.get("model")
    is_model = failure is not None and failure.message in (model, repr(model))
    if failure is not None and failure.name == NO_SUCH_KEY and is_model:
        return failure._replace(status=NOT_FOUND)
    return failure


def _status(name: str, otherwise: int) -> int:
    return 503 if name.startswith(DATABASE_TROUBLE) else STATUS_BY_NAME.get(name, otherwise)


def _http_code(code: Any) -> int:
    if code == SESSION_EXPIRED:
        return 401
    return int(code) if code in HTTP_CODES else 500


def _object(body: bytes) -> dict[str, Any]:
    """The body as a decoded object; an empty one for anything else."""
    try:
        decoded = json.loads(body)
    except ValueError:
        return {}
    return decoded if isinstance(decoded, dict) else {}


def _word(told: Mapping[str, Any], key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""


def text_of(value: Any) -> str:
    """`value` as JSON text, as short as it goes."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
