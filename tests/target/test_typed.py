"""JSON Lines of entities, Parquet and Singer messages hold every value with its type, and are read back."""

import io
import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow.parquet
import pytest

from crmexport.errors import OutputError
from crmexport.model import Money
from crmexport.target import Mismatch, Output, compare
from tests.target.invented import Entities

Export = Callable[..., list[Output]]
NAMES = ("jsonl", "parquet", "singer")


@pytest.fixture
def comparing(archive: Any, tmp_path: Path) -> Callable[[], list[Mismatch]]:
    return lambda: list(compare(archive, None, None, tmp_path / "out"))  # type: ignore[arg-type]


@pytest.fixture
def nasty(made: Entities) -> Entities:
    """Texts and numbers that JSON, Parquet or a database would stumble over."""
    made["company"] += [
        {
            "source_id": "n\0\ud800",
            "name": "a\r\n\u2028\x00\ud83d'=1+1",
            "prospects": Decimal("0.12345678901234567890123"),
            "balance": Money(Decimal("1e30"), ""),
            "custom": {"f": [True, Decimal("1.10"), {"a": None}], "\ud800": "x"},
        }
    ]
    return made


@pytest.mark.parametrize("name", NAMES)
def test_everything_is_read_back_as_meant(
    exporting: Export, nasty: Entities, comparing: Callable[[], list[Mismatch]], name: str
) -> None:
    exporting(name)
    assert comparing() == []


@pytest.mark.parametrize("name", NAMES)
def test_the_same_archive_gives_the_same_bytes(
    exporting: Export, nasty: Entities, tmp_path: Path, name: str
) -> None:
    found = []
    for place in ("a", "b"):
        outputs = exporting(name, out=tmp_path / place)
        found.append([(one.path, one.sha256) for one in outputs])
    assert found[0] == found[1]


def test_lines_are_whole_entities(exporting: Export, tmp_path: Path) -> None:
    exporting("jsonl")
    company = json.loads((tmp_path / "out/jsonl/company.jsonl").read_text(encoding="utf-8").splitlines()[0])
    assert company["owner"] == {"entity": "user", "id": "11", "title": "Иван Петров"}
    assert company["phones"][1] == {"number": "+7 903 1", "label": "мобильный"}
    assert company["balance"] == {"amount": 1250.5, "currency": "RUB"}
    assert company["created_at"] == "2025-03-10T06:00:00Z"
    assert company["custom"]["loose"] == {"a": [1, "x"]}
    fields = [
        json.loads(line)
        for line in (tmp_path / "out/jsonl/custom_fields.jsonl").read_text("utf-8").splitlines()
    ]
    assert fields[0] == {
        "entity": "company",
        "key": "f1",
        "label": "Скидка",
        "scope": "Опт",
        "type": "text",
    }


def test_parquet_has_types_and_titles(exporting: Export, nasty: Entities, tmp_path: Path) -> None:
    outputs = exporting("parquet")
    table = pyarrow.parquet.read_table(tmp_path / "out/parquet/companies.parquet")
    types = {field.name: str(field.type) for field in table.schema}
    assert (types["balance"], types["created_at"], types["is_deleted"], types["id"]) == (
        "decimal128(38, 10)",
        "timestamp[us, tz=UTC]",
        "bool",
        "string",
    )
    assert table.schema.field("owner_id").metadata[b"leads_to"] == b"users.id"
    first = table.to_pylist()[0]
    assert (first["balance"], first["created_at"]) == (
        Decimal("1250.5000000000"),
        datetime(2025, 3, 10, 6, tzinfo=UTC),
    )
    others = pyarrow.parquet.read_table(tmp_path / "out/parquet/company_custom.parquet").to_pylist()
    assert ("balance", "1000000000000000000000000000000") in [(one["key"], one["value"]) for one in others]
    assert {one.path for one in outputs if one.target == "parquet"} >= {"parquet/companies.parquet"}
    assert not (tmp_path / "out/parquet/tags.parquet").exists()
    assert next(one for one in outputs if one.target == "parquet").notes["moved_fields.balance"] == 1


