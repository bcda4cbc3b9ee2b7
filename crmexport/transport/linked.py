"""Files whose address an answer names: it holds for minutes, and may carry a secret, so that it is asked for anew and never kept."""

from crmexport.source import Request, Response
from crmexport.source.slices import decoded

LINK = "link"


def linked(request: Request, response: Response) -> str | None:
    """What `response` holds at the members that the request's `link` names, one within the other; None where that is no text."""
    if not 200 <= response.status < 300:
        return None
    try:
        found = decoded(response.body)
        for member in request.context[LINK]:
            found = found[member]
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
    return found if found and isinstance(found, str) else None
