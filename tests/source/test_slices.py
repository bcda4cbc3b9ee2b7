"""Values come with the place of their exact bytes, and nothing but one whole JSON text is accepted."""

import json
from codecs import BOM_UTF8
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmexport.source import slices
from crmexport.source.slices import decoded, holding, pieces, place, places

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


@pytest.mark.parametrize("strange", ["", "\\ud83d"])  # the latter is not for the swift decoder
@pytest.mark.parametrize("mark", [b"", BOM_UTF8])
def test_keys_lead_to_an_array_within(mark: bytes, strange: str) -> None:
    """Many sources put the rows one step further in, and beside them what tells of the next page."""
    body = (
        mark
        + b'{"items": [9], "result": {"more": "%b", "items": [{"id": 1}, {"id": 2}]}, "total": 5}'
        % strange.encode()
    )
    rest, found = pieces(body, "result", "items")
    assert rest == {"items": [9], "result": {"more": json.loads(f'"{strange}"')}, "total": 5}
    assert [body[one.start : one.end] for one in found] == [b'{"id": 1}', b'{"id": 2}']
    start, end = place(body, "result", "items")
    assert body[start:end] == b'[{"id": 1}, {"id": 2}]'


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b'{"a": []}',
        b'{"a": null}',
        b'{"a": {}}',
        b'{"a": {"b": [1',
        b'{"a": {"b": []}} x',
        b'{"a": 1}',
    ],
)
def test_what_has_no_such_place_within_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):
        pieces(body, "a", "b")
    with pytest.raises(ValueError):
        place(body, "a", "b")


def test_one_object_is_one_piece_and_null_is_none() -> None:
    body = b'{"data": {"id": "1"} }'
    (piece,) = pieces(body, "data")[1]
    assert body[piece.start : piece.end] == b'{"id": "1"}'
    assert pieces(b'{"data": null}', "data")[1] == []


def test_without_a_key_the_document_is_the_array() -> None:
    assert [piece.value for piece in pieces(b' [1, {"a": 2}] ')[1]] == [1, {"a": 2}]


@pytest.mark.parametrize(
    "told",
    [
        '"\\ud83d"',
        '"a \\udc00 b"',
        "1e400",
        "-1e400",
        "[1e400]",
        '{"a": "\\ud83d"}',
        "NaN",
        "Infinity",
        "1" + "0" * 400,
    ],
)
def test_what_the_swift_decoder_does_not_take_comes_all_the_same(told: str) -> None:
    body = f'{{"meta": {told}, "data": [ {told} ,{{"я": {told}}}]}}'.encode()
    rest, found = pieces(body, "data")
    assert repr(rest) == repr({"meta": json.loads(told)})
    assert [repr(piece.value) for piece in found] == [repr(json.loads(told)), repr({"я": json.loads(told)})]
    assert body[found[0].start : found[0].end].decode() == told
    assert repr(decoded(told.encode())) == repr(json.loads(told))


@given(st.dictionaries(st.text(), VALUES, max_size=3), st.booleans(), st.sampled_from([None, 1]))
def test_both_ways_of_decoding_give_the_same(
    value: dict[str, object], ascii: bool, indent: int | None
) -> None:
    body = json.dumps(value, ensure_ascii=ascii, indent=indent).encode("utf-8", "replace")
    for key in (None, *value):
        swift, by_hand = (_outcome(way, body, key) for way in (pieces, slices._by_hand))
        assert swift == by_hand


@pytest.mark.parametrize("within", ['{"data": [7]}', '[{"data": [7]}]', '{"a": {"data": [7]}, "b": 1}'])
def test_the_same_value_under_the_same_key_within_another_is_not_taken_for_it(within: str) -> None:
    body = f'{{"meta": {within}, "data": [7]}}'.encode()
    ((value, start, end),) = pieces(body, "data")[1]
    assert (value, start, end) == (7, len(body) - 3, len(body) - 2)


def test_a_key_that_occurs_elsewhere_too_leads_to_the_right_place() -> None:
    body = b'{"meta": {"data" : [1, 2]}, "a": "\\"data\\":", "data":\n[1, 3], "later": {"data": [1, 3]}}'
    assert [body[one.start : one.end] for one in pieces(body, "data")[1]] == [b"1", b"3"]
    named_alike = rb'{"\"data": [1, 3], "data": [1, 3]}'
    assert pieces(named_alike, "data")[1][0].start == named_alike.rindex(b"1")
    escaped = rb'{"d\u0061ta": [5]}'
    assert [escaped[one.start : one.end] for one in pieces(escaped, "data")[1]] == [b"5"]


def _outcome(way: Callable[..., Any], body: bytes, key: str | None) -> object:
    try:
        return way(body, key)
    except ValueError as refused:
        return str(refused)


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


def test_a_mark_of_byte_order_is_no_part_of_the_document() -> None:
    """A PHP file that was saved with one puts it before every answer."""
    body = b'\xef\xbb\xbf{"data": [{"name": "\xd0\x9f"}, 2], "next": 3}'
    rest, found = pieces(body, "data")
    assert (rest, [piece.value for piece in found]) == ({"next": 3}, [{"name": "П"}, 2])
    assert [json.loads(body[piece.start : piece.end]) for piece in found] == [{"name": "П"}, 2]
    assert places(body, "data") == [(piece.start, piece.end) for piece in found]
