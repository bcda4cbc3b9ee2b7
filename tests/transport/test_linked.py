"""The address of a file that an answer names, or that it names none."""

import json

import pytest

from crmexport.source import Request, Response
from crmexport.transport.linked import linked

REQUEST = Request("file", "/linked", is_file=True, context={"link": ["result", "at"]})
PLACE = b'{"result": {"at": "/file"}}'


@pytest.mark.parametrize("status", [200, 201, 299])
def test_an_answer_names_an_address(status: int) -> None:
    assert linked(REQUEST, Response(status, {}, PLACE)) == "/file"


@pytest.mark.parametrize("status", [199, 300, 403, 404, 500])
def test_what_is_no_answer_names_none(status: int) -> None:
    assert linked(REQUEST, Response(status, {}, PLACE)) is None


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"",
        b"[" * 200_000,
        b"[]",
        b"null",
        b'"result"',
        b"{}",
        b'{"result": null}',
        b'{"result": "at"}',
    ]
    + [json.dumps({"result": {"at": told}}).encode() for told in (None, "", 5, ["/file"], {"at": "/file"})],
)
def test_nor_does_one_that_holds_no_text_there(body: bytes) -> None:
    assert linked(REQUEST, Response(200, {}, body)) is None
