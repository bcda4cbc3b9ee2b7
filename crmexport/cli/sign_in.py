"""Where the account is and who signs in to it. Secrets come from the environment or a hidden prompt, never as arguments."""

import os
import sys
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from crmexport.errors import ConfigurationError, SignInRefusedError
from crmexport.source.account import Credentials
from crmexport.text import _, encodable

TOKEN, LOGIN, PASSWORD = "CRMEXPORT_TOKEN", "CRMEXPORT_LOGIN", "CRMEXPORT_PASSWORD"

# no token or login begins or ends with one of these
LEFT_BY_COPYING = " \t\r\n\x00\u00a0\u200b\ufeff\"'«»“”„"

_given: set[str] = set()


def known_secrets() -> list[str]:
    """Every secret met in this run, longest first, to be crossed out of what is written.

    A webhook is a whole address. Failures name the part behind the host alone, or its last step, which is the secret in it.
    """
    met = _given | {os.environ.get(name, "") for name in (TOKEN, PASSWORD)}
    steps = {one.rstrip("/").rpartition("/")[2] for one in met if "/" in one}
    return sorted((met | steps) - {""}, key=len, reverse=True)


def keep_secret(*secrets: str) -> None:
    """Add to what is crossed out of everything written."""
    _given.update(secrets)


def account_url(text: str) -> str:
    """Scheme, host and port of `text`; a bare host gets https. Raises ConfigurationError for anything unsafe.

    Plain http is for this very computer only: elsewhere it would carry the sign-in readable through the network.
    """
    parts = _split(text.strip())
    if parts.username and not parts.password and "://" not in text:
        raise ConfigurationError(
            _("An e-mail is not the address of an account, which looks like https://mycompany.megaplan.ru")
        )
    if parts.username or parts.password:
        raise ConfigurationError(
            _(
                "A login or password does not belong into the address: set {login} and {password}, or wait to be asked."
            ).format(login=LOGIN, password=PASSWORD)
        )
    if not _can_be(parts):
        raise _no_address(text)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ConfigurationError(
            _("{url} would send your sign-in readable by anyone on the way. Write https:// instead.").format(
                url=f"http://{parts.netloc}"
            )
        )
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text if "://" in text else f"https://{text}")
        parts.port  # noqa: B018 - raises ValueError for a port that is none
    except ValueError as error:
        raise _no_address(text) from error
    is_host = parts.hostname and " " not in parts.netloc and not parts.netloc.endswith(":")
    # https//mycompany…: the colon is missing
    is_host = is_host and parts.netloc.lower() not in ("http", "https")
    is_host = is_host and not (parts.hostname or "").isdecimal()  # a port alone, or `url = 5` in the settings
    if parts.scheme not in ("http", "https") or not is_host:
        raise _no_address(text)
    return parts


def _can_be(parts: SplitResult) -> bool:
    """Whether a computer may be called so: what no network can find would be waited for as if the line were down."""
    from requests import Request, RequestException

    try:
        (parts.hostname or "").encode("idna")  # refuses what is empty or too long between two points
        Request("GET", f"{parts.scheme}://{parts.netloc}").prepare()
    except (UnicodeError, RequestException):
        return False
    return "\\" not in parts.netloc


def _no_address(text: str) -> ConfigurationError:
    return ConfigurationError(
        _("“{text}” is not an address. It looks like https://mycompany.megaplan.ru").format(text=text)
    )


def is_loopback(host: str) -> bool:
    """Whether `host` is this very computer: localhost, ::1 or 127.0.0.0/8."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def credentials(
    environment: Mapping[str, str] | None = None, ask: Callable[[str, bool], str] | None = None
) -> Credentials:
    """Credentials from the environment; what is missing is asked at the terminal.

    `ask` takes the question and whether the answer is hidden. Raises ConfigurationError when nobody can be asked,
    SignInRefusedError for what can be no token, and for what is no text.
    """
    environment = os.environ if environment is None else environment
    token, login = (_copied(environment.get(name)) for name in (TOKEN, LOGIN))
    password = (environment.get(PASSWORD) or "").strip("\r\n") or None
    if not token and not (login and password):
        token, login, password = _asked(ask or _terminal(), login, password)
    _given.update(secret for secret in (token, password) if secret)
    _needs_sendable(token)
    _needs_text(login, password)
    return Credentials(token, login, password)


def _copied(text: str | None) -> str | None:
    """What was meant by `text`: without what copying, `set X="…"` and files of Windows leave around it."""
    return (text or "").strip(LEFT_BY_COPYING) or None


def _needs_sendable(token: str | None) -> None:
    """A token travels in a header, which carries nothing but printable ASCII: anything else would fail at every call."""
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise SignInRefusedError(
            _(
                "This token cannot be right: there is a blank, a line end or a letter in it that no token has. Copy it once more, "
                "the whole of it and nothing else."
            )
        )


def _needs_text(*told: str | None) -> None:
    """Bytes of another encoding reach us as lone surrogates, which nothing sends: each request would fail, and be tried again."""
    if any(one and encodable(one) != one for one in told):
        raise SignInRefusedError(
            _(
                "The login or the password cannot be read: one letter or more is not UTF-8. If it comes from a file, save that file "
                "as UTF-8."
            )
        )


def _asked(
    ask: Callable[[str, bool], str], login: str | None, password: str | None
) -> tuple[str | None, str | None, str | None]:
    if not login:
        token = _copied(ask(_("Token (press Enter to sign in with login and password instead): "), True))
        if token:
            return token, None, None
    login = login or _copied(ask(_("Login: "), False))
    return None, login, password or ask(_("Password: "), True)


def _terminal() -> Callable[[str, bool], str]:
    if not sys.stdin or not sys.stdin.isatty():
        raise ConfigurationError(
            _(
                "Who signs in? Set {token}, or {login} and {password}, or start this at a terminal to be asked."
            ).format(token=TOKEN, login=LOGIN, password=PASSWORD)
        )
    return question


def question(text: str, hidden: bool = False) -> str:
    """Ask the person at the terminal; a hidden answer is not shown while typed."""
    from getpass import getpass

    if hidden:
        try:
            return getpass(text)
        except UnicodeDecodeError as error:  # the terminal types another encoding than UTF-8
            return bytes(error.object).decode(errors="surrogateescape")
    sys.stderr.write(text)
    sys.stderr.flush()
    answer = sys.stdin.readline()
    if not answer:
        raise KeyboardInterrupt
    return answer.strip()
