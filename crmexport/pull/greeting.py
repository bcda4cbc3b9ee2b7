"""The first words with an account: who is signed in, and until when it is open. Nothing hangs on the answers."""

from crmexport.source import Connector, Request, Response, Standing
from crmexport.transport.coats import Coats
from crmexport.transport.failures import DownError, FailureError, NotReadOnlyError


def greet(connector: Connector, coats: Coats) -> Standing:
    """What the account tells; what it refuses to tell stays unknown, and is no loss.

    Raises DownError and NotReadOnlyError, which whatever is asked next would meet as well.
    """
    answers: list[tuple[Request, Response]] = []
    for request in connector.greetings():
        try:
            answers.append((request, coats.send(request)))
        except (DownError, NotReadOnlyError):
            raise
        except FailureError:
            continue
    try:
        return connector.standing(answers)
    except ValueError:
        return Standing()
