"""A module that is paid for no more is "not there", nor are its records: what was pulled of it before stays, and is told as missing."""

from pathlib import Path

import pytest
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox

from crmexport.archive import Archive
from crmexport.pull import PullResult
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import GapKind
from tests.faults.holding import wrong
from tests.faults.inprocess import Sandboxed
from tests.lives.lived import Killed
from tests.megaplan.nightly import Nightly

LATE = 1_780_000_000.0  # after all that is held was made
NOT_THERE = Answer(404, b'{"meta":{"status":404,"errors":[{"message":"no route"}]},"data":null}')


def is_of(module: str, asked: Asked) -> bool:
    return f"{asked.path}/".startswith(f"/api/v3/{module}/")


class Account(Nightly):
    """One whose routes of the module `off` are not there. Nothing travels in batches, so that each question passes by."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, MegaplanSandbox(40, 20, 40, behaviour=Behaviour(bulk="off", page_cap=10)))
        self.adapter.clock.now = LATE
        self.adapter.strikes.append(self._strike)
        self.off = ""

    def _strike(self, _number: int, asked: Asked, _adapter: Sandboxed) -> Answer | None:
        return NOT_THERE if self.off and is_of(self.off, asked) else None

    def pull(self, off: str = "") -> PullResult:
        """A night later."""
        self.off = off
        return self.pulled()

    def held(self, stream: str) -> int:
        with Archive.open(self.folder) as archive:
            return archive.counts().get(stream, 0)

    def gaps_of(self, stream: str) -> dict[str, GapKind]:
        return {gap.id: gap.kind for gap in self.gaps() if gap.stream == stream}


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    return Account(tmp_path / "archive")


def test_nothing_is_deleted_and_the_list_is_missing_until_it_comes_again(account: Account) -> None:
    assert account.pull().complete
    before = account.held("offer")
    for _night in range(2):
        assert not account.pull(off="offer").complete
        assert account.held("offer") == before > 0
        assert account.gaps_of("offer") == {"": GapKind.REFUSED}
    assert account.pull().complete
    assert (account.held("offer"), account.gaps_of("offer")) == (before, {})


def test_what_was_never_there_is_no_loss_on_any_night(account: Account) -> None:
    for _night in range(3):
        assert account.pull(off="offer").complete
        assert account.gaps_of("offer")["list /offer"] is GapKind.NOT_GIVEN
    assert account.pull().complete
    assert account.held("offer") > 0


@pytest.mark.parametrize("nights", [1, 3])
def test_what_only_links_show_of_a_module_comes_with_it(account: Account, nights: int) -> None:
    """Finished events stand in the lists of records alone. Their cards "are not there" while the module is not, either."""
    account.box = account.adapter.box = MegaplanSandbox(
        40, 20, 40, behaviour=Behaviour(bulk="off", todo_list_hides_finished=True)
    )
    for _night in range(nights):
        assert not account.pull(off="todo").complete
    assert account.pull().complete
    assert wrong(account.folder, account.box) == []


@pytest.mark.parametrize("killed", [False, True])
@pytest.mark.parametrize("module", ["callInfo", "message", "fileStorage"])
def test_a_module_that_comes_later_comes_whole(account: Account, module: str, killed: bool) -> None:
    """Its list is asked for what is new alone, night after night, and the first night did not get the rest."""
    assert account.pull(off=module).complete
    if killed:
        account.adapter.strikes.append(Killer(module))
        with pytest.raises(Killed):
            account.pull()
        account.adapter.strikes.pop()
    assert account.pull().complete
    assert wrong(account.folder, account.box) == []


def test_what_is_gone_of_it_stays_gone(account: Account) -> None:
    """A link leads to it, so it is asked for when its list comes; once is enough."""
    account.box.edits.remove("callInfo", "9002")
    assert account.pull(off="callInfo").complete
    account.adapter.asked.clear()
    assert account.pull().complete
    assert account.gaps_of("callInfo") == {"9002": GapKind.VANISHED}
    assert [asked.path for asked in account.adapter.asked].count("/api/v3/callInfo/9002") == 1


class Killer:
    """Strikes at the request after the last of a module."""

    def __init__(self, module: str) -> None:
        self._module, self._is_asked = module, False

    def __call__(self, _number: int, asked: Asked, _adapter: Sandboxed) -> None:
        is_of_it = is_of(self._module, asked)
        if self._is_asked and not is_of_it:
            raise Killed
        self._is_asked |= is_of_it
