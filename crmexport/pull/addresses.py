"""Files that are not where they were said to be: whoever names them is asked once more.

Nobody promises that the address of a file holds for ever (Megaplan reference, §9), and files are fetched last. One that holds no
more need not say "no such thing": a signed one is forbidden, others show a page to sign in at. A record that is read anew names its
files by the addresses of today, or does not name them any more. What it still names by an address at which there is nothing was not
deleted: it is refused.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from crmexport.archive.answers import Answers
from crmexport.archive.frontier import Frontier
from crmexport.source import FILES, Connector, FileRef, Gap, GapKind, Key, Reading, Request
from crmexport.text import _

HIGHEST = 5  # so many records may stand one under the other: a comment, its deal


class Addresses:
    """Of one pass and run. Every method belongs into the caller's transaction."""

    def __init__(self, connector: Connector, frontier: Frontier, answers: Answers) -> None:
        self._connector = connector
        self._frontier = frontier
        self._answers = answers
        self._asked: dict[str, set[str]] = defaultdict(set)  # by their keys, for the sake of which streams
        self._named: set[str] = set()

    def judged(self, request: Request, gap: Gap) -> Gap:
        """The gap of a file that does not come, once more is asked. One that is not there, though who was asked names it, is refused."""
        if not request.is_file:
            return gap
        bearers = [(card, key[0]) for key in self._answers.held.bearers(gap.id) if (card := self._card(key))]
        asked = [self._ask([card], (stream,)) for card, stream in bearers]
        is_named = gap.kind is GapKind.VANISHED and gap.id in self._named
        return _refused(gap, gap.reason) if is_named and not any(asked) else gap

    def look(self, readings: Iterable[tuple[Request, Reading]]) -> Iterator[Gap]:
        """What is learnt from what was asked anew: further questions, and gaps of files that are still named."""
        for request, reading in readings:
            if request.anew:
                under = [one for _record, one in reading.under if one.stream in request.anew]
                self._ask([*reading.requests, *under], request.anew)
                yield from (self._still_missing(file) for file in reading.files if self._is_missing(file))

    def _card(self, key: Key) -> Request | None:
        """The card of a record, or of the nearest one above it that has one."""
        for _step in range(HIGHEST):
            card = self._connector.card(*key)
            held = None if card else self._answers.held.places([key]).get(key)
            if held is None or not (held.parent_stream and held.parent_id):
                return card
            key = (held.parent_stream, held.parent_id)
        return None

    def _ask(self, requests: Iterable[Request], streams: tuple[str, ...]) -> bool:
        """Whether any of these was not asked anew before, for the sake of these streams."""
        new = [one for one in requests if not self._asked[one.key].issuperset(streams)]
        for one in new:
            self._asked[one.key].update(streams)
        self._frontier.ask_anew([one.replace(anew=tuple(sorted(self._asked[one.key]))) for one in new])
        return bool(new)

    def _is_missing(self, file: FileRef) -> bool:
        """Whether there was nothing by the address that is told now, nor by any other way that leads from it."""
        self._named.add(file.id)
        ways = [file.request]
        for way in ways:
            ways += (
                one for one in self._connector.instead(way) if one.key not in {known.key for known in ways}
            )
        return any(self._frontier.refuse(one) for one in ways)

    def _still_missing(self, file: FileRef) -> Gap:
        return _refused(Gap(FILES, file.id, GapKind.VANISHED, ""), self._answers.reason(FILES, file.id))


def _refused(gap: Gap, words: str) -> Gap:
    reason = _("A record still names it, but when asked for: {words}").format(words=words)
    return gap._replace(kind=GapKind.REFUSED, reason=reason)
