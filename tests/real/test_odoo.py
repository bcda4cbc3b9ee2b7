"""Leaving a real Odoo: filled through its own API, pulled by the command line, exported, and proven complete.

Run by `make test-real`. The first run fetches Odoo and takes minutes; later ones about two.
"""

import csv
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from crmexport.archive import Archive
from tests.real.filling import COMPANIES, LEADS, ORDERS, PEOPLE, TASKS, Client, Filled, fill
from tests.real.odoo_server import Access, odoo_server

NOT_GIVEN = {
    ("res.partner", "other companies"),  # a barcode may be another one in each
    ("product.product", "other companies"),  # a price
    ("product.template", "other companies"),
    ("project.task", "hidden"),  # Odoo makes a first to-do for everybody, and stages for it
    ("project.task.type", "hidden"),
}
pytestmark = pytest.mark.real

DOCUMENTS = [
    "res.users",
    "res.partner",
    "res.partner.category",
    "crm.team",
    "crm.stage",
    "crm.tag",
    "crm.lead",
    "project.project",
    "project.task.type",
    "project.tags",
    "project.task",
    "sale.order",
    "sale.order.line",
    "product.product",
    "product.template",
    "mail.activity",
]
SELDOM = [
    "calendar.event",
    "calendar.event.type",
    "mail.tracking.value",
    "project.milestone",
    "project.update",
    "rating.rating",
    "res.partner.bank",
]
EVERYTHING = {model: [] for model in DOCUMENTS} | {"mail.message": [["model", "in", DOCUMENTS + SELDOM]]}
# seconds in a stage up to the moment of reading, a delivery from now on: never the same twice
TICKING = {"duration_tracking", "expected_date"}
CHUNK = 200
COMPLETE, GAPS = 0, 3


@dataclass
class Company:
    """A running server with an invented company in it, and what was put there."""

    access: Access
    client: Client
    filled: Filled
    settings: dict[str, Any]


@pytest.fixture(scope="module")
def company() -> Iterator[Company]:
    with odoo_server() as access:
        client = Client(access)
        filled = fill(client)
        companies = client.call("res.company", "search_read", domain=[], fields=["id"], order="id")
        language = client.call("res.users", "context_get")["lang"]
        settings = {
            "active_test": False,
            "lang": language,
            "allowed_company_ids": [one["id"] for one in companies],
        }  # fields that differ by company are the first one's
        yield Company(access, client, filled, settings)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("odoo")


@pytest.fixture(scope="module")
def archive(company: Company, place: Path) -> Iterator[Archive]:
    """The archive of one pull; the server is the same before and after it."""
    before = state(company)
    assert pull(company, place / "archive") == COMPLETE
    assert state(company) == before, "a pull changes nothing at the source"
    with Archive.open(place / "archive") as opened:
        yield opened


def crmexport(*words: object, **secrets: str) -> int:
    """Run the command as a person would; its exit code. What it wrote is shown when the test fails."""
    ours = ("CRMEXPORT_TOKEN", "CRMEXPORT_LOGIN", "CRMEXPORT_PASSWORD")
    environment = {name: value for name, value in os.environ.items() if name not in ours}
    program = Path(sys.executable).with_name("crmexport")
    ran = subprocess.run([str(program), *map(str, words)], env={**environment, **secrets}, check=False)
    return ran.returncode


def pull(company: Company, archive: Path, *more: str, **secrets: str) -> int:
    given = secrets or {"CRMEXPORT_TOKEN": company.access.key}
    where = ["--source", "odoo", "--url", company.access.url, "--archive", archive]
    return crmexport("pull", *where, "--rate", "0", *more, **given)


def state(company: Company) -> dict[str, Any]:
    """How many records there are of each model, and when the last one changed."""
    found = {}
    for model in [*EVERYTHING, "ir.attachment"]:
        named = {"domain": [["id", ">", 0]], "context": company.settings}
        count = company.client.call(model, "search_count", **named)
        last = company.client.call(
            model, "search_read", **named, fields=["write_date"], order="write_date desc", limit=1
        )
        found[model] = (count, last)
    return found


def held(archive: Archive, stream: str) -> dict[int, dict[str, Any]]:
    return {int(id): json.loads(body) for id, body, *_more in archive.records(stream)}


