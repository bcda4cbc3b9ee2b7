"""Takes the token as an option, which the archive keeps in plain words."""

from typing import Annotated

from crmexport.source.options import Option, Options
from tests.acme import Acme
from tests.acme.connector import with_about

CAUGHT_BY = "options_hold_no_secret"


class _Options(Options, frozen=True):
    token: Annotated[str, Option("The token of the account")] = ""


class Broken(Acme):
    about = with_about(options=_Options)
