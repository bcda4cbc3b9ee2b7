"""A connector that asks for more has another revision, so that archives of earlier versions are asked for it (`About.revision`).

What each asks in a whole pull stands in `asked/`, numbers as 0. After a change that is meant, raise `revision` in the connector's
`about` if there are new lines, and: `CRMEXPORT_GOLDEN=write pytest tests/conformance/test_revisions.py`.
"""

import os
import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from crmexport.conformance.bench import Bench
from crmexport.sandbox.rehearsal import Rehearsal
from crmexport.source import Connector, Request
from tests.conformance.test_ours import OURS

ASKED = Path(__file__).parent / "asked"
NUMBERS = re.compile(r"\d+(, ?\d+)*")
HEAD = "revision "


def form(request: Request) -> str:
    """A request without what is this account's only."""
    return NUMBERS.sub("0", f"{request.method} {unquote(request.path)} {unquote(request.body or '')}".strip())


def asked(kind: type[Connector], rehearsal: type[Rehearsal], folder: Path) -> set[str]:
    """The forms of all that a whole pull asks, but for files."""
    answers = Bench(kind, rehearsal, folder).answers
    return {form(request) for request, _response in answers if not request.is_file}


@pytest.mark.parametrize(("kind", "rehearsal"), OURS)
def test_who_asks_for_more_has_another_revision(
    kind: type[Connector], rehearsal: type[Rehearsal], tmp_path: Path
) -> None:
    golden = ASKED / f"{kind.about.name}.txt"
    head, *lines = golden.read_text(encoding="utf-8").splitlines() if golden.exists() else [f"{HEAD}0"]
    before, own = int(head.removeprefix(HEAD)), kind.about.revision
    now = asked(kind, rehearsal, tmp_path)
    if os.environ.get("CRMEXPORT_GOLDEN") == "write":
        more = sorted(now - {*lines})
        assert not more or own > before, (
            f"Raise the revision above {before}: it asks for more, as in {more[0]}"
        )
        ASKED.mkdir(exist_ok=True)
        golden.write_text("\n".join([f"{HEAD}{own}", *sorted(now), ""]), encoding="utf-8")
        lines, before = sorted(now), own
    assert (own, sorted(now)) == (before, lines)
