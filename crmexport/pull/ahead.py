"""What a pull would stumble over, told before anybody is asked for a sign-in and before the account is."""

from pathlib import Path

from crmexport.archive import Archive, Place, Source
from crmexport.archive.lock import must_be_free
from crmexport.errors import NoArchiveError
from crmexport.source import Connector


def source_of(connector: Connector) -> Source:
    """Whose data `connector` pulls."""
    about, account = connector.about, connector.account
    return Source(about.name, account.url, dict(account.options), about.apart)


def look_ahead(place: Place, connector: Connector) -> None:
    """Look whether `connector` may pull into `place`, which stays as it is. Raises as `pull` does, for all but the source."""
    if isinstance(place, Path):
        must_be_free(place)
    try:
        with Archive.open(place) as archive:
            archive.must_be_of(source_of(connector), connector.about.siblings)
    except NoArchiveError:
        return
