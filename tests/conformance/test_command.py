"""`crmexport connector check` tells every outcome in words or as JSON, and by its exit code."""

import json

import pytest

import crmexport.conformance
import crmexport.source
from crmexport.conformance import all_checks
from crmexport.source import Connector
from tests.acme import Acme, AcmeRehearsal
from tests.broken_connectors import asks_without_end
from tests.broken_connectors.tells_no_parent import Broken
from tests.cli.conftest import Run, run

__all__ = ["run"]


@pytest.fixture(params=[Acme, Broken])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type[Connector]:
    """A connector that is installed as `acme`, with its rehearsal; and fewer checks, for the time's sake."""
    monkeypatch.setattr(crmexport.source, "connector_class", lambda name: request.param)
    monkeypatch.setattr(crmexport.conformance, "rehearsal_class", lambda name: AcmeRehearsal)
    some = [one for one in all_checks() if one.group in ("wholeness", "declarations")]
    monkeypatch.setattr("crmexport.conformance.run.all_checks", lambda quick: some)
    return request.param  # type: ignore[no-any-return]


def test_results_are_told_in_words(kind: type[Connector], run: Run) -> None:
    ended = run("connector", "check", "acme", "--quick")
    assert "wholeness\n  passed          a pull ends complete\n" in ended.out
    if kind is Acme:
        assert ended.code == 0 and "acme keeps its promises (passed: " in ended.out
    else:
        assert ended.code == 1 and "acme breaks 1 promise (" in ended.out
        assert "FAILED          parents are known\n      A record of a sub-list knows" in ended.out
        assert "note 10 has another parent: None instead of ('deal', '1')" in ended.out


def test_results_are_told_as_json(kind: type[Connector], run: Run) -> None:
    ended = run("connector", "check", "acme", "--quick", "--json")
    lines = [json.loads(line) for line in ended.out.splitlines()]
    found = {line["check"]: line["outcome"] for line in lines}
    assert found["parents_are_known"] == ("passed" if kind is Acme else "failed")
    assert all(line["meaning"] for line in lines)


def test_why_much_is_not_checked_is_said_once(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setattr(crmexport.source, "connector_class", lambda name: asks_without_end.Broken)
    monkeypatch.setattr(crmexport.conformance, "rehearsal_class", lambda name: AcmeRehearsal)
    some = [one for one in all_checks() if one.group == "reading"]
    monkeypatch.setattr("crmexport.conformance.run.all_checks", lambda quick: some)
    ended = run("connector", "check", "acme", "--quick")
    assert ended.out.count("not checked  ") > 5
    assert ended.out.count("there is no end") == 1


def test_an_unknown_name_is_a_sentence(run: Run) -> None:
    ended = run("connector", "check", "megaplam")
    assert ended.code == 2 and "megaplan" in ended.err


def test_a_connector_without_a_rehearsal_is_told_apart(monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.setattr(crmexport.conformance, "rehearsal_class", lambda name: None)
    ended = run("connector", "check", "megaplan")
    assert ended.code == 0
    assert "There is no rehearsal for megaplan" in ended.err
    assert "Of megaplan, little could be checked" in ended.out
