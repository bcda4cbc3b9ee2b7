"""How long a request that failed waits until it is asked again."""

from crmexport.archive.frontier import Waiting
from crmexport.transport.failures import ExpiredError, FailureError, FaultyError, UnopenedError

WAITS = (1.0, 5.0, 30.0, 120.0, 600.0)  # seconds after each failure, until it is the last try


def next_try(waiting: Waiting, failure: FailureError, *, has_answers: bool) -> tuple[float, int]:
    """In how many seconds to ask again, and how many times it counts as having failed then.

    A file that its address does not give is asked for once more, late: what passes there passes with time, not with tries. `has_answers`
    tells whether the source has answered anything in this run.
    """
    if isinstance(failure, ExpiredError) and not has_answers:
        return WAITS[0], waiting.attempts + 1  # no wait makes a wrong key right
    if waiting.request.is_file and isinstance(failure, FaultyError | UnopenedError):
        return WAITS[-1], len(WAITS)
    return WAITS[waiting.attempts], waiting.attempts + 1
