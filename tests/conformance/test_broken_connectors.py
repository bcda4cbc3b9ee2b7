"""The kit fails every broken connector by the check meant for its defect, and by few others; the good one it passes."""

import gc
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import tests.broken_connectors
from crmexport.conformance import Check, Outcome, Result, all_checks, checked
from tests.acme import Acme, AcmeRehearsal

BROKEN = [module.name for module in iter_modules(tests.broken_connectors.__path__)]
UNRELATED = 0.2  # the part of all checks that one defect may fail
SEVERAL_PULLS = ("journeys", "sign-in and secrets")


def broken(name: str) -> tuple[type[Acme], str]:
    module = import_module(f"tests.broken_connectors.{name}")
    return module.Broken, module.CAUGHT_BY


def failed(kind: type[Acme], checks: list[Check]) -> list[str]:
    results = checked(kind, AcmeRehearsal, checks=checks)
    return [result.check.name for result in results if result.outcome is Outcome.FAILED]


def told(results: list[Result]) -> list[str]:
    return [
        f"{check.name} {outcome.value}: {words}"
        for check, outcome, words in results
        if outcome is not Outcome.PASSED
    ]


def test_a_good_connector_passes_every_check() -> None:
    assert told(list(checked(Acme, AcmeRehearsal))) == []


def test_there_are_enough_of_both() -> None:
    names = [check.name for check in all_checks()]
    assert len(set(names)) == len(names) >= 40
    assert len(BROKEN) >= 20
    assert {broken(name)[1] for name in BROKEN} <= set(names)


def test_every_check_says_what_it_is_for() -> None:
    assert all(check.meaning.endswith(".") and len(check.meaning) > 40 for check in all_checks())


@pytest.mark.parametrize("name", BROKEN)
def test_a_defect_fails_the_check_meant_for_it(name: str) -> None:
    """The checks that look at one pull, and the one that is meant; all of them in the soak."""
    kind, meant = broken(name)
    checks = [one for one in all_checks() if one.group not in SEVERAL_PULLS or one.name == meant]
    found = failed(kind, checks)
    assert meant in found
    assert len(found) <= UNRELATED * len(checks)


@pytest.mark.soak
@pytest.mark.parametrize("name", BROKEN)
def test_a_defect_fails_few_other_checks(name: str) -> None:
    kind, meant = broken(name)
    found = failed(kind, all_checks())
    gc.collect()  # each pull keeps the collector from its work
    assert meant in found
    assert len(found) <= UNRELATED * len(all_checks())


def test_every_defect_says_what_it_is() -> None:
    folder = Path(tests.broken_connectors.__file__).parent
    assert all(path.read_text(encoding="utf-8").startswith('"""') for path in folder.glob("*.py"))
