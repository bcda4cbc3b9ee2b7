"""Does not fetch files that are said to be empty."""

from crmexport.source import Reading, Request, Response
from tests.acme import Acme

CAUGHT_BY = "files_are_whole"


class Broken(Acme):
    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        reading.files = [file for file in reading.files if file.size]
        return reading
