"""The first words with an account: who is signed in, and until when it is open. Nothing hangs on the answers."""

from collections.abc import Callable
from dataclasses import replace

from crmexport.source import Connector, Request, Response, Standing
from crmexport.text import encodable
from crmexport.transport.failures import DownError, FailureError, NotReadOnlyError


def greet(connector: Connector, send: Callable[[Request], Response]) -> Standing:
    """What the account tells; what it refuses to tell stays unknown, and is no loss.

    Raises what `send` does but for refusals of one answer: whatever is asked next would meet that as well.
    """
    answers: list[tuple[Request, Response]] = []
    for request in connector.greetings():
        try:
            answers.append((request, send(request)))
        except (DownError, NotReadOnlyError):
            raise
        except FailureError:
            continue
    try:
        standing = connector.standing(answers)
        return replace(standing, person=encodable(standing.person))
    except ValueError:
        return Standing()
