"""One pull of a sandbox in a process that kills itself: `python -m tests.faults.once_killed FOLDER PLACE K`.

PLACE "commit": after the K-th commit of the archive's database; "before commit": with that commit still to be made;
"file": between the K-th file's arrival at its place and the commit that notes it. K 0: nowhere; it then prints how many such moments there were.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from crmexport.archive.content import Content
from crmexport.pull import flights
from tests.faults.inprocess import OneAfterAnother, pulled, small


def main() -> None:
    folder, place, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    flights.ThreadPoolExecutor = OneAfterAnother  # type: ignore[assignment,misc]
    owner, name = (Content, "take") if place == "file" else (Connection, "commit")
    left = [number]
    setattr(owner, name, _killing(getattr(owner, name), left, before=place.startswith("before")))
    result = pulled(folder, small())
    sys.stdout.write(f"{number - left[0]}")
    sys.exit(0 if result.complete else 3)


def _killing(work: Any, left: list[int], *, before: bool) -> Any:
    """`work`, whose call number `left` is the last thing this process does, or fails to do."""

    def counted(*given: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and before:
            os.kill(os.getpid(), signal.SIGKILL)
        done = work(*given)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    return counted


if __name__ == "__main__":
    main()
