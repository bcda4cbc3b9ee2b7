"""Whether PostgreSQL's own pages and indexes are sound: by its extension amcheck, else by counting rows both ways."""

from collections.abc import Iterator

from sqlalchemy import Connection

from crmexport.errors import ArchiveDamagedError, OutputError
from crmexport.text import _

_INDEXES = """
    SELECT quote_ident(n.nspname) || '.' || quote_ident(t.relname), i.indexrelid::regclass::text, i.indexrelid::oid,
           (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY k.place)
            FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number)
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = %s AND t.relkind = 'r' ORDER BY 1, 2
"""
_AMCHECK = """
    SELECT quote_ident(n.nspname) || '.bt_index_check' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
    JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
    WHERE e.extname = 'amcheck' AND p.proname = 'bt_index_check' AND p.pronargs = 2
      AND has_function_privilege(p.oid, 'EXECUTE')
"""
_BY_TABLE = {"enable_indexscan": "off", "enable_indexonlyscan": "off", "enable_bitmapscan": "off"}
_BY_INDEX = {"enable_seqscan": "off", "enable_bitmapscan": "off", "enable_sort": "off"}


def unsound(connection: Connection, schema: str) -> Iterator[str]:
    """One sentence for every index of `schema` that does not agree with its table."""
    amcheck = connection.exec_driver_sql(_AMCHECK).scalar()
    for table, index, oid, columns in connection.exec_driver_sql(_INDEXES, (schema,)).all():
        try:
            if amcheck:
                connection.exec_driver_sql(f"SELECT {amcheck}(%s::regclass, true)", (oid,))
            elif (counts := _counts(connection, table, columns))[0] != counts[1]:
                yield _(
                    "The index {index} is damaged: it has {found} rows, its table {rows}. REINDEX mends it, if the table is sound."
                ).format(index=index, rows=counts[0], found=counts[1])
        except (ArchiveDamagedError, OutputError) as failure:
            yield _("The index {index} is damaged: {words}").format(index=index, words=_words(failure))


def _words(failure: Exception) -> str:
    """What the server said, without where in amcheck it stood."""
    return str(failure.__cause__ or failure).partition("\nCONTEXT")[0]


def _counts(connection: Connection, table: str, columns: str) -> tuple[int, int]:
    """How many rows the table has, and how many its index on `columns` leads to."""
    by_index = f"SELECT count(*) FROM (SELECT 1 FROM {table} ORDER BY {columns}) AS found"  # noqa: S608 - quoted names
    by_table = f"SELECT count(*) FROM {table}"  # noqa: S608 - a quoted name
    return _count(connection, _BY_TABLE, by_table), _count(connection, _BY_INDEX, by_index)


def _count(connection: Connection, ways: dict[str, str], question: str) -> int:
    connection.exec_driver_sql("BEGIN")
    try:
        for name, value in ways.items():
            connection.exec_driver_sql(f"SET LOCAL {name} = {value}")
        return int(connection.exec_driver_sql(question).scalar_one())
    finally:
        connection.exec_driver_sql("ROLLBACK")
