"""The format `csv`: a CSV file for each table, in the dialect of the layout."""

from pathlib import Path

from crmexport.target.csv_file import CsvFile, Most
from crmexport.target.readback.tables import in_csv
from crmexport.target.table_files import Part, TableFile


def _write(part: Part, path: Path) -> int:
    target = part.job.target
    file = CsvFile(target.layout.csv, part.table.columns, target.zone, part.notes, part.job.lang)
    most = None if part.most_bytes is None else Most(part.most_bytes, part.left.give_back)
    return file.write(path, part.rows, most)


CSV = TableFile("csv", _write, lambda job, table, path, name: in_csv(name, path, table, job.target))
