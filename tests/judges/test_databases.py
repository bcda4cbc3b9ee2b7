"""MariaDB and DuckDB hold the very cells that were meant, and are given them anew."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from crmexport.errors import OutputError
from crmexport.model import Money, Ref
from crmexport.target import compare, export, load_target
from tests.judges import mariadb
from tests.target.invented import Entities, HeldArchive, Mapped, entities, moment
from tests.target.test_xlsx import HOSTILE

pytestmark = pytest.mark.judge
IDS = ["a", "A", "é", "e", "е", "ё", "😀", "😁", "a\\", "a'", "%s", "ﬀ", "ff", "", "я" * 255]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with mariadb.running(tmp_path_factory.mktemp("mariadb")) as address:
        yield address


@pytest.fixture
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    name: str = request.param
    return f"duckdb:///{tmp_path / 'x.duckdb'}" if name == "duckdb" else request.getfixturevalue("server")


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Entities:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    found = entities()
    monkeypatch.setattr("crmexport.target.workshop.MappedArchive", lambda *_given: Mapped(found))
    found["company"] += [
        {"source_id": id, "name": f"{id} ", "description": text, "tags": [Ref("tag", id, "x")]}
        for id, text in zip(IDS, [*HOSTILE, "ы" * 3_000_000, "😀" * 30_000], strict=True)
    ]
    found["deal"] += [
        {"source_id": f"d{id}"[:255], "company": Ref("company", id), "created_at": moment(f"{year}+00:00")}
        for id, year in zip(IDS, ["0001-01-02T00:00:00", "9999-12-31T23:59:59.999999"] * 8, strict=False)
    ]
    sums = ["0.1", "-1E+27", "1234567890123456789012345678.0123456789", "0.12345678901", "1022975.2999999999"]
    found["payment"] = [
        {"source_id": str(n), "sum": Money(Decimal(sum), "RUB"), "date": date(1, 1, 1)}
        for n, sum in enumerate(sums)
    ]
    return found


@pytest.mark.parametrize("address", ["mariadb", "duckdb"], indirect=True)
def test_every_cell_is_there_and_again(address: str, made: Entities, tmp_path: Path) -> None:
    (tmp_path / "held").mkdir()
    archive: Any = HeldArchive(tmp_path / "held")
    connector: Any = None
    out = tmp_path / "out"
    for _time in range(2):
        (told, *_files) = export(archive, connector, connector, [load_target(address)], out, lang="ru")
        assert told.notes["moved_fields.sum"] == 1
        assert list(compare(archive, connector, connector, out)) == []
        made["company"].pop()
    with create_engine(address, poolclass=NullPool).begin() as connection:
        connection.execute(text("UPDATE payments SET sum = sum + 0.0000000001 WHERE id = '4'"))
    assert "payments.sum" in {one.column for one in compare(archive, connector, connector, out)}
    if "duckdb" in address:
        return
    made["company"].append({"source_id": "я" * 256})
    with pytest.raises(OutputError, match="too long"):
        export(archive, connector, connector, [load_target(address)], out, lang="ru")
    made["company"].pop()
    export(archive, connector, connector, [load_target(address)], out, lang="ru")
