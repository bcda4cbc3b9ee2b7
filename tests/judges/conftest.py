"""What the judges are given: two companies, one pulled from a sandbox, one invented to be as hostile as can be."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox import MegaplanSandbox

from crmexport.archive import Archive
from crmexport.archive.replay import connector_of
from crmexport.mapping import load_source_mapping
from crmexport.mapping.to import Table
from crmexport.pull import pull
from crmexport.source import Account, Credentials
from crmexport.target import Output, Target, export, load_target, target_names
from crmexport.target.job import Job
from crmexport.target.workshop import workshop
from crmexport.watch import nobody
from tests.target.invented import HeldArchive, Mapped
from tests.target.leaving import leaving
from tests.target.test_xlsx import HOSTILE


class Company(NamedTuple):
    """An archive, and what reads it."""

    archive: Any
    connector: Any
    mapping: Any


class Written(NamedTuple):
    """A table as it was meant, the file it was written to, and the number of its sheet there."""

    target: Target
    table: Table
    path: Path
    sheet: int

    @property
    def name(self) -> str:
        """What to call it."""
        return f"{self.path.parent.name}-{self.path.stem}"


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    folder = tmp_path_factory.mktemp("sandbox")
    box = MegaplanSandbox(cards=60, tasks=60, comments=60)
    with box.running() as url:
        assert pull(folder / "archive", Megaplan(Account(url)), Credentials(token=box.token), rate=0).complete
    with Archive.open(folder / "archive") as archive:
        yield Company(archive, connector_of(archive), load_source_mapping("megaplan"))


@pytest.fixture
def invented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    entities = leaving()
    entities["deal"] += [
        {"source_id": f"h{n}", "name": text} for n, text in enumerate(HOSTILE) if "\t" not in text
    ]
    monkeypatch.setattr("crmexport.target.workshop.MappedArchive", lambda *_given: Mapped(entities))
    (tmp_path / "held").mkdir()
    return Company(HeldArchive(tmp_path / "held"), None, None)


@pytest.fixture(params=["sandbox", "invented"])
def company(request: pytest.FixtureRequest) -> Company:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def targets_of(form: str) -> list[Target]:
    """The targets of a format; CSV as Excel opens it is one more."""
    found = [load_target(name) for name in target_names()]
    found += [Target("csv-excel", load_target("csv", excel=True).layout)]
    return [target for target in found if target.layout.format == form]


def written(company: Company, form: str, out: Path) -> list[Written]:
    """Export all targets of a format; what was meant, table by table."""
    targets = targets_of(form)
    outputs = export(*company, targets, out, lang="ru")
    with workshop(*company, "ru") as shop:
        targets = [shop.placed(target) for target in targets]
        shop.prepare(targets, nobody)
        return [
            one
            for target in targets
            for one in _of(
                Job(shop, target, out), [output for output in outputs if output.target == target.name]
            )
        ]


def _of(job: Job, outputs: list[Output]) -> Iterator[Written]:
    tables = job.tables()
    if job.target.layout.format == "xlsx" and job.target.layout.workbook != "each":
        for place, table in enumerate(tables, start=1):
            yield Written(job.target, _held(table), job.root / outputs[0].path, place)
        return
    for table in tables:
        (output,) = [output for output in outputs if output.table == table.name]
        yield Written(job.target, _held(table), job.root / output.path, 0)


def _held(table: Table) -> Table:
    lines = list(table.lines())
    table.lines = lambda: iter(lines)
    return table
