"""Answers that lead to themselves: a server that forgets to move its cursor on gives the same page for ever.

The frontier asks no question twice, so such a list would end there, without a word, and what stands behind that page would be lost.
"""

from crmexport.source import Connector, Reading, Request, Response
from crmexport.source.contract import understood
from crmexport.text import _


def read_on(connector: Connector, request: Request, response: Response) -> Reading:
    """What an answer teaches. Raises ValueError where it asks for nothing but the same once more, as for what cannot be read."""
    reading = understood(connector.read, request, response)
    if any(one.path == request.path and one.key == request.key for one in reading.requests):
        raise ValueError(_("the page that is said to follow is the same one"))
    return reading
