"""One pull of a Megaplan account, for tests that kill the process it runs in."""

import sys

from crmexport_megaplan import Megaplan

from crmexport.archive import place_of
from crmexport.pull import pull
from crmexport.source import Account, Credentials


def pull_once(url: str, token: str, archive: str) -> None:
    """Ends the process: 0 where the pull is complete."""
    result = pull(place_of(archive), Megaplan(Account(url)), Credentials(token=token), rate=0)
    sys.exit(0 if result.complete else 3)
