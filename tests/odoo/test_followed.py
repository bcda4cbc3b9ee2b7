"""What records name and no list shows is asked for by itself; where that may be the history of a whole company, it is not."""

from pathlib import Path

from crmexport_odoo import Odoo

from crmexport.archive import Archive
from crmexport.mapping import MappedArchive, load_source_mapping
from crmexport.source import Account
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


def test_pictures_and_messages_of_products_hang_on_their_templates(tmp_path: Path) -> None:
    """A product shows the picture of its template, which Odoo keeps at the template alone."""
    firm = Firm(tmp_path / "a")
    place = {"res_model": "product.template", "res_id": 2, "res_field": "image_1920"}
    firm.box.records["ir.attachment"][3] |= place
    firm.box.records["mail.message"][5] |= {"model": "product.template", "res_id": 2}
    with firm:
        assert firm.pull().complete
    with Archive.open(firm.folder) as archive:
        assert archive.counts()["product.template"] == 3
        (picture,) = [file for file in archive.files() if file.id == "3"]
        assert picture.path is not None and picture.owners == [("product.template", "2")]
        odoo = Odoo(Account("https://firm.example", {}))
        mapped = MappedArchive(archive, odoo, load_source_mapping("odoo"))
        assert {file["name"]: file["attached_to"] for file in mapped.iterate("file")}["CON.bin"]
