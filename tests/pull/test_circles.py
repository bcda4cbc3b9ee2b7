"""A server that gives the same cursor once more costs no record in silence."""

import json
from pathlib import Path

import pytest

from crmexport.archive import Archive, Place
from crmexport.source import GapKind, Request, Response
from tests.pull.test_sealing import HOUR, Company


@pytest.fixture
def company(place: Place, tmp_path: Path) -> Company:
    return Company(tmp_path / "archive", place)


def change_all(company: Company) -> None:
    company.clock.now += 2 * HOUR
    for id in list(company.server.things):
        company.change(id, name=f"changed {id}")


def stuck(company: Company, times: int) -> None:
    """The second page of what changed says so many times that it is followed by itself."""
    left = [times]

    def repeat(request: Request) -> Response | None:
        if "after=5&since" not in request.path or not left[0]:
            return None
        left[0] -= 1
        status, page = company.server._answer(request)
        assert isinstance(page, dict)
        return Response(status, {}, json.dumps({**page, "next": "5"}).encode())

    company.server.faults.append(repeat)
    change_all(company)


def test_a_page_that_is_followed_by_itself_is_asked_again(company: Company) -> None:
    company.pull()
    stuck(company, times=2)
    assert company.pull().complete
    assert company.names() == company.truth


def test_a_page_that_is_followed_by_itself_for_ever_is_told(company: Company) -> None:
    """Nothing announces how much has changed: no count would miss what stands behind it."""
    company.pull()
    stuck(company, times=999)
    assert not company.pull().complete
    with Archive.open(company.place) as archive:
        (gap,) = (gap for gap in archive.gaps() if gap.kind is GapKind.BROKEN)
    assert (gap.stream, gap.id) == ("thing", "")
    assert "the same one" in gap.reason


def circling(company: Company, times: int) -> None:
    """The second page of what changed comes after the third as well, so many times, as where that moved to the top meanwhile."""
    left = [times]

    def lead_back(request: Request) -> Response | None:
        if "after=10&since" not in request.path or not left[0]:
            return None
        left[0] -= 1
        return Response(200, {}, json.dumps({"data": [], "next": "5"}).encode())

    company.server.faults.append(lead_back)
    change_all(company)


def test_a_list_whose_rows_moved_is_read_on_from_where_it_leads_back_to(company: Company) -> None:
    company.pull()
    circling(company, times=1)
    assert company.pull().complete
    assert company.names() == company.truth


def test_a_list_that_leads_in_a_circle_for_ever_is_told(company: Company) -> None:
    company.pull()
    circling(company, times=999)
    assert not company.pull().complete
    with Archive.open(company.place) as archive:
        (gap,) = (gap for gap in archive.gaps() if gap.kind is GapKind.BROKEN)
    assert "in circles" in gap.reason
