"""What is missing when a request fails for good: of which record or list, and why; and how the frontier keeps that."""

from crmexport.archive.frontier import State
from crmexport.source import Gap, GapKind, Key, Request
from crmexport.transport.failures import FailureError, FaultyError, RefusedError, VanishedError

STATES = {
    GapKind.VANISHED: State.VANISHED,
    GapKind.REFUSED: State.REFUSED,
    GapKind.NOT_GIVEN: State.VANISHED,
    GapKind.BROKEN: State.GIVEN_UP,
}
"""What becomes of a request for which there is a gap of this kind."""


def subject_of(request: Request) -> Key:
    """What is missing when `request` fails: the record or list it is about."""
    return request.subject or (request.stream, "")


def gap_of(request: Request, failure: FailureError) -> Gap:
    """The gap that a failure leaves."""
    return Gap(*subject_of(request), _kind(request, failure), str(failure))


def _kind(request: Request, failure: FailureError) -> GapKind:
    """A whole list that "is not there" is no deleted record, but one more refusal."""
    if isinstance(failure, VanishedError) and subject_of(request)[1]:
        return GapKind.VANISHED
    is_final = isinstance(failure, RefusedError | FaultyError | VanishedError)
    return GapKind.REFUSED if is_final else GapKind.BROKEN
