"""What records name and no list shows is asked for by itself; where that may be the history of a whole company, it is not."""

from pathlib import Path

from crmexport.archive import Archive
from tests.odoo.firm import Firm


def test_changes_in_other_apps_do_not_fetch_their_messages(tmp_path: Path) -> None:
    """Each would cost four questions, and an accounting tells of more changes than a CRM."""
    firm = Firm(tmp_path / "a")
    messages, changes = firm.box.records["mail.message"], firm.box.records["mail.tracking.value"]
    for number in range(101, 121):
        messages[number] = messages[4] | {"id": number, "model": "account.move"}
        changes[number] = changes[1] | {"id": number, "mail_message_id": number}
    with firm:
        assert firm.pull().complete
    assert not [asked for asked in firm.asked if b"mail.message/10" in asked.body]
    with Archive.open(firm.folder) as archive:
        assert {id for id, *_more in archive.records("mail.tracking.value")} >= set(map(str, range(101, 121)))
        assert archive.counts()["mail.message"] == 9
