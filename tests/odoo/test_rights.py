"""What rights and companies hide is not lost without a word, and does not stand in the way of the rest."""

import json
from pathlib import Path

from tests.odoo.firm import Firm
from tests.odoo.recordings import answer, odoo, only


def test_an_archived_company_is_not_named(tmp_path: Path) -> None:
    """Odoo refuses every question that names one; asked without `active_test`, it leaves it out by itself."""
    connector = odoo()
    asked = only(connector.read(only(connector.opening(None)), answer("who")).requests)
    assert "active_test" not in json.loads(asked.body or "")["context"]
    assert asked.context["settings"]["active_test"] is False
    assert Firm(tmp_path / "a").pull().complete
