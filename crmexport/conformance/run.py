"""Runs the checks on one connector, one after the other."""

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.metadata import entry_points
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from crmexport.conformance.bench import Bench, own_line
from crmexport.conformance.check import CHECKS, Check, NotApplicableError, Outcome, Result, UncheckableError
from crmexport.sandbox.rehearsal import Rehearsal
from crmexport.source import Connector
from crmexport.source.registry import loaded

REHEARSALS = "crmexport.rehearsals"
COMPLAINTS = 3
GROUPS = ("declared", "asking", "reading", "refusals", "wholeness", "secrecy", "journeys", "disturbed")


def all_checks(*, quick: bool = False) -> list[Check]:
    """The table of checks, in the order in which they are run."""
    for module in GROUPS:
        import_module(f"crmexport.conformance.{module}")
    return sorted(
        (one for one in CHECKS if not (quick and one.slow)),
        key=lambda one: GROUPS.index(one.run.__module__.rpartition(".")[2]),
    )


def rehearsal_class(name: str) -> type[Rehearsal] | None:
    """The rehearsal of the connector called `name`, found by its entry point; None where there is none."""
    for point in entry_points(group=REHEARSALS, name=name):
        found: type[Rehearsal] = loaded(point)
        return found
    return None


def checked(
    kind: type[Connector],
    rehearsal: type[Rehearsal] | None,
    *,
    quick: bool = False,
    checks: Iterable[Check] | None = None,
) -> Iterator[Result]:
    """Run the checks (all by default), and give each result as soon as it is known."""
    with TemporaryDirectory(prefix="crmexport-check-", ignore_cleanup_errors=True) as folder:
        bench = Bench(kind, rehearsal, Path(folder), quick=quick)
        for one in all_checks(quick=quick) if checks is None else checks:
            yield run(one, bench)


def run(one: Check, bench: Bench) -> Result:
    """Run one check. Whatever a connector raises is a failure of it."""
    try:
        complaints = list(islice(one.run(bench), COMPLAINTS + 1))
    except NotApplicableError as reason:
        return Result(one, Outcome.NOT_APPLICABLE, str(reason))
    except UncheckableError as reason:
        return Result(one, Outcome.UNCHECKED, str(reason))
    except Exception as error:
        return Result(
            one, Outcome.FAILED, f"{type(error).__name__}: {error}{own_line(error, *bench.authored)}"
        )
    return Result(one, Outcome.FAILED if complaints else Outcome.PASSED, _joined(complaints))


def _joined(complaints: list[str]) -> str:
    more = ["…"] if len(complaints) > COMPLAINTS else []
    return "\n".join(complaints[:COMPLAINTS] + more)
