"""Acme CRM, which does not exist: a small connector that does everything right, and a sandbox with every bad habit.

Its source speaks so: lists in pages with a cursor (people and firms in one), sub-lists of notes, cards, batches, files, and a
walk through all ids. Ids are unique within a kind only.
"""

from tests.acme.connector import Acme
from tests.acme.rehearsal import AcmeRehearsal

__all__ = ["Acme", "AcmeRehearsal"]
