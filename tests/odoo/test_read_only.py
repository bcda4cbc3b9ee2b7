"""Nothing but reading passes the guard: not by method, not by path, not by a body that says something else than its path."""

import json

import pytest
from crmexport_odoo import Odoo

from crmexport.source import Request
from tests.odoo.recordings import answer, definitions_asked, odoo, page_asked, records_asked

WRITES = [
    "create",
    "write",
    "unlink",
    "copy",
    "load",
    "message_post",
    "action_archive",
    "toggle_active",
    "web_save",
    "search",
]
READS = ["search_read", "search_count", "read", "fields_get", "context_get"]


def allowed(request: Request) -> bool:
    return any(rule.allows(request) for rule in Odoo.about.reads)


def rpc(path: str, method: object) -> Request:
    body = json.dumps(
        {"jsonrpc": "2.0", "method": "call", "params": {"model": "res.partner", "method": method}}
    )
    return Request("res.partner", path, "POST", body)


@pytest.mark.parametrize("method", READS)
def test_reads_pass(method: str) -> None:
    """The five methods that the connector needs."""
    assert allowed(Request("res.partner", f"/json/2/res.partner/{method}", "POST", "{}"))
    assert allowed(rpc(f"/web/dataset/call_kw/res.partner/{method}", method))


@pytest.mark.parametrize("method", WRITES)
def test_writes_do_not(method: str) -> None:
    """Any other method is refused in both protocols."""
    assert not allowed(Request("res.partner", f"/json/2/res.partner/{method}", "POST", "{}"))
    assert not allowed(rpc(f"/web/dataset/call_kw/res.partner/{method}", method))


@pytest.mark.parametrize("method", [*WRITES, None, ["read"], {"read": 1}])
def test_the_body_decides(method: object) -> None:
    """Odoo goes by the body of a JSON-RPC call whatever the path says, and so does the guard."""
    assert not allowed(rpc("/web/dataset/call_kw/res.partner/read", method))


@pytest.mark.parametrize(
    "request_",
    [
        Request("res.partner", "/json/2/res.partner/read/../unlink", "POST", "{}"),
        Request("res.partner", "/json/2/res.partner/read/unlink", "POST", "{}"),
        Request("res.partner", "/json/2/res.partner%2Funlink/read", "POST", "{}"),
        Request("res.partner", "/json/2/res.partner/read", "DELETE", "{}"),
        Request("res.partner", "/json/2/res.partner/read", "POST", "no JSON"),
        Request("res.partner", "/json/2/res.partner/read", "POST", None),
        Request("res.partner", "/web/dataset/call_kw/res.partner/read", "POST", "[]"),
        Request("res.partner", "/web/session/authenticate", "POST", "{}"),
        Request("res.partner", "/web/session/destroy", "POST", "{}"),
        Request("res.partner", "/jsonrpc", "POST", "{}"),
        Request("res.partner", "/web/content/7", "GET"),
    ],
)
def test_nothing_else_passes(request_: Request) -> None:
    """Tricks with the path, other routes, other verbs."""
    assert not allowed(request_)


@pytest.mark.parametrize("options", [{}, {"api": "jsonrpc", "database": "firm"}])
def test_the_connector_keeps_to_it(options: dict[str, str]) -> None:
    """Everything that the connector itself asks is on its list, and holds no secret."""
    connector = odoo(**options)
    asked = [*connector.opening(None), definitions_asked(connector, "ir.attachment")]
    asked += [page_asked(connector, model) for model in ("res.partner", "mail.message", "ir.attachment")]
    asked += connector._questions.counts(page_asked(connector, "ir.attachment").context)
    asked.append(connector._questions.bytes_of(7, 1))
    assert all(allowed(request) for request in asked)


def test_files_are_asked_for_by_reading() -> None:
    """The request that an attachment gives is a read as well."""
    connector = odoo()
    files = connector.read(records_asked(connector, "ir.attachment"), answer("page.ir.attachment")).files
    assert files and all(allowed(file.request) for file in files)
