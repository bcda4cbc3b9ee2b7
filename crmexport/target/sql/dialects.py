"""In what the databases differ that take the tables: types, how tables are to be made and dropped, and which links they know."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmexport.target.relational.decimals import fits

if TYPE_CHECKING:
    from sqlalchemy import Connection

MYSQL = ("mysql", "mariadb")
EXACT = ("sqlite", "postgresql")
"""Those whose texts have no greatest length, as keys either, whose numbers no fixed number of places, and that check links at the end."""

LINKED_AT_ONCE = ("sqlite", *MYSQL)
"""Those whose tables have their links from the beginning; the others get them when the rows are there."""

UNLINKED = ("duckdb",)
"""Those that take no link for a table that is there (DuckDB, "ALTER TABLE": constraints cannot be added)."""


def takes(dialect: str, number: Decimal) -> bool:
    """Whether the database takes this number; SQLite takes each, if only nearly."""
    return dialect in EXACT or fits(number)


def options(dialect: str) -> dict[str, Any]:
    """How tables are made. The server's own ways may lack signs, links and a way back, and take `a` and `A` for one id."""
    ways = {"engine": "InnoDB", "charset": "utf8mb4", "collate": "utf8mb4_bin"}
    return {f"{dialect}_{name}": way for name, way in ways.items()} if dialect in MYSQL else {}


def settle(connection: "Connection") -> None:
    """Have MySQL and MariaDB refuse what does not fit, which they may cut instead, and look at no link until all tables are there.

    Links that are added later cost a copy of the table each.
    """
    if connection.dialect.name in MYSQL:
        connection.exec_driver_sql(
            "SET SESSION sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES'), SESSION foreign_key_checks = 0"
        )


def drop(connection: "Connection", names: list[str]) -> None:
    """Our tables, the last one last; they lead to each other. Views on them are nobody's to drop."""
    quote = connection.dialect.identifier_preparer.quote
    ours = [quote(name) for name in names]
    if connection.dialect.name not in (*LINKED_AT_ONCE, *UNLINKED):
        ours = list(filter(None, [", ".join(ours)]))
    for some in ours:
        connection.exec_driver_sql(f"DROP TABLE {some}")
