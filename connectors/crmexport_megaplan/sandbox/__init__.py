"""A Megaplan account on loopback, with an invented company in it, for demos, rehearsals and tests.

In: sizes, a seed, and a `Behaviour` that chooses among the readings of what nobody knows for certain. Out: an HTTP
server that answers as Megaplan's API v3 does, and the truth to compare a pull with. It never meets the network.
"""

from crmexport_megaplan.sandbox.behaviour import Behaviour
from crmexport_megaplan.sandbox.sandbox import PRESETS, MegaplanSandbox, MegaplanV1Sandbox
from crmexport_megaplan.sandbox.v1 import V1Behaviour

__all__ = ["PRESETS", "Behaviour", "MegaplanSandbox", "MegaplanV1Sandbox", "V1Behaviour"]
