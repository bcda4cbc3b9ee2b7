"""The kit on the connectors of this house, and on a sandbox that can hardly do anything."""

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.sandbox.rehearsal import MegaplanRehearsal
from crmexport_megaplan.sandbox.v1.rehearsal import MegaplanV1Rehearsal
from crmexport_megaplan.v1 import MegaplanV1
from crmexport_odoo import Odoo
from crmexport_odoo.sandbox import OdooRehearsal

from crmexport.conformance import Check, Outcome, all_checks, checked
from crmexport.source import Connector
from tests.conformance.toy_rehearsal import ToyRehearsal
from tests.toy import Toy

OURS = [
    pytest.param(Megaplan, MegaplanRehearsal, id="megaplan"),
    pytest.param(MegaplanV1, MegaplanV1Rehearsal, id="megaplan_v1"),
    pytest.param(Odoo, OdooRehearsal, id="odoo"),
]


def failed(kind: type[Connector], rehearsal: type, checks: list[Check]) -> dict[str, str]:
    results = checked(kind, rehearsal, checks=checks)
    return {check.name: words for check, outcome, words in results if outcome is Outcome.FAILED}


@pytest.mark.parametrize(("kind", "rehearsal"), OURS)
def test_ours_keep_their_promises(kind: type[Connector], rehearsal: type) -> None:
    """Those that are seen in a pull or two; all of them in the soak."""
    left_out = {"journeys", "sign-in and secrets"} if kind is MegaplanV1 else {"journeys"}
    checks = [one for one in all_checks() if one.group not in left_out]
    assert failed(kind, rehearsal, checks) == {}


@pytest.mark.soak
@pytest.mark.parametrize(("kind", "rehearsal"), OURS)
def test_ours_keep_their_promises_on_every_journey(kind: type[Connector], rehearsal: type) -> None:
    assert failed(kind, rehearsal, all_checks()) == {}


def test_the_toy_of_the_engines_tests_is_caught_where_it_is_careless() -> None:
    """It never meets odd answers in those tests, and does not look for them; its things have no mark of change before they are edited."""
    assert set(failed(Toy, ToyRehearsal, all_checks(quick=True))) == {
        "missing_credentials_are_told",
        "ids_may_be_numbers_or_texts",
        "a_login_page_is_no_answer",
        "a_wrong_envelope_is_no_answer",
        "a_strange_sign_in_is_an_error",
        "what_ever_changed_is_listed",
    }


def test_without_a_rehearsal_only_declarations_are_checked() -> None:
    results = list(checked(Megaplan, None))
    passed = [result.check.group for result in results if result.outcome is Outcome.PASSED]
    assert passed.count("declarations") == 10
    assert not [result for result in results if result.outcome in (Outcome.FAILED, Outcome.UNCHECKED)]
