"""What is held beside the values of entities: records of which none is made, and what lies deeper than the mapping looks.

It reads the archive once more.
"""

from crmexport.fitting.accounts import Accounts
from crmexport.proof.fields import leaves_of
from crmexport.target import Target
from crmexport.target.workshop import Workshop


def note_beside(accounts: Accounts, shop: Workshop, target: Target) -> Accounts:
    """The accounts of `target`, and in them what no entity has; `raw` writes it all."""
    if target.layout.format != "raw":
        mapped = shop.mapped
        titles = mapped.titles
        left = mapped.mapping.raw_only(shop.archive.counts())
        accounts.raw_only = {titles.get(stream, stream): number for stream, number in left.items()}
        deeper = [
            (f"{titles.get(stream, stream)}: {place}", met.count)
            for stream, places in leaves_of(mapped).found.items()
            for place, met in places.items()
        ]
        accounts.deeper = dict(sorted(deeper, key=lambda one: (-one[1], one[0])))
    return accounts
