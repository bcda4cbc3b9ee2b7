"""Who is signed in, and until when the account can be read: what a proof has to say of whoever made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """`person` as a reader knows them; `open_until` is when the account closes, as far as it tells. Both may be unknown.

    A sign-in with fewer rights is shown fewer records, and no error: whose it was is the only trace of that.
    """

    person: str = ""
    open_until: datetime | None = None
