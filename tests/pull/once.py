"""One pull of a Megaplan account in a process of its own, for tests that kill it: `python -m tests.pull.once URL TOKEN ARCHIVE`."""

import sys

from crmexport_megaplan import Megaplan

from crmexport.archive import place_of
from crmexport.pull import pull
from crmexport.source import Account, Credentials


def main() -> None:
    url, token, archive = sys.argv[1:]
    result = pull(place_of(archive), Megaplan(Account(url)), Credentials(token=token), rate=0)
    sys.exit(0 if result.complete else 3)


if __name__ == "__main__":
    main()
