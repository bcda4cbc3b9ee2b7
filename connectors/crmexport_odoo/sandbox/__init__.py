"""An Odoo that does not exist, for the conformance kit: the five methods that the connector calls, over a small company.

In: a call of the JSON-2 API. Out: what Odoo 19 answers. It has no server and meets no network.
"""

from crmexport_odoo.sandbox.rehearsal import OdooRehearsal

__all__ = ["OdooRehearsal"]
