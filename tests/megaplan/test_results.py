"""What an event came to is a comment, whose words files show with the event: they are those that it has now."""

from pathlib import Path

from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox

from crmexport.archive import Archive
from crmexport.mapping import MappedArchive, load_source_mapping
from crmexport.source import Account
from tests.faults.inprocess import URL
from tests.megaplan.nightly import Nightly


def results(folder: Path) -> dict[str, str]:
    """Of each event that came to something, what that was."""
    with Archive.open(folder) as archive:
        mapped = MappedArchive(archive, Megaplan(Account(URL)), load_source_mapping("megaplan"))
        found = mapped.iterate("activity", {"result"})
        return {one["source_id"]: one["result"] for one in found if one.get("result")}


def test_a_result_that_was_written_anew_is_told_anew(tmp_path: Path) -> None:
    office = Nightly(tmp_path / "archive", MegaplanSandbox(cards=24, tasks=20, comments=24))
    assert office.pulled().complete
    event, before = next((id, words) for id, words in results(office.folder).items() if id.isdecimal())
    account = office.box.account
    told = account.body("Todo", account.todo_kind.index(event))["resultComment"]
    office.box.edits.change("comment", told["id"], content="<p>Перезвонить в мае</p>")
    assert office.pulled().complete
    assert results(office.folder)[event] == "Перезвонить в мае" != before
