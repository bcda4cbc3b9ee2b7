"""What a whole pull could not get is owed: whenever it comes, all that hangs under it is looked at, too, changed or not."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crmexport.archive import Archive, Place
from crmexport.source import Request, Response
from crmexport.transport.failures import FailureError
from tests.pull.test_engine import status
from tests.pull.test_sealing import HOUR, Company, interrupted
from tests.toy import BROKEN_LINE, Toy, fault

SECOND_PAGE = "/things?after=5"
ON_LATER_PAGES = ("6", "8", "10", "20")
EVER = 10_000


@pytest.fixture
def company(place: Place, tmp_path: Path) -> Company:
    """Held whole; then notes were edited and a file of unknown size replaced, of which nothing tells."""
    company = Company(tmp_path / "archive", place)
    file = company.server.things["8"]["file"]
    assert isinstance(file, dict)
    file["size"] = None
    assert company.pull().complete
    for id in ON_LATER_PAGES:
        company.server.notes[id][0]["text"] = "edited in silence"
    company.server.contents["f8"] = b"replaced"
    company.clock.now += 24 * HOUR
    return company


def edited(company: Company) -> set[str]:
    """The things whose edited notes are held."""
    return {id.partition("-")[0] for id, note in company.held("note").items() if note["text"] != "заметка"}


def bytes_of(company: Company, file: str) -> bytes:
    with Archive.open(company.place) as archive:
        (path,) = [one.path for one in archive.files() if one.id == file]
    assert path is not None
    return path.read_bytes()


@pytest.mark.parametrize("answer", [status(403), status(500), BROKEN_LINE])
def test_a_page_that_comes_a_night_later_brings_what_hangs_under_its_records(
    company: Company, answer: Response | FailureError
) -> None:
    company.server.faults.append(fault(SECOND_PAGE, answer, EVER))
    assert not company.pull(full=True).complete
    company.server.faults.clear()
    assert company.pull().complete
    assert edited(company) == set(ON_LATER_PAGES)
    assert bytes_of(company, "f8") == b"replaced"
    company.asked_since()
    company.pull()
    assert not any("/notes/" in asked for asked in company.asked_since()), "it is owed once"


def test_it_stays_owed_for_as_many_nights_as_it_takes(company: Company) -> None:
    """One page is lost in the whole pull, the next one a night later, and then what hangs under its records."""
    for path in (SECOND_PAGE, "/things?after=10", "/bulk", "/notes/20"):
        company.server.faults[:] = [fault(path, status(403), EVER)]
        if path == "/bulk":
            company.server.faults.append(fault("/notes/20", status(403), EVER))
        assert not company.pull(full=path == SECOND_PAGE).complete
        company.clock.now += 24 * HOUR
    company.server.faults.clear()
    assert company.pull().complete
    assert edited(company) == set(ON_LATER_PAGES)


def test_what_a_whole_pull_gave_up_before_it_was_stopped_is_owed_to_its_end(company: Company) -> None:
    company.server.faults.append(fault(SECOND_PAGE, BROKEN_LINE, EVER))
    company.at("/things?after=0&since", interrupted)
    with pytest.raises(KeyboardInterrupt):
        company.pull(full=True)
    company.server.faults.clear()
    assert company.pull().complete
    assert edited(company) == set(ON_LATER_PAGES)


def test_what_only_a_pull_of_changes_missed_is_not_owed(company: Company) -> None:
    """It asked for no more than what hangs under that which changed."""
    for id in ("1", "2", "3", "4", "5", "6", "10"):
        company.server.changed[id] = company.clock.now
    company.change("6", name="changed")
    company.server.faults.append(fault("/things?after=5&since", status(403), EVER))
    assert not company.pull().complete
    company.server.faults.clear()
    assert company.pull().complete
    assert edited(company) == {"6"}


def test_an_owed_list_that_leads_in_a_circle_comes_to_an_end(company: Company) -> None:
    company.server.faults.append(fault(SECOND_PAGE, status(403), EVER))
    assert not company.pull(full=True).complete
    company.server.faults.clear()
    company.asked_since()

    def circle(request: Request) -> Response | None:
        if request.path != "/things?after=20":
            return None
        company.server.asked[request.path] += 1
        return Response(200, {}, b'{"data": [], "next": "5", "total": 23}')

    company.server.faults.append(circle)
    assert not company.pull().complete
    assert company.server.asked["/things?after=20"] < 10


def instead(connector: Toy, request: Request) -> list[Request]:
    """A whole list that waits for something is asked without that."""
    another = request.replace(path=f"{SECOND_PAGE}&another", goes_on=False)
    return [another] if request.path == SECOND_PAGE else []


def refused(path: str) -> Callable[[Request], Response | None]:
    return lambda request: status(403) if request.path == path else None


def test_what_came_another_way_is_not_owed(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Toy, "instead", instead)
    company.server.faults.append(refused(SECOND_PAGE))
    assert not company.pull(full=True).complete
    assert edited(company) == set(ON_LATER_PAGES)
    company.server.faults.clear()
    company.asked_since()
    assert company.pull().complete
    asked = company.asked_since()
    assert f"GET {SECOND_PAGE}" in asked and not any("/notes/" in one for one in asked)


def test_what_another_way_could_not_get_either_is_owed(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Toy, "instead", instead)
    company.server.faults += [refused(SECOND_PAGE), refused(f"{SECOND_PAGE}&another")]
    assert not company.pull(full=True).complete
    assert not company.pull().complete
    assert edited(company) == set()
    company.server.faults.pop()
    assert not company.pull().complete
    assert edited(company) == set(ON_LATER_PAGES)
