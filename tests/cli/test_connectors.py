"""The list of connectors tells what each permits, and what one may choose."""

import pytest
from crmexport_megaplan import Megaplan
from crmexport_odoo import Odoo

from crmexport.cli.connectors import told
from crmexport.source import connector_class, connector_names


def test_the_limit_an_hour_is_told_where_there_is_one() -> None:
    assert told(Megaplan.about)[0] == "megaplan: Megaplan; up to 3 requests a second, 3\u00a0000 an hour"
    assert told(Odoo.about)[0] == "odoo: Odoo; up to 10 requests a second"


def test_every_option_is_told_with_what_it_may_be() -> None:
    assert told(Odoo.about)[3].startswith("  --set api=json2|jsonrpc  Which API to speak; json2: ")


@pytest.mark.parametrize("name", connector_names())
def test_what_an_option_is_for_begins_as_a_sentence(name: str) -> None:
    """`init` asks with it, and one list shows those of all connectors."""
    known = connector_class(name).about.options.known().values()
    assert all(one.option.description[:1].isupper() for one in known)
