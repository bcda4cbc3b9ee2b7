"""The engine: empties the frontier through the transport into the archive, until nothing is left to ask.

In: a connector and an archive folder. Out: a filled archive and how it went. It knows no CRM, and it never asks twice.
"""

from crmexport.pull.ahead import look_ahead
from crmexport.pull.events import Event, PullResult
from crmexport.pull.run import pull

__all__ = ["Event", "PullResult", "look_ahead", "pull"]
