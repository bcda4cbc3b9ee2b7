"""Days and instants as a person of either language reads them."""

from collections.abc import Iterator

import pytest

from crmexport.text import as_day, instant, use_language


@pytest.fixture(params=["en", "ru"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    use_language(request.param)
    yield request.param
    use_language("en")


def test_an_instant_is_told_in_the_order_of_the_language(language: str) -> None:
    told = {"en": "2026-12-04 07:34:18 UTC", "ru": "04.12.2026 07:34:18 UTC"}
    assert instant("2026-12-04T07:34:18+00:00") == told[language]


def test_a_day_is_told_in_the_order_of_the_language(language: str) -> None:
    told = {"en": "2026-12-04", "ru": "04.12.2026"}
    assert as_day("2026-12-04") == instant("2026-12-04") == told[language]


def test_no_instant_is_a_question(language: str) -> None:
    assert instant(None) == instant("") == "?"
