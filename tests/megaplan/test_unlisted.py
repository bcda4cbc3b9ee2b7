"""What no list of Megaplan shows (operations, articles, rows of consignments, people whom lists hide) is read again, and missed when it is gone."""

from pathlib import Path

import pytest
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox

from crmexport.archive import Archive
from tests.faults.holding import wrong
from tests.faults.inprocess import Sandboxed, in_order, pulled
from tests.toy import TestClock

WEEK = 8 * 24 * 3600.0
EDITED = {"finOperation": "description", "knowledgeArticle": "name", "consignmentRow": "price"}
HIDING = Behaviour(
    employee_list_hides_fired=True, contractor_list_hides_dropped=True, todo_list_hides_finished=True
)


class Account:
    """An account after a first pull of it."""

    def __init__(self, folder: Path, behaviour: Behaviour) -> None:
        self.folder = folder
        self.box = MegaplanSandbox(cards=100, tasks=30, comments=40, behaviour=behaviour)
        self.adapter = Sandboxed(self.box, TestClock())
        self.pull()

    def pull(self, *, full: bool = False) -> None:
        """A week later; complete, and true."""
        self.adapter.clock.now += WEEK
        with in_order():
            assert pulled(self.folder, self.adapter, full=full).complete
        assert wrong(self.folder, self.box) == []

    def unlisted(self, stream: str) -> list[str]:
        """The ids of held records that no list shows."""
        with Archive.open(self.folder) as archive:
            line = "SELECT id FROM records WHERE stream = ? AND listed = 0 ORDER BY id"
            return [id for (id,) in archive.database.connection.exec_driver_sql(line, (stream,))]


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    return Account(tmp_path / "archive", HIDING)


@pytest.mark.parametrize("full", [False, True])
def test_what_no_list_shows_is_read_again(account: Account, full: bool) -> None:
    seen = set()
    for stream in (
        "finOperation",
        "knowledgeArticle",
        "consignmentRow",
        "employee",
        "contractorCompany",
        "todo",
    ):
        for id in account.unlisted(stream)[:1]:
            account.box.edits.change_quietly(stream, id, **{EDITED.get(stream, "name"): f"Новое {id}"})
            seen.add(stream)
    assert len(seen) >= 4
    account.pull(full=full)


@pytest.mark.parametrize("full", [False, True])
def test_what_no_list_shows_is_missed_when_it_is_gone(account: Account, full: bool) -> None:
    gone = account.unlisted("finOperation")[-1]
    account.box.edits.remove("finOperation", gone)
    account.pull(full=full)
    with Archive.open(account.folder) as archive:
        assert archive.deleted() == {"finOperation": 1}


def test_the_rest_of_a_change_shown_in_part_comes_whenever_the_change_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And not only with the pull that asks for everything."""
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    account = Account(tmp_path / "archive", Behaviour(cuts_changes=True))
    for line in list(account.box.truth(["task"]))[:6]:
        account.box.edits.change("task", line["id"], name=f"Новое {line['id']}")
    account.pull()


def test_histories_that_a_source_never_gives_are_no_loss_of_a_later_pull(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    folder = tmp_path / "archive"
    adapter = Sandboxed(
        MegaplanSandbox(cards=60, tasks=30, comments=40, behaviour=Behaviour(contractor_history=False)),
        TestClock(),
    )
    for _night in range(2):
        with in_order():
            assert pulled(folder, adapter).complete
        adapter.clock.now += WEEK / 8
        (client, *_more) = adapter.box.truth(["contractorCompany"])
        adapter.box.edits.change("contractorCompany", client["id"], name="Новое")
