"""Targets: tables and records → files that people and other systems read.

In: an archive, the connector and mapping that read it, and the targets asked for. Out: files in one folder, swapped in when
all of them are complete, with a count of everything that a format could not hold as it was. It never asks the network and
never changes the archive.
"""

from crmexport.target.card import check_of, exported, folders_of, kinds_of, maps_of
from crmexport.target.compare import against_bytes, compare
from crmexport.target.delta import Delta, deltas
from crmexport.target.exporting import export
from crmexport.target.outdated import Outdated, outdated, uncompared
from crmexport.target.output import Output
from crmexport.target.readback.mismatch import Mismatch
from crmexport.target.streaming import stream
from crmexport.target.targets import Target, load_target, target_names
from crmexport.target.theirs import not_ours

__all__ = [
    "Delta",
    "Mismatch",
    "Outdated",
    "Output",
    "Target",
    "against_bytes",
    "check_of",
    "compare",
    "deltas",
    "export",
    "exported",
    "folders_of",
    "kinds_of",
    "load_target",
    "maps_of",
    "not_ours",
    "outdated",
    "stream",
    "target_names",
    "uncompared",
]
