"""Requests can be stored and asked again, also those that an older program stored."""

import json

from crmexport.source import Request

FULL = Request(
    "comment",
    "/deal/7/comments",
    method="POST",
    body="{}",
    worth=44,
    bulk=True,
    subject=("comment", "deal/7"),
    headers={"accept": "text/plain"},
    context={"kind": "comments", "of": ["deal", "7"]},
    family="deal",
    listed=True,
)


def test_a_request_comes_back_as_it_was() -> None:
    of_no_stream = Request("", "/bulk", "POST", body="[]")
    for request in (FULL, of_no_stream, Request("file", "/f", is_file=True), Request("thing", "/things")):
        assert Request.load(request.dump()) == request


def test_what_is_as_usual_is_not_stored() -> None:
    assert json.loads(Request("thing", "/things").dump()) == {"stream": "thing", "path": "/things"}


def test_an_older_form_that_names_everything_is_read() -> None:
    old = {name: getattr(Request("thing", "/things"), name) for name in Request.__slots__}
    assert Request.load(json.dumps(old)) == Request("thing", "/things")
