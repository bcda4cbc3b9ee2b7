"""Who is signed in, and until when the account can be read: what a proof has to say of whoever made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from crmexport.text import _


@dataclass(frozen=True, slots=True)
class Standing:
    """`person` as a reader knows them, or as stream and id of their record; `open_until` is when the account closes, as far as it tells; `account` is the name by which it calls itself. All may be unknown.

    A sign-in with fewer rights is shown fewer records, and no error: whose it was is the only trace of that.
    """

    person: str = ""
    open_until: datetime | None = None
    account: str = ""


def called(person: str, titles: Mapping[str, str]) -> str:
    """A `person` of a `Standing`, of whom nothing is known but the record, in words: `titles` are those of streams."""
    stream, _blank, id = person.partition(" ")
    return _("{title}, no. {id}").format(title=titles[stream], id=id) if id and stream in titles else person
