"""Forgets a kind among those that a sweep shows: whoever is deleted stays for ever."""

from tests.acme import Acme
from tests.acme.connector import with_about

CAUGHT_BY = "deletions_are_marked"


class Broken(Acme):
    about = with_about(swept=("firm", "deal"))
