"""Where an archive is: a folder, or a schema of a PostgreSQL database with a folder beside it for the bytes of files."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

from crmexport.disk import typed
from crmexport.errors import ConfigurationError
from crmexport.text import _

SCHEMES = ("postgresql://", "postgres://")
SCHEMA = "crmexport"
LONGEST = 63  # bytes of a name in PostgreSQL
SECRETS = ("password", "sslpassword")


@dataclass(frozen=True, slots=True)
class Server:
    """An archive in PostgreSQL. As text it is its address without the password.

    `address` is what libpq is given, `schema` the schema that holds the tables, `folder` the folder for the bytes of
    files as it was given; None is the folder that the archive remembers.
    """

    address: str = field(repr=False)
    schema: str = SCHEMA
    folder: Path | None = None

    def __str__(self) -> str:
        parts = urlsplit(self.address)
        kept = [(name, value) for name, value in parse_qsl(parts.query) if name not in SECRETS]
        user, at, host = parts.netloc.rpartition("@")
        shown = parts._replace(netloc=user.partition(":")[0] + at + host)
        return _with_query(shown, [*kept, ("schema", self.schema)])

    @property
    def secrets(self) -> list[str]:
        """What of the address nobody may see."""
        parts = urlsplit(self.address)
        typed = parts.netloc.rpartition("@")[0].partition(":")[2]
        given = [value for name, value in parse_qsl(parts.query) if name in SECRETS]
        return [secret for secret in (typed, unquote(typed), *given) if secret]


Place = Path | Server


def place_of(text: str) -> Place:
    """The place typed after --archive: an address that begins with postgresql://, else a folder, with `~` understood.

    Raises ConfigurationError for an address that is none; the sentence does not repeat it, a password may be in it.
    """
    if not text.startswith(SCHEMES):
        return typed(text)
    try:
        parts = urlsplit(text)
        query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise not_understood() from error
    own = {name: value for name, value in query if name in ("schema", "folder")}
    rest = [(name, value) for name, value in query if name not in own]
    # an unwritten %23, %2F or %40 in a password
    if parts.fragment or "@" in parts.path or parts.netloc.count("@") > 1:
        raise not_understood()
    folder = typed(own["folder"]) if own.get("folder") else None
    return Server(_with_query(parts, rest), _schema(own.get("schema", SCHEMA)), folder)


def not_understood() -> ConfigurationError:
    """What to say of an address that cannot be read, without repeating it."""
    return ConfigurationError(
        _(
            "The address of the archive is not understood. It looks like postgresql://USER@HOST:5432/DATABASE?schema=NAME&folder=DIR. "
            "Leave the password to PGPASSWORD or the password file; in the address, write @ / : # of a password as %40 %2F %3A %23."
        )
    )


def _schema(name: str) -> str:
    if not name or "\0" in name or len(name.encode()) > LONGEST or name.startswith("pg_"):
        raise ConfigurationError(
            _(
                "“{name}” cannot be the name of a schema in PostgreSQL: it takes 1 to {longest} bytes and does not begin with pg_."
            ).format(name=name, longest=LONGEST)
        )
    return name


def _with_query(parts: SplitResult, query: list[tuple[str, str]]) -> str:
    words = urlencode(query, quote_via=quote)
    return f"{parts.scheme}://{parts.netloc}{parts.path}{'?' if words else ''}{words}"
