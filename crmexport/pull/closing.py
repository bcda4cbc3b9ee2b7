"""The end of a pass: what is linked but not held, what lists do not show any more, what no list shows, is asked for by card."""

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain

from crmexport.archive.answers import Answers
from crmexport.archive.closure import (
    bereft,
    count_hidden,
    count_unlisted,
    hidden,
    hidden_and_gone,
    linked_not_held,
    refused,
    unlisted,
)
from crmexport.archive.database import Database
from crmexport.archive.extent import GONE, UNLISTED
from crmexport.archive.frontier import Frontier
from crmexport.archive.given import Family
from crmexport.archive.journal import Journal, Kind, Pass
from crmexport.archive.shortfall import doubted, short_of, shortfalls
from crmexport.archive.wholes import last_answer
from crmexport.archive.wording import LINKED
from crmexport.pull.belief import is_few, unbelievable
from crmexport.pull.cards import cards
from crmexport.source import Announced, Connector, Gap, GapKind, Key
from crmexport.text import _

MOST_SHORT = 100  # records asked for by card because less is held under them than they announced


class Closing:
    """Puts cards in line when nothing else waits.

    `believe` deletions however many there are; `rereads` all that no list shows, too; `tell` notes a gap in the caller's
    transaction; `has_answers` says whether the source has answered anything in this run, `given` of which families.
    """

    def __init__(
        self,
        pass_: Pass,
        connector: Connector,
        database: Database,
        frontier: Frontier,
        answers: Answers,
        tell: Callable[[Gap], None],
        has_answers: Callable[[], bool],
        given: Callable[[], Collection[Family]],
        *,
        believe: bool,
        rereads: bool,
    ) -> None:
        self._pass = pass_
        self._connector = connector
        self._database = database
        self._frontier = frontier
        self._answers = answers
        self._tell = tell
        self._has_answers = has_answers
        self._given = given
        self._believe = believe
        self._hidden = self._to_reread(rereads)
        self._is_before_files = pass_.kind is Kind.EVERYTHING
        is_whole = Journal(database).is_whole(pass_.pull)  # then a sweep follows anyhow
        self._is_short = pass_.kind is Kind.CHANGES and not is_whole

    def ask_before_files(self, now: float) -> None:
        """Put in line, once a pass for everything, what links alone lead to: the bytes of files may take hours, and records matter more.

        Not where a list is to be asked again later: what it shows need not be asked for one by one.
        """
        is_due, self._is_before_files = self._is_before_files, False
        if is_due and not self._frontier.has_deferred(now):
            self._ask_linked()

    def ask(self) -> bool:
        """Put in line what is missing, or may be gone; False when there is nothing left."""
        ways = (
            self._ask_whole,
            self._ask_linked,
            self._ask_unlisted,
            self._ask_hidden,
            self._ask_bereft,
            self._ask_short,
            self._ask_doubted,
        )
        if any(way() for way in ways):
            return True
        self._settle()
        return False

    def _ask_whole(self) -> bool:
        """Ask for the whole of lists that the source seemed not to give so far, and gives: for what changed alone was asked, maybe.

        And for what they hold that was “not there” either.
        """
        given = self._answers.not_given(self._given())
        if not given:
            return False
        streams = {stream for stream, _family in given}
        gone = sorted(key for key in self._answers.vanished() if key[0] in streams)
        whole = [one for one in self._connector.opening(None) if (one.stream, one.family) in given]
        with self._database.transaction():
            again = [key for key in gone if self._frontier.add(cards(self._connector, [key]))]
            self._answers.forget_gaps(again)
            return self._frontier.add(whole) > 0 or bool(again)

    def _ask_linked(self) -> bool:
        """Ask by card for records that are linked but neither held nor known as gaps."""
        asked = 0
        for missing in linked_not_held(self._database):
            with self._database.transaction():
                asked += sum(self._ask_card(stream, id) for stream, id in missing)
        return asked > 0

    def _ask_card(self, stream: str, id: str) -> bool:
        """Whether there is anything new to ask for this record; otherwise it becomes a gap."""
        card = self._connector.card(stream, id)
        if card is not None and self._frontier.add([card]):
            self._answers.announce([Announced(stream, LINKED + id, 1)])
            return True
        reason = _("linked from other records, but the source gives no card for it")
        self._answers.gap([Gap(stream, id, GapKind.REFUSED, reason)])
        return False

    def _ask_unlisted(self) -> bool:
        """Ask by card for what lists do not show any more, where no part of the lists itself was lost."""
        streams = self._walked_whole()
        walked = streams if self._believe or not streams else self._believable(streams)
        return self._ask_cards(unlisted(self._database, walked, self._pass.id)) if walked else False

    def _walked_whole(self) -> list[str]:
        """The streams of which this pass walked a list to its end, and lost no part of it."""
        lost = self._answers.lost_lists()
        return [stream for stream in whole_streams(self._connector, self._pass.kind) if stream not in lost]

    def _believable(self, streams: Sequence[str]) -> list[str]:
        """Those of which so many records may have been deleted. When a sign-in sees less than before, it looks just the same."""
        counted = count_unlisted(self._database, streams, self._pass.id)
        many = {stream: numbers for stream, numbers in counted.items() if not is_few(*numbers)}
        with self._database.transaction():
            self._answers.forget_gaps([(stream, UNLISTED) for stream in streams])
            for stream in filter(many.__contains__, streams):
                self._tell(unbelievable(stream, UNLISTED, *many[stream]))
        return [stream for stream in streams if stream not in many]

    def _to_reread(self, rereads: bool) -> Sequence[str] | None:
        """The streams whose hidden records are to be asked for anew (None: all).

        A sweep looks in any case at those of which there are lists. They may be young: made after the list was read, met by a
        link. Gone before the next look, no list has ever shown them, and none will tell.
        """
        if rereads:
            return None
        about = self._connector.about
        return (*about.swept, *about.relisted) if self._pass.kind is Kind.SWEEP else ()

    def _ask_hidden(self) -> bool:
        """Ask anew, once, for the cards of what no list shows: nothing else tells that it was changed or deleted."""
        streams, self._hidden = self._hidden, ()
        if streams is not None and not streams:
            return False
        return self._ask_cards(hidden(self._database, streams))

    def _ask_bereft(self) -> bool:
        """Ask by card for what lists showed before that was deleted on which it hangs: it may hang on something else by now."""
        streams = self._walked_whole()
        return self._ask_cards(bereft(self._database, streams, self._pass.id)) if streams else False

    def _ask_short(self) -> bool:
        """Ask by card, once, for some records that announced more than is held under them, or whose lists are not there: merged with
        others or deleted, they announce no more. Nothing else tells before the next sweep. What hangs under the others is owed:
        a list may have come a little after its counter.
        """
        is_due, self._is_short = self._is_short, False
        if not is_due:
            return False
        short = (short_of(self._database, stream, MOST_SHORT) for stream in shortfalls(self._database))
        found = chain([doubted(self._database, MOST_SHORT)], short)
        return self._ask_cards(found, owed=last_answer(self._database))

    def _ask_doubted(self) -> bool:
        """Ask once more for what was doubted to be gone, for its list was not there either: it is now.

        What was refused in its own words was asked for by this pull anyhow.
        """
        asked = 0
        for keys in refused(self._database, self._pass.id):
            again = cards(self._connector, keys)
            lost = self._frontier.are_lost([one.key for one in again])
            with self._database.transaction():
                asked += self._frontier.add(one for one in again if one.key not in lost)
        return asked > 0

    def _ask_cards(self, walk: Iterable[list[Key]], owed: int = 0) -> bool:
        """Whether any of these is still to be asked for in this pass."""
        asked = 0
        for keys in walk:
            with self._database.transaction():
                asked += self._frontier.add(one.replace(owed=owed) for one in cards(self._connector, keys))
        return asked > 0

    def _settle(self) -> None:
        """Hidden records that are not there any more were deleted, unless nothing is there, or they are suspiciously many."""
        lost = self._answers.lost_lists()
        for stream, ids in hidden_and_gone(self._database).items():
            held = count_hidden(self._database, stream)
            keys = [(stream, id) for id in ids]
            with self._database.transaction():
                self._answers.forget_gaps(keys)
                if stream in lost or not self._has_answers():
                    continue  # the gap of the list says enough
                if self._believe or is_few(len(ids), held):
                    self._answers.believe_gone(keys)
                else:
                    self._tell(unbelievable(stream, GONE, len(ids), held))


def whole_streams(connector: Connector, kind: Kind) -> tuple[str, ...]:
    """The streams of which a pass of this kind lists every record. (After everything, other passes follow and tell.)"""
    return {Kind.SWEEP: connector.about.swept, Kind.CHANGES: connector.about.relisted}.get(kind, ())
