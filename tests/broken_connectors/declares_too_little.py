"""Forgets to declare the addresses of sub-lists."""

import re

from crmexport.source import ReadRule
from tests.acme import Acme
from tests.acme.connector import with_about

CAUGHT_BY = "every_request_only_reads"


class Broken(Acme):
    about = with_about(reads=(ReadRule("GET", re.compile(r"/api/[a-z]+(/[\w-]+)?")), Acme.about.reads[1]))
