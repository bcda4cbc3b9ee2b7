"""Fitting: tools for people who adapt a mapping to their own archive and their own next system.

In: an archive, and a layout, a people map or a stage map. Out: an account of every value (does it reach the target, and if
not, why), what is wrong or missing in a file, a copy to complete. It reads the archive as often as needed, never asks the
source, and writes nothing but the file it was asked for.
"""

from crmexport.fitting.accounts import LOST, Account, Accounts, Fate
from crmexport.fitting.coverage import covered

__all__ = ["LOST", "Account", "Accounts", "Fate", "covered"]
