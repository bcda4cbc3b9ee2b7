"""The kit as a pytest plugin, for packages that bring a connector of their own. Installed with crmexport; costs nothing unused.

    @pytest.mark.connector("acme")
    def test_conformance(conformance):
        conformance()

makes one test of every check. The mark takes the name of an installed connector, or a connector's class and that of its
rehearsal; `quick=True` leaves out the slow checks. A check that does not apply is skipped, with the reason.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from crmexport.conformance.bench import Bench
    from crmexport.conformance.check import Check

FIXTURE = "conformance"
MARK = "connector"
_benches = pytest.StashKey[dict[Any, Any]]()


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line(
        "markers", f"{MARK}(name | class, rehearsal, quick=False): the connector that is checked"
    )
    config.stash[_benches] = {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for every check, where the fixture is asked for."""
    if FIXTURE not in metafunc.fixturenames:
        return
    from crmexport.conformance import all_checks

    mark = metafunc.definition.get_closest_marker(MARK)
    if mark is None:
        raise pytest.UsageError(
            f"{metafunc.definition.nodeid} needs @pytest.mark.{MARK}(...) to say what is checked"
        )
    checks = all_checks(quick=bool(mark.kwargs.get("quick")))
    metafunc.parametrize(FIXTURE, checks, ids=[one.name for one in checks], indirect=True)


@pytest.fixture
def conformance(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], None]]:
    """Call it, and the check is made: it fails, is skipped with a reason, or says nothing."""
    mark = request.node.get_closest_marker(MARK)
    kept = request.config.stash[_benches]
    key = repr((mark.args, mark.kwargs))
    if key not in kept:
        kept[key] = _bench(mark, tmp_path_factory)
    yield lambda: _hold(request.param, kept[key])


def _bench(mark: pytest.Mark, folders: pytest.TempPathFactory) -> "Bench":
    from crmexport.conformance import rehearsal_class
    from crmexport.conformance.bench import Bench
    from crmexport.source import connector_class

    told, *rest = mark.args
    by_name = isinstance(told, str)
    kind = connector_class(told) if by_name else told
    rehearsal = rest[0] if rest else rehearsal_class(told) if by_name else None
    return Bench(kind, rehearsal, folders.mktemp("conformance"), quick=bool(mark.kwargs.get("quick")))


def _hold(check: "Check", bench: "Bench") -> None:
    from crmexport.conformance.check import Outcome
    from crmexport.conformance.run import run

    _check, outcome, words = run(check, bench)
    if outcome in (Outcome.NOT_APPLICABLE, Outcome.UNCHECKED):
        pytest.skip(words)
    if outcome is Outcome.FAILED:
        pytest.fail(f"{check.meaning}\n{words}", pytrace=False)
