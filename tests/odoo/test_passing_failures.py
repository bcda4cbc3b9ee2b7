"""A field is left out only where Odoo itself fails twice over the same question; whatever passes costs nothing but time."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from crmexport_odoo import Odoo
from crmexport_odoo.sandbox import data, rehearsal

from crmexport.archive import Archive
from crmexport.pull import PullResult, pull
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.source import Account, Gap, GapKind
from tests.memory import in_memory
from tests.toy import TestClock

Fails = Callable[[Asked], Answer | None]
PARTNERS = "res.partner/read"
OWN: dict[str, dict[str, Any]] = {
    "credit_limit": {"type": "float", "store": False, "company_dependent": True, "depends": []},
    "score": {"type": "float", "store": False, "depends": ["name"]},
}


class Firm:
    """An account whose partners have a field that differs by company, and one that is computed; `fails` is asked first."""

    def __init__(self, folder: Path, fails: Fails) -> None:
        self.app = self
        self.folder = folder
        self._box = rehearsal.OdooRehearsal()
        self._fails = fails
        for number, partner in self._box.records["res.partner"].items():
            partner |= {"credit_limit": 1000.0 * number, "score": 0.5 * number}

    def respond(self, asked: Asked) -> Answer:
        """The failure, or what Odoo answers."""
        return self._fails(asked) or self._box.answer(asked)

    def pull(self) -> PullResult:
        """A whole pull."""
        with in_memory(self) as url:
            odoo = Odoo(Account(url, {}))
            return pull(self.folder, odoo, self._box.credentials, rate=0, clock=TestClock())

    def held(self, field: str) -> int:
        """How many partners are held with `field`."""
        with Archive.open(self.folder) as archive:
            return sum(field in json.loads(body) for _id, body, *_rest in archive.records("res.partner"))

    def gaps(self) -> list[Gap]:
        """What is named as missing, or as not given for a reason of its own."""
        with Archive.open(self.folder) as archive:
            return [gap for gap in archive.gaps() if gap.id not in ("other companies", "other models")]


@pytest.fixture(autouse=True)
def _own_fields(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    known = data.definitions

    def definitions(model: str) -> dict[str, data.Record]:
        own = OWN if model == "res.partner" else {}
        return known(model) | {name: {"name": name, "string": name, **told} for name, told in own.items()}

    monkeypatch.setattr(rehearsal, "definitions", definitions)
    yield


def told(name: str, status: int = 500) -> Answer:
    return Answer(status, json.dumps({"name": name, "message": "boom"}).encode())


def first(times: int, *answers: Answer) -> Fails:
    """The first `times` questions for partners fail with `answers`, one after the other."""
    left = [answers[turn % len(answers)] for turn in range(times)]
    return lambda asked: left.pop(0) if left and asked.path.endswith(PARTNERS) else None


def computed_fails(asked: Asked) -> Answer | None:
    """Whoever asks for the score of partners is told of an error in Odoo's own code."""
    is_it = asked.path.endswith(PARTNERS) and "score" in json.loads(asked.body)["fields"]
    return told("builtins.KeyError") if is_it else None


@pytest.mark.parametrize(
    "fails",
    [
        pytest.param(first(1, Answer(500, b"<html>Internal Server Error</html>")), id="a proxy, once"),
        pytest.param(first(2, Answer(500, b"<html>Internal Server Error</html>")), id="a proxy, twice"),
        pytest.param(first(1, told("builtins.KeyError")), id="Odoo, once"),
        pytest.param(first(2, told("builtins.KeyError"), told("builtins.OSError")), id="Odoo, differently"),
        pytest.param(first(3, told("builtins.MemoryError")), id="no memory"),
        pytest.param(
            first(2, told("builtins.KeyError"), Answer(500, b"<html>no</html>")), id="Odoo, then a proxy"
        ),
    ],
)
def test_what_passes_costs_no_field(tmp_path: Path, fails: Fails) -> None:
    """A worker that ran out of memory, a proxy's page, an error that is not there when the same is asked again."""
    firm = Firm(tmp_path / "archive", fails)
    assert firm.pull().complete
    assert (firm.held("credit_limit"), firm.held("score"), firm.gaps()) == (12, 12, [])


def test_a_computed_field_that_always_fails_is_left_out_and_named(tmp_path: Path) -> None:
    """What differs by company is no computed field, though Odoo says that it does not store it (versions up to 17)."""
    firm = Firm(tmp_path / "archive", computed_fails)
    assert firm.pull().complete
    assert (firm.held("credit_limit"), firm.held("score")) == (12, 0)
    (gap,) = firm.gaps()
    assert gap[:3] == ("fields", "res.partner.score", GapKind.NOT_GIVEN)
    assert "boom" in gap.reason


def test_a_page_that_always_fails_is_a_gap(tmp_path: Path) -> None:
    """Nobody says that it is a field: then the records are missing, and named, with all their fields."""
    firm = Firm(tmp_path / "archive", first(1000, Answer(500, b"<html>no</html>")))
    assert not firm.pull().complete
    assert ("res.partner", "", GapKind.REFUSED) in {gap[:3] for gap in firm.gaps()}
