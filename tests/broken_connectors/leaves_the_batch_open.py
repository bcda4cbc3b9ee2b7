"""Declares batches as reads without a look at what they hold."""

import re

from crmexport.source import ReadRule
from tests.acme import Acme
from tests.acme.connector import with_about

CAUGHT_BY = "batches_write_nothing"


class Broken(Acme):
    about = with_about(reads=(Acme.about.reads[0], ReadRule("POST", re.compile(r"/api/batch"))))
