"""Whose sign-in a pull of an Odoo was made with: told by both protocols, and never a loss."""

import json
from typing import Any

import pytest
from crmexport_odoo import Odoo

from crmexport.source import Response, Standing
from crmexport.source.standing import called
from tests.odoo.recordings import odoo, only

RPC = {"api": "jsonrpc", "database": "firm"}


def told(value: Any, options: dict[str, str]) -> Standing:
    connector = odoo(**options)
    body = {"jsonrpc": "2.0", "id": "", "result": value} if options else value
    return connector.standing([(only(connector.greetings()), Response(200, {}, json.dumps(body).encode()))])


@pytest.mark.parametrize("options", [{}, RPC], ids=["json2", "jsonrpc"])
def test_the_number_of_the_user(options: dict[str, str]) -> None:
    assert told({"uid": 7, "lang": "ru_RU"}, options) == Standing("res.users 7")
    assert told({"uid": None}, options) == told([], options) == odoo(**options).standing([]) == Standing()


def test_a_number_is_told_with_what_a_person_calls_its_stream() -> None:
    titles = Odoo.about.titles
    assert called("res.users 7", titles) == "Users, no. 7"
    assert called("Anna Orlova, director", titles) == "Anna Orlova, director"
    assert titles["file"] == "Files"


@pytest.mark.parametrize("options", [{}, RPC], ids=["json2", "jsonrpc"])
def test_it_only_reads_and_is_no_question_of_the_pull(options: dict[str, str]) -> None:
    connector = odoo(**options)
    asked = only(connector.greetings())
    assert any(rule.allows(asked) for rule in connector.about.reads)
    assert asked.key not in {one.key for one in connector.opening(None)}


def test_every_version_of_the_older_protocol_tells() -> None:
    """Odoo 12 and 13 do not say it with the language."""
    assert only(odoo(**RPC).greetings()).path == "/web/session/get_session_info"
