"""LibreOffice as a reader: many files by one start of the program, every sheet and every cell with its type.

It writes what it has read as flat XML (OpenDocument 1.3, part 3), and of that the cells are taken.
"""

import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

_TABLE, _OFFICE, _TEXT = (
    "{urn:oasis:names:tc:opendocument:xmlns:" + name + ":1.0}" for name in ("table", "office", "text")
)
_TRUTHS = {"of:=TRUE()": True, "of:=FALSE()": False}  # so it keeps the truths of a workbook
_EMPTY_AT_THE_END = 1000  # a sheet ends with rows without end, told as one row that repeats
Sheet = list[list[Any]]


def read(files: Mapping[str, Path], folder: Path, as_csv: str = "") -> dict[str, list[Sheet]]:
    """The sheets of each file, by the name it has in `files`. `as_csv` says how CSV files are to be understood."""
    taken, given = folder / "given", folder / "read"
    taken.mkdir(parents=True)
    for name, file in files.items():
        shutil.copyfile(file, taken / f"{name}{file.suffix}")
    command = [
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        *([f"--infilter=Text - txt - csv (StarCalc):{as_csv}"] if as_csv else []),
        "--convert-to",
        "fods",
        "--outdir",
        str(given),
        *sorted(map(str, taken.iterdir())),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return {name: list(_sheets(given / f"{name}.fods")) for name in files}


def texts(delimiter: str, encoding: str, columns: int) -> str:
    """How to read CSV files so that every field stays the text it is."""
    codes = {"utf-8": 76, "utf-8-sig": 76, "cp1251": 34, "windows-1251": 34}
    as_text = "/".join(f"{number}/2" for number in range(1, columns + 1))
    return f"{ord(delimiter)},34,{codes[encoding]},1,{as_text},1033,false,false"


def _sheets(path: Path) -> Iterator[Sheet]:
    for _event, found in ElementTree.iterparse(path):
        if found.tag == f"{_TABLE}table":
            yield [row for element in found.iter(f"{_TABLE}table-row") for row in _row(element)]
            found.clear()


def _row(element: ElementTree.Element) -> Iterator[list[Any]]:
    cells = [cell for one in element for cell in _cells(one)]
    while cells and cells[-1] is None:
        cells.pop()
    times = int(element.get(f"{_TABLE}number-rows-repeated", 1))
    yield from [cells] * times if cells or times < _EMPTY_AT_THE_END else []


def _cells(element: ElementTree.Element) -> Sequence[Any]:
    times = int(element.get(f"{_TABLE}number-columns-repeated", 1))
    return [_value(element)] * min(times, _EMPTY_AT_THE_END)


def _value(cell: ElementTree.Element) -> Any:
    kind, formula = cell.get(f"{_OFFICE}value-type"), cell.get(f"{_TABLE}formula")
    if formula in _TRUTHS:
        return _TRUTHS[formula]
    assert formula is None, f"a formula: {formula}"
    if kind in ("float", "percentage", "currency"):
        return Decimal(cell.attrib[f"{_OFFICE}value"])
    if kind == "boolean":
        return cell.attrib[f"{_OFFICE}boolean-value"] == "true"
    if kind == "date":
        return datetime.fromisoformat(cell.attrib[f"{_OFFICE}date-value"][:26])
    if f"{_OFFICE}string-value" in cell.attrib:
        return cell.attrib[f"{_OFFICE}string-value"]
    if kind == "string":
        return "\n".join(_text(one) for one in cell if one.tag == f"{_TEXT}p")
    assert kind is None, f"a cell of the type {kind}"
    return None


def _text(element: ElementTree.Element) -> str:
    """A paragraph; line ends in it are layout of the XML."""
    signs = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
    found = [(element.text or "").replace("\n", "")]
    for one in element:
        sign = signs.get(one.tag)
        found.append(_text(one) if sign is None else sign * int(one.get(f"{_TEXT}c", 1)))
        found.append((one.tail or "").replace("\n", ""))
    return "".join(found)
