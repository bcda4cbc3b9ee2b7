"""What earlier passes did not get, or were told is not there: what of it the pass that begins or goes on asks for once more."""

from collections.abc import Collection, Mapping, Sequence

from crmexport.archive.answers import Answers
from crmexport.archive.frontier import Frontier, Lost
from crmexport.pull.cards import begins_card
from crmexport.pull.missing import subject_of
from crmexport.pull.widest import widest
from crmexport.source import FILES, Connector, Request


class LeftOver:
    """For the pass of `frontier` and `answers`. Every method belongs into the caller's transaction.

    - `since`: the number of the pass by which everything was last asked for. What was lost before that was asked for once more then,
      or is a question that only an earlier version asked.
    - `whole`: the passes that asked for all that hangs under what they were shown, each with the number of answers before it. What
      they lost is owed until it comes (see `Frontier.lost`).
    - `sweeps`: the numbers of those that walk through all ids.
    """

    def __init__(
        self,
        frontier: Frontier,
        answers: Answers,
        connector: Connector,
        since: int,
        whole: Mapping[int, int],
        sweeps: Collection[int],
    ) -> None:
        self._frontier = frontier
        self._answers = answers
        self._connector = connector
        self._since = since
        self._whole = whole
        self._sweeps = sweeps

    def ask_for_lost(self, *, forget_gaps: bool) -> None:
        """For a new pull: all that was refused or given up; where gaps are not forgotten as a whole, those that it left are.

        But not that of a class of things of which the source gave none: some of it is lost by itself, all else was not asked for.
        """
        lost = self._ask(
            [one for one in self._frontier.lost(self._since, self._whole) if not _tells_why(one.request)]
        )
        if forget_gaps:
            families = {(one.stream, one.family) for one in lost if one.family}
            subjects = {subject_of(one) for one in lost}
            self._answers.forget_gaps(subjects | (families - self._answers.not_given(families)))

    def try_again(self) -> None:
        """For a pull that goes on: all that it could not get so far, in this pass or an earlier one."""
        self._answers.forget_broken()
        self._frontier.retry()
        self._ask(self._frontier.take_over(self._since, self._whole))

    def ask_for_vanished(self, *, files: bool) -> None:
        """What hangs under a record is not there while that lies in the bin; it may have been taken out since, unchanged. Or it is
        missing, for its record counts what is in it: that may have been mended. (What else is missing, `ask_for_lost` asks for.)

        Of a record that is marked as deleted it would be asked for every night, for ever.
        """
        vanished, missing = self._answers.vanished(), self._answers.missing()
        again = [
            (subject_of(one), one)
            for one in (self._frontier.vanished(self._whole) if missing else ())
            if subject_of(one) in (missing if self._is_looked_into(one) else vanished)
            if not self._is_card(one) and (files or not one.is_file) and not _tells_why(one)
        ]
        in_vain = self._answers.in_vain(subject for subject, _one in again)
        self._answers.forget_gaps({subject for subject, _one in again} - in_vain)
        self._frontier.add(one for subject, one in again if subject not in in_vain)

    def _ask(self, lost: Sequence[Lost]) -> list[Request]:
        """Ask once more for what is still to get of these, and give it."""
        left = self._still_to_get([one.request for one in lost if one.pass_ not in self._sweeps])
        swept = self._still_to_get([one.request for one in lost if one.pass_ in self._sweeps])
        self._frontier.add_lost(left)
        self._frontier.add(swept)
        return left + swept

    def _is_card(self, request: Request) -> bool:
        return begins_card(self._connector, request, subject_of(request))

    def _is_looked_into(self, request: Request) -> bool:
        """Whether another question tells why it finds no such thing: what that came to is the gap."""
        return any(map(_tells_why, self._connector.instead(request)))

    def _still_to_get(self, lost: list[Request]) -> list[Request]:
        """A file that was got since, by another address, is not asked for by its old one: no gap tells of it any more. (Of one that was
        held already, another look at its bytes was refused.) To what hangs on a list there may be another way: it was gone, so the
        list owes no more than itself.
        """
        held = self._answers.files.are_held({subject_of(one)[1] for one in lost if one.is_file})
        got = {id for id in held if not self._answers.reason(FILES, id)}
        left = widest(one for one in lost if not (one.is_file and subject_of(one)[1] in got))
        return [one.replace(owed=0) if one.owed and self._connector.is_replaced(one) else one for one in left]


def _tells_why(request: Request) -> bool:
    """Whether it is asked again by the failing alone of another: asked beside that one, it would tell of what has come meanwhile."""
    return bool(request.context.get("if_gone"))
