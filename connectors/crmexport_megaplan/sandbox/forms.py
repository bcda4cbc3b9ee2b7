"""The three ways in which a token request may carry its fields: form, multipart, JSON."""

import json
import re
from urllib.parse import parse_qsl

_PART = re.compile(rb'name="?([^";\r\n]+)"?[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n(.*?)\r\n--', re.DOTALL)


def form_of(content_type: str, body: bytes) -> dict[str, str]:
    """The fields of a request body by its Content-Type. Raises ValueError for broken JSON."""
    if content_type.startswith("application/json"):
        value = json.loads(body or b"{}")
        return {str(name): str(text) for name, text in value.items()}
    if content_type.startswith("multipart/form-data"):
        return {name.decode(): text.decode() for name, text in _PART.findall(body)}
    return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True))
