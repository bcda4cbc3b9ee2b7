"""Relations as tables of SQLAlchemy: types, keys, links and comments."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects.mysql import DATETIME, LONGTEXT
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from crmexport.target.relational.decimals import DIGITS, SCALE
from crmexport.target.relational.schema import Attribute, Is, Relation
from crmexport.target.sql.dialects import EXACT, LINKED_AT_ONCE, MYSQL, options
from crmexport.text import N_

DICTIONARY = "crmexport_columns"
"""The table that explains all columns; it also tells that the tables beside it are ours."""

_KEY = 255  # characters of a key where a database takes no text without end as one


class _NumberAsText(UserDefinedType[Any]):
    """A number that is handed over as text. Where SQLAlchemy knows no decimals it makes them floats, that is why."""

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_options: Any) -> str:
        return self.name


class ExactNumber(TypeDecorator[Decimal]):
    """A decimal number: exact, but for SQLite, which keeps some 15 digits of those that are neither whole nor short.

    SQLite's NUMERIC makes whole numbers and floats of texts. Most databases keep no places of a NUMERIC that says of none.
    """

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type in this database."""
        places = () if dialect.name in EXACT else (DIGITS, SCALE)
        if dialect.supports_native_decimal:
            return dialect.type_descriptor(Numeric(*places))
        return dialect.type_descriptor(_NumberAsText(f"NUMERIC{places or ''}"))

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        """To the database."""
        return value if value is None or dialect.supports_native_decimal else f"{value:f}"

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """From the database."""
        return None if value is None else Decimal(repr(value) if isinstance(value, float) else str(value))


def tables(relations: Sequence[Relation], dialect: str, translate: Callable[[str], str]) -> MetaData:
    """All tables; in many databases the links are added when the rows are there."""
    data = MetaData()
    for relation in relations:
        constraints = links(relation, dialect) if dialect in LINKED_AT_ONCE else []
        Table(
            relation.name,
            data,
            *(_column(one, relation, dialect, translate) for one in relation.attributes),
            PrimaryKeyConstraint(*relation.key),
            *constraints,
            comment=translate(relation.title),
            **options(dialect),
        )
    _dictionary(data, dialect, translate)
    return data


def links(relation: Relation, dialect: str) -> list[ForeignKeyConstraint]:
    """The links of a relation to others. They are checked at the end: two kinds of entities may lead to each other."""
    late: dict[str, Any] = {"deferrable": True, "initially": "DEFERRED"} if dialect in EXACT else {}
    return [
        ForeignKeyConstraint(
            [one.name],
            [f"{one.to}.id"],
            name=f"{relation.name}_{one.name}_link",
            **late,
        )
        for one in relation.attributes
        if one.to
    ]


def _column(
    attribute: Attribute, relation: Relation, dialect: str, translate: Callable[[str], str]
) -> Column[Any]:
    is_key = attribute.name in relation.key or bool(attribute.to)
    return Column(
        attribute.name,
        _type(attribute.type, is_key, dialect),
        nullable=attribute.name not in relation.key,
        comment=translate(attribute.title),
    )


def _type(type_: Is, is_key: bool, dialect: str) -> TypeEngine[Any]:
    if type_ is Is.TEXT:
        if is_key and dialect not in EXACT:
            return String(_KEY)
        return LONGTEXT() if dialect in MYSQL else Text()
    kinds: dict[Is, TypeEngine[Any]] = {
        Is.INTEGER: BigInteger(),
        Is.NUMBER: ExactNumber(),
        Is.TRUTH: Boolean(),
        Is.DAY: Date(),
        Is.MOMENT: DATETIME(fsp=6) if dialect in MYSQL else DateTime(timezone=True),
    }
    return kinds[type_]


def _dictionary(data: MetaData, dialect: str, translate: Callable[[str], str]) -> None:
    Table(
        DICTIONARY,
        data,
        *(
            Column(name, _type(Is.TEXT, name in ("table_name", "column_name"), dialect))
            for name in ("table_name", "column_name", "title", "type", "leads_to")
        ),
        PrimaryKeyConstraint("table_name", "column_name"),
        comment=translate(N_("What the columns of the other tables mean")),
        **options(dialect),
    )


def dictionary_rows(
    relations: Sequence[Relation], translate: Callable[[str], str]
) -> list[dict[str, str | None]]:
    """The rows of the table that explains all columns."""
    return [
        {
            "table_name": relation.name,
            "column_name": one.name,
            "title": f"{translate(relation.title)}: {translate(one.title)}",
            "type": one.type.value,
            "leads_to": f"{one.to}.id" if one.to else None,
        }
        for relation in relations
        for one in relation.attributes
    ]
