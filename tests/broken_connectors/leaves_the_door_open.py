"""Declares every POST to the API as a read."""

import re

from crmexport.source import ReadRule
from tests.acme import Acme
from tests.acme.connector import with_about

CAUGHT_BY = "writes_are_refused"


class Broken(Acme):
    about = with_about(reads=(*Acme.about.reads, ReadRule("POST", re.compile(r"/api/.*"))))
