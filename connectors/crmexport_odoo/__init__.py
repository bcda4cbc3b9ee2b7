"""The connector for Odoo: its JSON-2 API (version 19 and later), and the web client's JSON-RPC for older servers.

In: answers of an Odoo server. Out: what to ask next and what the answers teach. It knows no field of any model by heart:
the server itself is asked first which fields it has, so that custom fields and other versions need no code.
"""

from crmexport_odoo.connector import Odoo

__all__ = ["Odoo"]
