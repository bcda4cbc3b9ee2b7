"""Notes and rows of tables carry no mark of change: a nightly pull finds what was written, deleted and moved among them all the same."""

from pathlib import Path

import pytest
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox

from crmexport.archive import Archive
from crmexport.source import GapKind
from tests.faults.holding import wrong
from tests.megaplan.nightly import Nightly


class Nights(Nightly):
    """An account of which every night is complete."""

    def __init__(self, folder: Path, **behaviour: object) -> None:
        super().__init__(folder, MegaplanSandbox(40, 20, 40, behaviour=Behaviour(**behaviour)))  # type: ignore[arg-type]

    def pull(self) -> None:
        """A night later; complete."""
        assert self.pulled().complete

    def deleted(self) -> dict[str, int]:
        with Archive.open(self.folder) as archive:
            return archive.deleted()

    def not_given(self) -> set[tuple[str, str]]:
        return {(gap.stream, gap.id) for gap in self.gaps() if gap.kind is GapKind.NOT_GIVEN}


@pytest.fixture
def nights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nights:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    nights = Nights(tmp_path / "archive")
    nights.pull()
    assert wrong(nights.folder, nights.box) == []
    return nights


def test_what_was_written_is_found(nights: Nights) -> None:
    edits = nights.box.edits
    edits.change("noteEdition", "n-1", text="<p>Новый текст</p>")
    edits.change("element", "w-1", title="Новое название")
    edits.change("widgetRow", "w-2.3", data=[], dataCount=0)
    edits.change("widgetField", "w-2.1", alias="Стоимость")
    nights.pull()
    assert wrong(nights.folder, nights.box) == []


def test_a_row_that_is_gone_is_marked_as_deleted(nights: Nights) -> None:
    for stream, id in (("widgetRow", "w-1.7"), ("widgetRow", "w-2.3"), ("widgetField", "w-2.10")):
        nights.box.edits.remove(stream, id)
    nights.pull()
    assert wrong(nights.folder, nights.box) == []
    assert nights.deleted() == {"widgetField": 1, "widgetRow": 2}
    nights.box.edits.restore("widgetRow", "w-1.7")
    nights.pull()
    assert wrong(nights.folder, nights.box) == []


def test_an_element_that_is_gone_is_marked_as_deleted_with_all_that_it_held(nights: Nights) -> None:
    nights.box.edits.remove("element", "n-1")
    nights.box.edits.remove("element", "w-2")
    nights.pull()
    assert wrong(nights.folder, nights.box) == []
    assert nights.deleted()["element"] == 2 and nights.deleted()["widgetRow"] == 4


def test_a_row_that_the_views_hide_is_not_taken_for_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    nights = Nights(tmp_path / "archive", views="filtered")
    nights.pull()
    table = ("widgetLayout", "element/w-1")
    assert table in nights.not_given()
    nights.box.edits.remove("widgetRow", "w-1.7")
    nights.pull()
    assert "widgetRow" not in nights.deleted() and table in nights.not_given()


@pytest.mark.parametrize(("spaces", "told"), [("absent", "list /spaces/space"), ("refused", "spaces")])
def test_an_account_without_spaces_is_complete_night_after_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spaces: str, told: str
) -> None:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    nights = Nights(tmp_path / "archive", spaces=spaces)
    for _night in range(2):
        nights.pull()
        assert nights.not_given() == {("element", told)}
