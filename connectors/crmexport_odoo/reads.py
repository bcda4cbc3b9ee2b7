"""The only requests that may be sent: calls of five methods, and who is signed in; none of them changes anything at the server."""

import json
import re
from typing import Any

from crmexport.source import ReadRule
from crmexport_odoo.protocols import JsonRpc

READS = ("context_get", "fields_get", "read", "search_count", "search_read")
_methods = "|".join(READS)


def is_arguments(body: str) -> bool:
    """Whether a JSON-2 body is what it must be: an object of named arguments. The method stands in the path alone."""
    return isinstance(_decoded(body), dict)


def calls_a_read(body: str) -> bool:
    """Whether a JSON-RPC body calls one of the methods. The path is not believed: the server goes by the body."""
    call = _decoded(body)
    parameters = call.get("params") if isinstance(call, dict) else None
    return isinstance(parameters, dict) and parameters.get("method") in READS


def _decoded(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


RULES = (
    ReadRule("POST", re.compile(rf"/json/2/[\w.]+/(?:{_methods})"), is_arguments),
    ReadRule("POST", re.compile(rf"/web/dataset/call_kw/[\w.]+/(?:{_methods})"), calls_a_read),
    ReadRule("POST", re.compile(re.escape(JsonRpc.session)), is_arguments),
)