def test_many_rows_are_written_in_groups(
    exporting: Export,
    made: Entities,
    comparing: Callable[[], list[Mismatch]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr("crmexport.target.parquet.write.GROUP", 40)
    made["deal"] = [{"source_id": str(n), "name": f"d{n}"} for n in range(100)]
    exporting("parquet")
    assert pyarrow.parquet.ParquetFile(tmp_path / "out/parquet/deals.parquet").num_row_groups == 3
    assert comparing() == []


def test_a_missing_library_is_a_sentence(exporting: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(OutputError, match="pip install"):
        exporting("parquet")


def test_every_record_is_what_its_stream_says(exporting: Export, nasty: Entities, tmp_path: Path) -> None:
    exporting("singer")
    lines = [json.loads(line) for line in (tmp_path / "out/singer/messages.jsonl").open(encoding="utf-8")]
    checks: dict[str, Any] = {}
    for line in lines:
        if line["type"] == "SCHEMA":
            jsonschema.Draft7Validator.check_schema(line["schema"])
            checks[line["stream"]] = jsonschema.Draft7Validator(line["schema"])
            assert line["key_properties"]
            assert set(line["key_properties"]) <= set(line["schema"]["properties"])
        elif line["type"] == "RECORD":
            checks[line["stream"]].validate(line["record"])
    assert lines[-1] == {
        "type": "STATE",
        "value": {"source": "https://romashka.example", "as_of": "2026-11-20T12:00:00Z"},
    }
    assert [line["type"] for line in lines].count("RECORD") > 30


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "found"),
    [
        ("jsonl", "deal.jsonl", "1234567.89", "1234567.88", "1234567.88"),
        ("jsonl", "contact.jsonl", '"gender": "female"', '"gender": "male"', "male"),
        ("jsonl", "contact.jsonl", ', "gender": "female"', "", "nothing"),
        ("jsonl", "user.jsonl", "true", "1", "1"),
        ("jsonl", "custom_fields.jsonl", "Опт", "Розница", "Розница"),
        ("singer", "messages.jsonl", "1234567.89", "1234567.88", "1234567.88"),
        ("singer", "messages.jsonl", "2025-03-10T06:00:00Z", "2025-03-10T07:00:00Z", "07:00"),
        ("singer", "messages.jsonl", '{"type": "STATE"', '{"type": "STATES"', "STATES"),
        ("singer", "messages.jsonl", '"stream": "company_phones", "record"', '"stream": "x", "record"', "x"),
    ],
)
def test_a_changed_value_is_named(
    exporting: Export,
    comparing: Callable[[], list[Mismatch]],
    tmp_path: Path,
    name: str,
    file: str,
    old: str,
    new: str,
    found: str,
) -> None:
    exporting(name, lang="en")
    path = tmp_path / "out" / name / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")
    mismatches = comparing()
    assert mismatches
    assert any(found in str(one) for one in mismatches)


def test_parquet_of_another_time_is_named(
    exporting: Export, made: Entities, comparing: Callable[[], list[Mismatch]], tmp_path: Path
) -> None:
    exporting("parquet", lang="en")
    made["deal"][0]["amount"] = Money(Decimal("1.5"), "RUB")
    made["contact"].append({"source_id": "99", "name": "new"})
    made["task"].pop()
    found = [(one.path.rpartition("/")[2], one.row, one.column) for one in comparing()]
    assert ("deals.parquet", 1, "amount") in found
    assert ("contacts.parquet", 4, "") in found
    assert ("tasks.parquet", 0, "") in found
    (tmp_path / "out/parquet/deals.parquet").write_bytes(b"PAR1")
    again = [(one.path.rpartition("/")[2], one.row, one.column) for one in comparing()]
    assert [one for one in again if one[0] == "deals.parquet"] == [("deals.parquet", 0, "")]
    assert {one for one in found if one[0] != "deals.parquet"} <= set(again)


@pytest.mark.judge
def test_a_singer_target_takes_the_messages(exporting: Export, nasty: Entities, tmp_path: Path) -> None:
    """target-jsonl of PyPI, in an environment of its own: it wants old libraries."""
    exporting("singer")
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "-q", "target-jsonl"], check=True)
    (tmp_path / "taken").mkdir()
    (tmp_path / "config.json").write_text(json.dumps({"destination_path": str(tmp_path / "taken")}), "utf-8")
    with (tmp_path / "out/singer/messages.jsonl").open("rb") as messages:
        subprocess.run(
            [python.parent / "target-jsonl", "--config", tmp_path / "config.json"],
            stdin=messages,
            check=True,
            capture_output=True,
        )
    counts = {
        path.name.partition("-")[0]: path.read_text("utf-8").count("\n")
        for path in (tmp_path / "taken").iterdir()
    }
    assert (counts["companies"], counts["deals"], counts["company_phones"]) == (4, 2, 4)


def test_messages_can_be_handed_on_one_by_one(archive: Any, exporting: Export, tmp_path: Path) -> None:
    from crmexport.target import stream

    exporting("singer")
    put = io.BytesIO()
    stream(archive, None, None, put.write)  # type: ignore[arg-type]
    assert put.getvalue() == (tmp_path / "out/singer/messages.jsonl").read_bytes()
