"""Fields that come no more: told when several records lack them and none has them, and then as long as any lacks them."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from crmexport.archive import Archive
from crmexport.archive.earlier import Fields
from crmexport.archive.withheld import Withheld, noted, withheld
from tests.pull.test_sealing import HOUR, Company
from tests.toy import Toy

HIDDEN = [Withheld("thing", "salary", "1")]


def lacked(stream: str, before: Fields, now: Fields) -> Iterable[str]:
    return {"salary"} & before.keys() - now.keys()


class Paying(Company):
    """Whose things have a salary each, which may be hidden of some."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        for id in self.server.things:
            self.server.things[id]["salary"] = 100
        self.pull()

    def say(self, ids: str, **values: object) -> None:
        """Pull when these have changed, without a salary unless it is given."""
        for id in ids.split():
            self.server.things[id].pop("salary", None)
            self.change(id, **values)
        self.pull()

    def withheld(self) -> list[Withheld]:
        with Archive.open(self.place, alone=True) as archive, archive.database.transaction():
            found = withheld(archive.database, lacked)
            assert noted(archive.database) == ({"thing": {"salary"}} if found else {})
            return found


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paying:
    monkeypatch.setattr(Toy, "missing_fields", staticmethod(lacked))  # each pull looks, too
    return Paying(tmp_path / "archive")


def test_a_field_is_withheld_when_several_lack_it_and_none_has_it(company: Paying) -> None:
    company.say("1 2", name="changed")
    assert company.withheld() == []
    company.say("3", name="changed")
    assert company.withheld() == HIDDEN


def test_a_field_that_one_has_that_changed_is_withheld_from_nobody(company: Paying) -> None:
    """The others were emptied by people."""
    company.change("4", salary=200)
    company.say("1 2 3", name="changed")
    assert company.withheld() == []


def test_it_stays_so_until_the_last_that_lacks_it_has_it_again(company: Paying) -> None:
    company.say("1 2 3", name="changed")
    assert company.withheld() == HIDDEN
    company.say("2 3", salary=200)
    company.say("1", name="changed once more")
    assert company.withheld() == HIDDEN
    company.say("1", salary=200)
    assert company.withheld() == []


def test_what_is_deleted_lacks_nothing(company: Paying) -> None:
    """Else it would be told for ever: a deleted record never comes with its fields again."""
    company.say("1 2 3", name="changed")
    assert company.withheld() == HIDDEN
    for id in "123":
        company.delete(id)
    company.clock.now += 8 * 24 * HOUR  # then a sweep is due
    company.pull()
    assert company.deleted()["thing"] == 3
    assert company.withheld() == []
