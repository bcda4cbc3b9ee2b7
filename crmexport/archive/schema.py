"""The tables of an archive. The same description serves SQLite and, by URL, any other database SQLAlchemy speaks."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

VERSION = "2"

metadata = MetaData()

# SQLite numbers rows by itself only for a column that is exactly INTEGER.
_Number = BigInteger().with_variant(Integer, "sqlite")

about = Table(
    "about", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False)
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pull", Integer, nullable=False),
    Column("started", String, nullable=False),
    Column("ended", String),
    Column("outcome", String),
    Column("requests", Integer, nullable=False, default=0),
    Column("program", String, nullable=False),
)

passes = Table(
    "passes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("pull", Integer, nullable=False),
    Column("kind", String, nullable=False),
    Column("since", String),
    Column("started", String, nullable=False),
    Column("ended", String),
    Column("changed", Integer, nullable=False, default=0),
)

requests = Table(
    "requests",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("pass", Integer, nullable=False),
    Column("key", String(64), nullable=False),
    Column("worth", Integer, nullable=False),
    Column("state", Integer, nullable=False),
    Column("bulk", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", Float, nullable=False, default=0.0),
    Column("payload", LargeBinary),
    Index("requests_key", "pass", "key", unique=True),
)
Index(
    "requests_next",
    requests.c["pass"],
    requests.c.state,
    requests.c.bulk,
    requests.c.worth.desc(),
    requests.c.id,
)

responses = Table(
    "responses",
    metadata,
    Column("id", _Number, primary_key=True),
    Column("run", Integer, nullable=False),
    Column("received", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("request", LargeBinary, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

_PLACE = ("response", "start", "end")

records = Table(
    "records",
    metadata,
    Column("stream", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("sha256", LargeBinary(32), nullable=False),
    *(Column(name, _Number, nullable=False) for name in _PLACE),
    Column("parent_stream", String),
    Column("parent_id", String),
    Column("modified", String),
    Column("listed", Integer, nullable=False),
    Column("deleted", String),
    Index("records_place", "response", "stream", "start"),
    sqlite_with_rowid=False,
)

versions = Table(
    "versions",
    metadata,
    Column("number", _Number, primary_key=True),
    Column("stream", String, nullable=False),
    Column("id", String, nullable=False),
    Column("sha256", LargeBinary(32), nullable=False),
    *(Column(name, _Number, nullable=False) for name in _PLACE),
    Column("replaced", String, nullable=False),
    Index("versions_record", "stream", "id"),
    Index("versions_place", "response"),
)

links = Table(
    "links",
    metadata,
    Column("stream", String, primary_key=True),
    Column("id", String, primary_key=True),
    sqlite_with_rowid=False,
)

files = Table(
    "files",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("size", _Number),
    Column("meta", String, nullable=False),
    Column("sha256", String(64)),
    Column("bytes", _Number),
)

file_owners = Table(
    "file_owners",
    metadata,
    Column("file", String, primary_key=True),
    Column("stream", String, primary_key=True),
    Column("id", String, primary_key=True),
)

gaps = Table(
    "gaps",
    metadata,
    Column("stream", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("reason", String, nullable=False),
)

announced = Table(
    "announced",
    metadata,
    Column("stream", String, primary_key=True),
    Column("scope", String, primary_key=True),
    Column("number", _Number, nullable=False),
    Column("seen", Integer, nullable=False),
)

ended = Table(
    "ended",
    metadata,
    Column("stream", String, primary_key=True),
    Column("parent_stream", String, primary_key=True),
    Column("parent_id", String, primary_key=True),
)
