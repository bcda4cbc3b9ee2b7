"""Megaplan, API v3: what to ask and how to read it.

In: answers of a Megaplan account. Out: records, files, what to ask next and how many there should be. It never opens a
socket or a file, and keeps no memory between two answers: whatever it must remember travels in the requests themselves.
"""

from crmexport_megaplan.connector import Megaplan

__all__ = ["Megaplan"]
