"""What a reader sees in the first sheet: PYTHON -m benchmarks.runs.sheet_read READER FILE prints figures that must agree."""

import csv
import json
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

TEXTS = 17
NUMBERS = slice(17, 27)


def by_openpyxl(file: str) -> Iterator[list[object]]:
    import openpyxl

    for row in openpyxl.load_workbook(file, read_only=True).worksheets[0].iter_rows(values_only=True):
        yield list(row)


def by_calamine(file: str) -> Iterable[list[object]]:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python(skip_empty_area=False)


def by_libreoffice(file: str) -> Iterator[list[object]]:
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation={Path(folder).as_uri()}/profile"
        form = "csv:Text - txt - csv (StarCalc):44,34,76,1"
        command = ["soffice", "--headless", profile, "--convert-to", form, "--outdir", folder, file]
        subprocess.run(command, check=True, capture_output=True)
        with (Path(folder) / Path(file).with_suffix(".csv").name).open(encoding="utf-8", newline="") as text:
            yield from csv.reader(text)


READERS = {"openpyxl": by_openpyxl, "calamine": by_calamine, "libreoffice": by_libreoffice}


def main(reader: str, file: str) -> None:
    """Rows, a checksum of the texts, the sum of the whole numbers."""
    count, checksum, total = 0, 0, 0
    for row in READERS[reader](file):
        count += 1
        checksum = zlib.crc32("\x1f".join(str(cell) for cell in row[:TEXTS]).encode(), checksum)
        if count > 1:
            total += sum(int(float(str(cell))) for cell in row[NUMBERS])
    print(json.dumps({"rows": count, "texts": checksum, "numbers": total}))


if __name__ == "__main__":
    main(*sys.argv[1:])
