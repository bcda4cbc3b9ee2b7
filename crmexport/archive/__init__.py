"""Everything that we hold, in one folder or PostgreSQL schema: answers as received, records and their versions, files, what is still to ask.

In: whole answers with what was read from them, one transaction each. Out: records, files and counts, offline, for ever.
It never asks the network and never rewrites what it received.
"""

from crmexport.archive.place import Place, Server, place_of
from crmexport.archive.store import Archive, HeldFile, Page, Source

__all__ = ["Archive", "HeldFile", "Page", "Place", "Server", "Source", "place_of"]
