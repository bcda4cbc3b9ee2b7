"""Why asking an account came to an end, as a person reads it."""

from datetime import UTC, datetime

from crmexport.errors import SignInRefusedError, SourceError
from crmexport.text import _, instant
from crmexport.transport.failures import DownError, FailureError, NotReadOnlyError

ENOUGH = 5  # refusals of the sign-in, one after another, that no renewal helped


def ended(url: str, end: DownError | NotReadOnlyError) -> SourceError:
    """A run cannot go on."""
    if isinstance(end, NotReadOnlyError):
        return forbidden(end)
    moment = instant(datetime.fromtimestamp(end.since, UTC).isoformat(timespec="minutes"))
    return SourceError(
        _(
            "{url} has answered nothing since {moment} ({reason}). What is held is kept and can be exported; the same "
            "command goes on from here when it answers again."
        ).format(url=url, moment=moment, reason=end)
    )


def forbidden(end: NotReadOnlyError) -> SourceError:
    """The connector wanted more than to read."""
    return SourceError(
        _(
            "The connector wanted to send “{request}”, which is not on its list of reads. Nothing was sent; the source "
            "is unharmed. This is a fault in the connector: please report it."
        ).format(request=end)
    )


def sign_in_refused(url: str, failure: FailureError) -> SignInRefusedError:
    """The sign-in is not accepted, and nothing waits that could go on."""
    return SignInRefusedError(
        _(
            "{url} does not accept the sign-in ({reason}). Check the token, or the login and password, "
            "and start the same command again."
        ).format(url=url, reason=failure)
    )


def sign_in_expired(url: str, failure: FailureError) -> SignInRefusedError:
    """The sign-in holds no more; what came before that is kept."""
    return SignInRefusedError(
        _(
            "{url} does not accept the sign-in any more ({reason}). Check the token, or the login and password, "
            "and start the same command again: it goes on where it stopped."
        ).format(url=url, reason=failure)
    )


def unanswered(url: str, failure: FailureError) -> SourceError:
    """The source answers nothing at all."""
    return SourceError(
        _(
            "{url} answers nothing of what was asked ({reason}). Check the address, and try again later."
        ).format(url=url, reason=failure)
    )


def gives_nothing(url: str, failure: FailureError) -> SourceError:
    """A source of which an archive is held gives nothing any more, from the first question on."""
    return SourceError(
        _(
            "{url} gives nothing any more of what was asked ({reason}). What is held stays as it was and can be exported; "
            "the same command asks again."
        ).format(url=url, reason=failure)
    )
