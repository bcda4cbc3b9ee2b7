"""The list of connectors tells what each permits, and what one may choose."""

from crmexport_megaplan import Megaplan
from crmexport_odoo import Odoo

from crmexport.cli.connectors import told


def test_the_limit_an_hour_is_told_where_there_is_one() -> None:
    assert told(Megaplan.about)[0] == "megaplan: Megaplan; up to 3 requests a second, 3\u00a0000 an hour"
    assert told(Odoo.about)[0] == "odoo: Odoo; up to 10 requests a second"


def test_every_option_is_told_with_what_it_may_be() -> None:
    assert told(Odoo.about)[3].startswith("  --set api=json2|jsonrpc  json2: ")
