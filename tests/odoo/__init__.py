"""The Odoo connector against answers recorded from a real Odoo 19: no network, no server."""
