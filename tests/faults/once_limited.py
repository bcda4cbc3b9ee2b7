"""One pull of a sandbox by a process that may do less than it wants: `python -m tests.faults.once_limited FOLDER WHAT`.

WHAT is a number of bytes that no file may grow beyond, or "nobody": a user who may write nothing there. The exit code is
the one that the command line would give; the sentence goes to standard error.
"""

import os
import signal
import sys
from pathlib import Path

from crmexport.archive import Archive
from crmexport.errors import CrmExportError
from crmexport.pull import flights
from tests.faults.inprocess import OneAfterAnother, pulled, small

NOBODY = 65534


def main() -> int:
    folder, what = Path(sys.argv[1]), sys.argv[2]
    flights.Threads = OneAfterAnother  # type: ignore[assignment,misc]
    adapter = small()
    _limit(what)
    try:
        result = pulled(folder, adapter)
    except CrmExportError as error:
        sys.stderr.write(str(error))
        return error.exit_code
    return 0 if result.complete else 3


def _limit(what: str) -> None:
    import resource

    if what == "nobody":
        with Archive.open(Path(sys.argv[1])):
            pass  # whatever is imported late is imported as long as it may be read
        if os.geteuid() == 0:
            os.setuid(NOBODY)
    else:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # writing too much is an error, not the end
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(what), int(what)))


if __name__ == "__main__":
    sys.exit(main())
