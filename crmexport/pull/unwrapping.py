"""Files as they come: plain, or wrapped as base64 text within a JSON answer, where a source has no plain address for them."""

import base64
import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from crmexport.source import Request
from crmexport.text import _
from crmexport.transport.incoming import FileResponse
from crmexport.transport.writing import writable

_NO_FILES = ("text/html", "application/json")


def unwrapped(request: Request, response: FileResponse) -> FileResponse:
    """The file itself in place of the answer that holds it, as the request's context says: `decode` = [key, field, "base64"].

    One wrapped file at a time is in memory for this. Raises ValueError when the answer does not hold what it should, and
    OutputError when the disk does not take it.
    """
    told = request.context.get("decode")
    if not told:
        _check_something_came(request, response)
        return response
    key, field, _form = told
    content = _decoded(_first(_document(response.path), key).get(field))
    with writable(response.path) as file:
        file.write(content)
    return replace(response, body=content[:64], sha256=sha256(content).hexdigest(), size=len(content))


def _check_something_came(request: Request, response: FileResponse) -> None:
    """Where nobody tells how big a file is, an empty answer is an empty file only if it is sent as a file.

    A server in trouble sends nothing as the page or the JSON that it would else have sent (Megaplan reference, §11).
    """
    kind = response.headers.get("content-type", "").lower()
    is_sent_as_file = bool(kind) and not kind.startswith(_NO_FILES)
    if not response.size and request.context.get("size") is None and not is_sent_as_file:
        raise ValueError(_("nothing came instead of the file"))


def _document(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except RecursionError as hostile:  # nested without end
        raise ValueError(_("the answer does not hold the file")) from hostile


def _first(document: Any, key: str | None) -> dict[str, Any]:
    """The one record in the answer, under `key` if there is one."""
    found = document.get(key) if key is not None and isinstance(document, dict) else document
    record = found[0] if isinstance(found, list) and found else found
    if not isinstance(record, dict):
        raise ValueError(_("the answer does not hold the file"))
    return record


def _decoded(text: Any) -> bytes:
    """False stands for no bytes, as Odoo writes emptiness (Odoo reference, §2)."""
    if text is False or text == "":
        return b""
    if not isinstance(text, str):
        raise ValueError(_("the answer does not hold the file"))
    return base64.b64decode("".join(text.split()), validate=True)
