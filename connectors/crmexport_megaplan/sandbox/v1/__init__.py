"""The older API of the invented account: the same company, told as “Bums…ApiV01” tells it (Megaplan reference, Part II).

In: the account and a `V1Behaviour` that chooses among the readings of what nobody knows. Out: answers to signed requests, and
the truth of the older API's own streams.
"""

from crmexport_megaplan.sandbox.v1.behaviour import V1Behaviour
from crmexport_megaplan.sandbox.v1.keys import Keys
from crmexport_megaplan.sandbox.v1.site import V1Site

__all__ = ["Keys", "V1Behaviour", "V1Site"]
