"""A refusal is told in the source's own words, whatever form they come in; Retry-After in both its forms."""

import pytest

from crmexport.source import Response
from crmexport.transport.judge import reason, retry_after


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            b'{"meta":{"status":403,"errors":[{"field":null,"message":"No act_read rights"}]}}',
            "403 No act_read rights",
        ),
        (
            b'{"message": "\\u041d\\u0435\\u0442 \\"\\u043f\\u0440\\u0430\\u0432\\""}',
            '403 Нет "прав"',
        ),
        (b"<html><head><style>a{}</style></head><body><h1>Bad</h1> gateway</body></html>", "403 Bad gateway"),
        (b'{"message": ""}', '403 {"message": ""}'),
        (b"\xff\x00 plain", "403 \ufffd\x00 plain"),
        (b'{"message": "half \\ud800"}', "403 half ?"),
        (b"", "403"),
    ],
)
def test_the_reason_is_what_the_source_says(body: bytes, told: str) -> None:
    assert reason(Response(403, {}, body)) == told


def test_a_long_reason_is_cut() -> None:
    assert len(reason(Response(500, {}, b"x" * 10_000))) == 300


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("Wed, 15 Nov 2023 22:13:25 GMT", 5.0),
        ("Wed, 15 Nov 2023 22:13:10 GMT", 0.0),
        ("Thu, 14 Nov 2024 22:13:20 GMT", 86_400.0),
        ("100000000", 86_400.0),
        ("inf", 86_400.0),
        ("nan", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_in_seconds_and_as_a_date(header: str, seconds: float | None) -> None:
    now = 1_700_086_400.0  # 2023-11-15 22:13:20 UTC
    assert retry_after(Response(429, {"retry-after": header}, b""), now) == seconds
