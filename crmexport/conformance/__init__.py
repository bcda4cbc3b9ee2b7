"""The conformance kit: what every connector promises, checked one by one against its own sandbox, with the real engine.

In: a connector and its rehearsal. Out: for every check passed, failed with a sentence, or not applicable with a reason.
It never meets the network, and changes nothing but a temporary folder.
"""

from crmexport.conformance.check import Check, Outcome, Result
from crmexport.conformance.run import all_checks, checked, rehearsal_class

__all__ = ["Check", "Outcome", "Result", "all_checks", "checked", "rehearsal_class"]
