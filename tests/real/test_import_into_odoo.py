"""Arriving in a real Odoo: what was exported of an invented Megaplan is imported as people do it, twice, and compared cell by cell.

Run by `make test-real`.
"""

import csv
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.filling import Client
from tests.real.importing import PREFIX, Imported, Importer
from tests.real.odoo_server import odoo_server

pytestmark = pytest.mark.real

MODELS = {
    "01_res_partner_category": "res.partner.category",
    "02_crm_tag": "crm.tag",
    "03_project_tags": "project.tags",
    "04_res_partner_companies": "res.partner",
    "05_res_partner_people": "res.partner",
    "06_crm_team": "crm.team",
    "07_crm_stage": "crm.stage",
    "08_crm_lead": "crm.lead",
    "09_project_project": "project.project",
    "09_project_project_rest": "project.project",
    "10_project_task": "project.task",
    "11_calendar_event": "calendar.event",
}
# Odoo shows the words of these, takes the address of a company from the first person in it, and strips names.
SHOWN_OTHERWISE = {"type", "state", "priority"}
MADE_BY_ODOO = {"street"}
Rows = list[dict[str, str]]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The files for Odoo, in the order of their import."""
    place = tmp_path_factory.mktemp("megaplan")
    program = Path(sys.executable).with_name("crmexport")
    archive, out = str(place / "demo" / "archive"), str(place / "out")
    subprocess.run([program, "demo", "--cards", "300", "--out", str(place / "demo")], check=True)
    words = ["--archive", archive, "--to", "odoo", "--out", out, "--zone", "Europe/Moscow"]
    subprocess.run([program, "export", *words], check=True)
    return {path.stem: path for path in sorted((place / "out" / "odoo").glob("*.csv"))}


@pytest.fixture(scope="module")
def arrived(files: dict[str, Path]) -> Iterator[tuple[Importer, list[dict[str, Imported]]]]:
    """Whoever imported, and what Odoo said of each file, the first time and the second."""
    with odoo_server() as access:
        client = Client(access)
        for number, name in enumerate(sorted(people(files))):
            client.create("res.users", [{"name": name, "login": f"user{number}"}])
        importer = Importer(access)
        yield (
            importer,
            [{name: importer.load(MODELS[name], path) for name, path in files.items()} for _time in "12"],
        )


def rows_of(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def people(files: dict[str, Path]) -> set[str]:
    """Those whom README.txt asks to be made before the import."""
    rows = [row for path in files.values() for row in rows_of(path)]
    return {row[key] for row in rows for key in ("user_id", "user_ids") if row.get(key)}


def test_every_file_is_there(files: dict[str, Path]) -> None:
    assert files.keys() == MODELS.keys()


@pytest.mark.parametrize("name", MODELS)
def test_no_file_is_refused(
    files: dict[str, Path], arrived: tuple[Importer, list[dict[str, Imported]]], name: str
) -> None:
    """Neither when it comes first nor when it comes again; and Odoo finds every column by its heading."""
    for told in (time[name] for time in arrived[1]):
        assert told.complaints == []
        assert told.records == len(rows_of(files[name]))
        assert [heading for heading, field in told.fields.items() if field == "False"] == []


@pytest.mark.parametrize("model", sorted(set(MODELS.values())))
def test_a_second_import_doubles_nothing(
    files: dict[str, Path], arrived: tuple[Importer, list[dict[str, Imported]]], model: str
) -> None:
    meant = {row["id"] for name, path in files.items() if MODELS[name] == model for row in rows_of(path)}
    assert arrived[0].known(model).keys() == meant


@pytest.mark.parametrize("name", MODELS)
def test_odoo_says_what_the_file_said(
    files: dict[str, Path], arrived: tuple[Importer, list[dict[str, Imported]]], name: str
) -> None:
    """Cell by cell, as Odoo's own export writes it."""
    importer, times = arrived
    rows, known = rows_of(files[name]), importer.known(MODELS[name])
    headings = [one for one in rows[0] if one not in SHOWN_OTHERWISE | MADE_BY_ODOO]
    fields = [times[0][name].fields[heading] for heading in headings]
    shown = importer.exported(MODELS[name], [known[row["id"]] for row in rows], fields)
    found = [
        [same(cell, heading) for cell, heading in zip(line, headings, strict=True)]
        for line in shown
        if line[0]  # the further tags of a record stand in lines of their own
    ]
    assert found == [[same(row[heading], heading) for heading in headings] for row in rows]


def same(cell: object, heading: str) -> str:
    """A cell without what Odoo writes in its own way: no as nothing, whole numbers with a point, control characters as none."""
    text = {"True": "1", "False": ""}.get(str(cell), str(cell).replace(PREFIX, ""))
    if heading in ("active", "is_company", "is_won", "allday", "expected_revenue", "probability"):
        return re.sub(r"^0?$", "0", text.removesuffix(".0"))
    if heading.endswith("/id"):
        return ",".join(sorted(text.split(",")))
    return re.sub(r"[\x00-\x1f\x7f]", "", text).strip()
