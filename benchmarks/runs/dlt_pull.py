"""The recorded pages by dlt's `rest_api` source into JSON lines, nesting 0: PYTHON dlt_pull.py PLAN FOLDER."""

import json
import os
import sys
from pathlib import Path

import dlt
from dlt.sources.helpers.rest_client.paginators import BasePaginator
from dlt.sources.rest_api import rest_api_source


class Recorded(BasePaginator):
    """Walks the recorded addresses of one stream."""

    def __init__(self, addresses):
        super().__init__()
        self._left = iter(addresses)
        self._next = next(self._left)

    def init_request(self, request):
        request.url = self._next

    def update_state(self, response, data=None):
        self._next = next(self._left, None)
        self._has_next_page = self._next is not None

    def update_request(self, request):
        request.url = self._next


def main(plan_file, folder):
    """Load every stream into `FOLDER/out`; nested values stay JSON within their record."""
    plan = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    resources = [
        {
            "name": stream,
            "max_table_nesting": 0,
            "endpoint": {
                "path": stream,
                "data_selector": "data",
                "paginator": Recorded([plan["url"] + path for path in paths]),
            },
        }
        for stream, paths in plan["pages"].items()
    ]
    token = {"type": "bearer", "token": os.environ["CRMEXPORT_TOKEN"]}
    source = rest_api_source({"client": {"base_url": plan["url"], "auth": token}, "resources": resources})
    place = dlt.destinations.filesystem(bucket_url=(Path(folder) / "out").as_uri())
    pipeline = dlt.pipeline(
        "bench", pipelines_dir=str(Path(folder) / "state"), destination=place, dataset_name="crm"
    )
    pipeline.run(source, loader_file_format="jsonl").raise_on_failed_jobs()


if __name__ == "__main__":
    main(*sys.argv[1:])
