"""Megaplan by its older API, “Bums…ApiV01”: for accounts and boxed installs whose newer API is missing.

In: answers of such an account. Out: the same as of the newer API, under the names that this one gives its things (`Task`,
`Contractor` …); another mapping makes the same entities of them. It never opens a socket, and keeps no memory between answers.
"""

from crmexport_megaplan.v1.connector import MegaplanV1

__all__ = ["MegaplanV1"]
