"""Constants within statements that are compiled once: as parameters, they would have to be given each time."""

from sqlalchemy import ColumnElement, Text, and_, literal_column

from crmexport.archive.schema import announced

LINKED = "linked/"  # the scope of a record that no list gave, only a link


def text(constant: str) -> ColumnElement[str]:
    """A text that we chose ourselves, without quotes in it."""
    return literal_column(f"'{constant}'", Text)


IS_LINKED = and_(
    announced.c.scope >= text(LINKED), announced.c.scope < text(LINKED.replace("/", "0"))
)  # "0" follows "/"
"""Whether only a link tells of what is announced."""
