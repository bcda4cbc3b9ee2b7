"""A sign-in put on a request as it leaves: in headers, or within the address itself, where only the line sees it."""

from crmexport.source import Grant, Request, SignIn

# as HTTP/2 calls it; a header of this name cannot be sent, so that nothing else is meant by it
PATH = ":path"


def dressed(sign_in: SignIn, grant: Grant, request: Request, now: float) -> dict[str, str]:
    """The headers that carry `grant` with `request`, and under PATH the address that does, where there is one.

    Only the grant makes that: a path of the connector's own making would go past its list of reads.
    """
    headers = dict(sign_in.dress(grant, request, now))
    headers.pop(PATH, None)
    address = grant.address(request.path)
    return headers if address == request.path else {**headers, PATH: address}
