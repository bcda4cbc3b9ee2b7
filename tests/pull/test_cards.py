"""A record that is asked for by itself comes, is said to be gone, or is told as missing: an answer without it is no fourth way."""

import json
from pathlib import Path

import pytest

from crmexport.archive import Archive, Place
from crmexport.pull.flights import UNLIMITED
from crmexport.source import GapKind, Reading, Request, Response
from tests.pull.test_sealing import HOUR, Company
from tests.toy import Toy, fault

OTHER = {"id": "2", "name": "Вещь 2"}  # the record that one was merged into


@pytest.fixture
def company(place: Place, tmp_path: Path) -> Company:
    return Company(tmp_path / "archive", place)


def strays(company: Company, data: object) -> dict[str, GapKind]:
    """Pull, let the cards of these go astray, and pull once more after a week; the gaps of these."""
    assert company.pull().complete
    company.delete("3")
    company.server.things["30"] = {"id": "30", "name": "shown by the sweep alone"}
    company.clock.now += 24 * 8 * HOUR
    cards = [f"/thing/{id}" for id in ("3", "30", "900")]

    def astray(request: Request) -> Response | None:
        is_one = request.path in cards
        return Response(200, {}, json.dumps({"data": data}).encode()) if is_one else None

    company.server.faults.append(astray)
    company.pull()
    with Archive.open(company.place) as archive:
        return {gap.id: gap.kind for gap in archive.gaps() if f"/thing/{gap.id}" in cards}


@pytest.mark.parametrize("data", [None, OTHER])
def test_what_its_card_does_not_give_is_told(company: Company, data: object) -> None:
    """One that no list shows any more, one that only the sweep shows, and one that no list has ever shown."""
    assert strays(company, data) == dict.fromkeys(("3", "30", "900"), GapKind.REFUSED)


class InSteps(Toy):
    """Has to know the names of fields before it can ask for a record."""

    def card(self, stream: str, id: str) -> Request | None:
        card = super().card(stream, id)
        return card and card.replace(path=f"/things?after=99&card={id}")

    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        if "&card=" in request.path and request.subject:
            reading.requests.append(request.replace(path=f"/thing/{request.subject[1]}"))
        return reading


@pytest.mark.parametrize("data", [None, OTHER])
def test_nor_is_the_last_of_several_steps_to_a_card_the_end_of_the_matter(
    company: Company, data: object
) -> None:
    company.connector = InSteps(company.connector.account)
    assert strays(company, data) == dict.fromkeys(("3", "30", "900"), GapKind.REFUSED)


def test_what_comes_later_is_missing_no_more(company: Company) -> None:
    assert strays(company, None)
    company.server.faults.clear()
    company.clock.now += 24 * 8 * HOUR
    assert company.pull().complete
    assert company.names() == company.truth


class ListsUnder(Toy):
    """Names the record itself as what the list of its parts is about; it has none."""

    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        parts = [(record, one) for record, one in reading.under if one.stream == "note"]
        reading.under += [
            (record, one.replace(stream="thing", path=f"{one.path}-parts", bulk=False, subject=record))
            for record, one in parts
        ]
        return reading


def test_other_questions_about_a_record_need_not_give_it(company: Company) -> None:
    company.connector = ListsUnder(company.connector.account)
    assert company.pull().complete


def asked(company: Company) -> list[str]:
    """What was asked, in order, each question once."""
    return [path.split()[1] for path in company.server.asked]


def test_what_links_alone_lead_to_comes_before_the_bytes_of_files(company: Company) -> None:
    """These may take hours, and the account may close meanwhile. (Some are on their way when nothing else is left to ask.)"""
    assert company.pull().complete
    files = [path for path in asked(company) if path.startswith("/file/")]
    before = asked(company)[: asked(company).index("/thing/900")]
    assert len(files) == 11
    assert sum(path in before for path in files) <= 2 * UNLIMITED


def test_what_a_list_will_show_later_is_not_asked_for_one_by_one(company: Company) -> None:
    """A page of it has failed, and is to be asked again in a minute; the bytes of files go on meanwhile."""
    company.change("2", link="20")
    company.server.faults.append(fault("/things?after=15", Response(503, {}, b"{}"), 8))
    assert company.pull().complete
    assert "/file/f2" in asked(company)[: asked(company).index("/things?after=15")]
    assert "/thing/20" not in asked(company)
