"""Opens a file while reading an answer."""

from pathlib import Path

from crmexport.source import Reading, Row
from tests.acme import Acme

CAUGHT_BY = "reading_does_no_io"


class Broken(Acme):
    def follow(self, row: Row, reading: Reading) -> None:
        Path(__file__).read_text(encoding="utf-8")
        super().follow(row, reading)
