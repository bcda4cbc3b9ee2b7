"""Values come with the place of their exact bytes, and nothing but one whole JSON text is accepted."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmexport.source.slices import holding, pieces

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.lists(VALUES, max_size=4),
    st.dictionaries(st.text().filter(lambda key: key != "data"), VALUES, max_size=3),
    st.booleans(),
    st.sampled_from([None, 2]),
)
def test_bytes_at_the_place_are_the_value(
    members: list[object], around: dict[str, object], ascii: bool, indent: int | None
) -> None:
    body = json.dumps({**around, "data": members}, ensure_ascii=ascii, indent=indent).encode(
        "utf-8", "surrogatepass"
    )
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        with pytest.raises(ValueError):
            pieces(body, "data")
        return
    rest, found = pieces(body, "data")
    assert rest == around
    assert [piece.value for piece in found] == members
    assert [json.loads(body[piece.start : piece.end]) for piece in found] == members


def test_one_object_is_one_piece_and_null_is_none() -> None:
    body = b'{"data": {"id": "1"} }'
    (piece,) = pieces(body, "data")[1]
    assert body[piece.start : piece.end] == b'{"id": "1"}'
    assert pieces(b'{"data": null}', "data")[1] == []


def test_without_a_key_the_document_is_the_array() -> None:
    assert [piece.value for piece in pieces(b' [1, {"a": 2}] ')[1]] == [1, {"a": 2}]


def test_the_hook_sees_every_object() -> None:
    seen: list[dict[str, object]] = []
    pieces(b'{"data": [{"a": {"b": 1}}]}', "data", lambda value: seen.append(value) or value)
    assert seen == [{"b": 1}, {"a": {"b": 1}}]


@given(st.integers(min_value=0, max_value=200))
def test_a_cut_text_is_refused(cut: int) -> None:
    body = json.dumps(
        {"meta": {"x": [1, 2]}, "data": [{"id": str(n), "t": "Привет"} for n in range(9)]}, ensure_ascii=False
    )
    with pytest.raises(ValueError):
        pieces(body.encode()[: min(cut, len(body.encode()) - 1)], "data")


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"data":[1}', b'{"data":[1]}x', b'{"a":1}', b'{"data":[1,]}', b"\xff", b"[" * 100_000],
)
def test_what_is_no_whole_json_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        pieces(body, "data")


def test_rows_that_hold_a_mark_are_found_by_their_bytes() -> None:
    body = '{"meta": "я x=", "data": [{"a": "x= x="}, {"я": 1}, {"b": "y="}], "included": ["x="]}'.encode()
    _rest, rows = pieces(body, "data")
    assert holding(body, rows, [b"x=", b"y="]) == [rows[0], rows[2]]
    assert holding(body, rows[1:], [b"x="]) == []
    assert holding(body, [], [b"x="]) == []
