"""Asks for the notes of a deal twice, in two spellings of one question."""

from crmexport.source import Reading, Row
from tests.acme import Acme

CAUGHT_BY = "nothing_is_asked_twice"


class Broken(Acme):
    def follow(self, row: Row, reading: Reading) -> None:
        super().follow(row, reading)
        reading.under += [
            (key, one.replace(path=f"{one.path}?"))
            for key, one in reading.under
            if key == (row.stream, row.id)
        ]
