"""Files that come wrapped: base64 text within a JSON answer, where a source has no plain address for them."""

import base64
import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

from crmexport.source import Request
from crmexport.text import _
from crmexport.transport.line import FileResponse


def unwrapped(request: Request, response: FileResponse) -> FileResponse:
    """The file itself in place of the answer that holds it, as the request's context says: `decode` = [key, field, "base64"].

    One file at a time is in memory for this. Raises ValueError when the answer does not hold what it should.
    """
    told = request.context.get("decode")
    if not told:
        return response
    key, field, _form = told
    content = _decoded(_first(json.loads(response.path.read_bytes()), key).get(field))
    response.path.write_bytes(content)
    return replace(response, body=content[:64], sha256=sha256(content).hexdigest(), size=len(content))


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
