"""The proof: what was announced, what is held, what is missing and why, and that every written file says what was meant.

In: an archive, and the folder of an export. Out: `report.html`, `report.json` and `SHA256SUMS`. It changes neither data
nor outputs.
"""

from crmexport.proof.report import Report
from crmexport.proof.verify import look_ahead, verify

__all__ = ["Report", "look_ahead", "verify"]
