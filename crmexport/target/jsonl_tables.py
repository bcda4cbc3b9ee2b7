"""The format `jsonl`: a JSON Lines file for each table."""

from crmexport.target.jsonl_file import write_jsonl
from crmexport.target.readback.tables import in_jsonl
from crmexport.target.table_files import TableFile

JSONL = TableFile(
    "jsonl",
    lambda part, path: write_jsonl(path, part.table.columns, part.rows),
    lambda job, table, path, name: in_jsonl(name, path, table, job.target),
)