def still(records: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The records without what ticks."""
    return {
        number: {name: value for name, value in record.items() if name not in TICKING}
        for number, record in records.items()
    }


@pytest.mark.parametrize("model", [*EVERYTHING, *SELDOM])
def test_counts(company: Company, archive: Archive, model: str) -> None:
    """Odoo's own count of every model is what is held."""
    domain = EVERYTHING.get(model, [])
    count = company.client.call(model, "search_count", domain=domain, context=company.settings)
    assert archive.counts().get(model, 0) == count


def test_there_is_enough_to_count(archive: Archive) -> None:
    """The filling arrived: more than one page of contacts and of messages."""
    counts = archive.counts()
    assert counts["res.partner"] > COMPANIES + PEOPLE
    assert counts["crm.lead"] == LEADS
    assert counts["project.task"] >= TASKS
    assert counts["mail.message"] > 1000


@pytest.mark.parametrize("model", [*EVERYTHING, "ir.attachment"])
def test_every_field_of_every_record(company: Company, archive: Archive, model: str) -> None:
    """A second, plain reading of the same records gives the same values, field by field."""
    records = held(archive, model)
    assert records
    numbers = sorted(records)
    for start in range(0, len(numbers), CHUNK):
        chunk = numbers[start : start + CHUNK]
        fields = sorted(records[chunk[0]].keys() - TICKING)
        again = company.client.call(model, "read", ids=chunk, fields=fields, context=company.settings)
        kept = {number: {name: records[number][name] for name in fields} for number in chunk}
        assert {value["id"]: value for value in again} == kept


@pytest.mark.parametrize("model", DOCUMENTS)
def test_every_stored_field_is_asked_for(company: Company, archive: Archive, model: str) -> None:
    """Nothing that Odoo stores is left out but binary fields, which are held as files, and keys that open something."""
    definitions = company.client.call(model, "fields_get", context=company.settings)
    stored = {name for name, told in definitions.items() if told["store"] and told["type"] != "binary"}
    held_fields = set(next(iter(held(archive, model).values())))
    assert stored - held_fields <= {"access_token"}
    assert {name for name in definitions if name.startswith("x_")} <= held_fields


def test_definitions_of_own_fields(archive: Archive) -> None:
    """The company's own fields are described, with their titles."""
    described = {id: json.loads(body) for id, body, *_more in archive.records("fields")}
    kinds = [
        "char",
        "integer",
        "float",
        "boolean",
        "date",
        "datetime",
        "text",
        "selection",
        "many2one",
        "many2many",
    ]
    for model in ("res.partner", "crm.lead", "project.task"):
        for kind in kinds:
            field = described[f"{model}.x_{kind}"]
            assert (field["type"], field["string"], field["manual"]) == (kind, f"Своё поле {kind}", True)


@pytest.mark.parametrize("model", ["res.partner", "crm.lead", "project.task"])
def test_archived_records(company: Company, archive: Archive, model: str) -> None:
    """What Odoo hides because it was archived is held."""
    records = held(archive, model)
    assert company.filled.archived[model]
    assert not any(records[number]["active"] for number in company.filled.archived[model])


@pytest.mark.parametrize("model", ["res.partner", "crm.lead"])
def test_records_of_the_other_company(company: Company, archive: Archive, model: str) -> None:
    """What Odoo hides because it belongs to the user's second company is held."""
    assert company.filled.of_branch[model]
    assert set(company.filled.of_branch[model]) <= set(held(archive, model))


def test_files(company: Company, archive: Archive) -> None:
    """Every attachment's bytes are the ones put in; pictures are files, too; nothing is held only by name."""
    files = {int(file.id): file for file in archive.files()}
    for number, content in company.filled.files.items():
        path = files[number].path
        assert path is not None and path.read_bytes() == content
    assert all(file.path is not None for file in files.values())
    pictures = [file for file in files.values() if file.meta["res_field"] == "image_1920"]
    assert {owner for file in pictures for owner in file.owners} >= {("res.partner", "1")}


def test_an_attachment_that_only_a_message_names(company: Company, archive: Archive) -> None:
    """A letter's enclosure belongs to no record; the message names it, and so it is fetched."""
    lone = [file for file in archive.files() if file.name == "вложение письма.txt"]
    assert [file.owners for file in lone] == [[("ir.attachment", lone[0].id)]]


def test_the_archive_is_whole(archive: Archive) -> None:
    """No loss, no flipped byte. What Odoo does not give is named: fields worked out from a hidden one, and values of the
    second company.
    """
    gaps = archive.gaps()
    assert not any(gap.kind.is_loss for gap in gaps)
    assert {(gap.stream, gap.id) for gap in gaps if gap.stream != "fields"} == NOT_GIVEN
    assert list(archive.check()) == []


def test_export_and_proof(company: Company, archive: Archive, place: Path) -> None:
    """All targets are written, every cell reads back, and the report says: complete."""
    out = place / "out"
    targets = [word for target in ("excel", "csv", "bitrix24", "raw") for word in ("--to", target)]
    assert crmexport("export", "--archive", archive.folder, *targets, "--out", out) == COMPLETE
    proof = ["verify", "--archive", archive.folder, "--out", out]
    assert crmexport(*proof, CRMEXPORT_TOKEN=company.access.key) == COMPLETE
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["complete"] is True
    assert {gap["kind"] for gap in report["gaps"]} == {"not_given"}
    assert all(output["verified"] for output in report["outputs"])
    assert not any(stream["unexplained"] for stream in report["streams"].values())
    with (out / "csv" / "record.csv").open(encoding="utf-8", newline="") as file:
        orders = [row for row in csv.DictReader(file) if row["Kind"] == "sale.order"]
    assert len(orders) == ORDERS and all(len(json.loads(row["Linked to"])) == 2 for row in orders)
    escaped = [path for path in out.rglob("*") if not path.resolve().is_relative_to(out.resolve())]
    assert escaped == []


def test_the_older_protocol(company: Company, archive: Archive, place: Path) -> None:
    """JSON-RPC, signed in to with login and password, holds exactly the same."""
    access = company.access
    secrets = {"CRMEXPORT_LOGIN": access.login, "CRMEXPORT_PASSWORD": access.password}
    options = ["--set", "api=jsonrpc", "--set", f"database={access.database}"]
    assert pull(company, place / "jsonrpc", *options, **secrets) == COMPLETE
    with Archive.open(place / "jsonrpc") as other:
        assert other.counts() == archive.counts()
        for model in ("res.partner", "crm.lead", "project.task", "mail.message"):
            assert still(held(other, model)) == still(held(archive, model))
        assert {file.id: file.sha256 for file in other.files()} == {
            file.id: file.sha256 for file in archive.files()
        }


def test_a_user_with_few_rights(company: Company, place: Path) -> None:
    """What Odoo refuses to a seller is told by name, and the pull does not call itself complete."""
    group = company.client.reference("base.group_user")
    seller = {
        "name": "Продавец",
        "login": "seller",
        "password": "seller-1234",
        "group_ids": [[6, 0, [group]]],
    }
    company.client.create("res.users", [seller])
    secrets = {"CRMEXPORT_LOGIN": "seller", "CRMEXPORT_PASSWORD": "seller-1234"}
    options = ["--set", "api=jsonrpc", "--set", f"database={company.access.database}"]
    assert pull(company, place / "seller", *options, **secrets) == GAPS
    with Archive.open(place / "seller") as few:
        refused = {(gap.stream, gap.id) for gap in few.gaps()}
        assert ("fields", "res.users.log_ids") in refused
        assert any(stream == "crm.lead" for stream, _id in refused)
        assert few.counts()["res.partner"] > 0


def test_a_later_pull(company: Company, place: Path) -> None:
    """Only what changed is fetched: a new name, a new lead; what was deleted stays in the archive."""
    with Archive.open(place / "archive") as before:
        leads = held(before, "crm.lead")
    gone, renamed = sorted(leads)[100:102]
    company.client.call("crm.lead", "write", ids=[renamed], vals={"name": "Новое имя"})
    company.client.call("crm.lead", "unlink", ids=[gone])
    (new,) = company.client.create("crm.lead", [{"name": "Новая сделка"}])
    assert pull(company, place / "archive") in (COMPLETE, GAPS)
    with Archive.open(place / "archive") as after:
        now = held(after, "crm.lead")
    assert now[renamed]["name"] == "Новое имя"
    assert now[new]["name"] == "Новая сделка"
    assert now[gone] == leads[gone]
