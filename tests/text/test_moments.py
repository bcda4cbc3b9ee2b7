"""Days and instants as a person of either language reads them."""

from collections.abc import Iterator

import pytest

from crmexport.target.cover import local
from crmexport.text import as_day, instant, use_language
from crmexport.transport.endings import ended
from crmexport.transport.failures import DownError


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


def test_the_moment_since_which_nothing_answers_is_told_so_too(language: str) -> None:
    told = {"en": "nothing since 1970-01-01 00:00 UTC (", "ru": "не отвечает с 01.01.1970 00:00 UTC ("}
    assert told[language] in str(ended("https://crm.example", DownError("no connection", 0.0)))


@pytest.mark.parametrize(("lang", "day"), [("en", "2026-12-01"), ("ru", "01.12.2026")])
def test_files_tell_a_moment_in_their_own_language(language: str, lang: str, day: str) -> None:
    """Whatever language the program speaks: they may be for somebody else."""
    told = local("2026-11-30T21:19:31+00:00", "Europe/Moscow", lang)
    assert told == f"{day} 00:19 (Europe/Moscow)"
