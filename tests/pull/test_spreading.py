"""Where long lists of a sweep are begun besides: held records, whole pages apart, in the order of their numbers."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from crmexport.archive import Archive, Place
from crmexport.pull import spreading
from crmexport.source import Request
from tests.pull.test_sealing import Company
from tests.toy import PAGE, Toy


class Spread(Toy):
    """Notes what it might begin its list at."""

    told: Sequence[str] = ()

    def spread(self, request: Request, places: Sequence[str]) -> Request:
        self.told = places
        return request


@pytest.fixture
def company(place: Place, tmp_path: Path) -> Company:
    company = Company(tmp_path / "archive", place)
    company.connector = Spread(company.connector.account)
    return company


def test_places_are_whole_pages_apart_and_in_the_order_of_numbers(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As text, “10” stands before “2”."""
    monkeypatch.setattr(spreading, "LEAST_PAGES", 1)
    assert company.pull().complete
    assert isinstance(company.connector, Spread)
    assert company.connector.told == ["5", "10", "15"], "23 of one's own, and one that only a link leads to"
    company.delete("4")
    assert company.pull(full=True).complete
    with Archive.open(company.place) as archive:
        assert spreading.places(archive.database, "thing", PAGE) == ["6", "11", "16"]


def test_a_short_list_is_begun_at_its_beginning_alone(company: Company) -> None:
    assert company.pull().complete
    assert isinstance(company.connector, Spread)
    assert company.connector.told == ()
