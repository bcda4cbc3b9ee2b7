"""What a layout file (`mappings/to/*.yaml`) may say.

Each key is explained once, in its description: editors show it by the JSON Schema, and workbooks of `mapping to-excel` in
their last sheet, in the language in use. Pages for people: docs/targets.md and docs/ru/targets.md.
"""

from typing import Annotated, Any, Literal

from pydantic import Field

from crmexport.mapping.to.dialects import Dialect, Json, Limits, Sql, Strict, VCard
from crmexport.mapping.to.table import Is
from crmexport.text import N_, language

Word = str | bool | int | None


class Other(Strict):
    """In `where`: any value but these. `{not: null}` is any value at all."""

    not_: Word | tuple[Word, ...] = Field(alias="not")


Where = dict[str, Word | tuple[Word, ...] | Other]


class Within(Strict):
    """In `json`: whose row a row belongs to. Without `by` both rows are made of one entity.

    When a document has a place for the rows of its own, the row stands there, in the same file as the row it belongs to.
    """

    table: str = Field(description=N_("The table whose row a row belongs to."))
    by: str | tuple[str, ...] = Field(
        default=(),
        description=N_(
            "The path of the link to that row, or several; without it both are made of one record."
        ),
    )
    as_: str = Field(
        default="",
        alias="as",
        description=N_("The list of that row in which it stands; without it, called like the table."),
    )

    @property
    def links(self) -> tuple[str, ...]:
        """The paths of the links, also when there is one."""
        return (self.by,) if isinstance(self.by, str) else self.by


class Entries(Strict):
    """In `json`: the list of an object that holds whole columns: custom fields, and those that say `entry: true`."""

    in_: str = Field(alias="in", description=N_("The key of that list."))
    entry: dict[str, str] = Field(
        description=N_(
            "What stands there for each such column with a value: {heading}, {key}, {number} and {cell} are filled in, "
            "what the column says “about” itself goes before."
        )
    )


ByLanguage = str | dict[Literal["ru", "en"], str]
"""A text, or one for each language ("ru", "en")."""


class ColumnRule(Strict):
    """One column: where its value comes from, and how it is shaped on the way. A lone text is a rule's `path`."""

    heading: str | None = Field(
        default=None,
        description=N_(
            "What stands at the top when it is not the key: several columns may have one heading."
        ),
    )
    path: str | tuple[str, ...] = Field(
        default=(),
        description=N_(
            "Where the value comes from, such as owner.name; several paths: the first that has a value."
        ),
    )
    children: str | None = Field(
        default=None, description=N_("The list of other records that refer to this one, such as note.parent.")
    )
    when: Where = Field(
        default_factory=dict,
        description=N_("The cell is empty unless the row has these values, such as {status: completed}."),
    )
    only: Where = Field(
        default_factory=dict,
        description=N_(
            "Of a list of links, those to records with these values; the overflow tells the others."
        ),
    )
    is_: Is | None = Field(
        default=None, alias="is", description=N_("As what the value is written: date, number, whole, email …")
    )
    not_before: str | None = Field(
        default=None,
        description=N_(
            "A day or a time that the value must not precede, such as start; of one that does, the overflow tells."
        ),
    )
    label: tuple[str, ...] | None = Field(
        default=None,
        description=N_(
            "Of a list such as phones, the first one not yet taken whose label contains one of these words; []: any."
        ),
    )
    choice: dict[str, str | None] | None = Field(
        default=None,
        description=N_(
            "The target's word for each of our keys, such as {won: Y}; “*” is for every other; what is missing goes to the "
            "overflow."
        ),
    )
    text: str | None = Field(
        default=None,
        description=N_(
            "A text with paths in braces; a part in [square brackets] is left out when its path is empty; of several between "
            "“ || ” the first that has a value."
        ),
    )
    each: str | None = Field(
        default=None,
        description=N_(
            "How every item of a list is written; {} is the item, {first_name} and the like are fields behind a link."
        ),
    )
    join: str | None = Field(default=None, description=N_("What stands between the items of a list."))
    repeat: Annotated[int, Field(ge=0)] | Literal["all"] | None = Field(
        default=None,
        description=N_(
            "Every item of a list gets a column of its own: “all”, or at most so many; the overflow tells the others."
        ),
    )
    replace: dict[str, str] = Field(
        default_factory=dict,
        description=N_(
            "Other signs for those that the target would misread: which, and what stands there instead."
        ),
    )
    multiply: int | None = Field(
        default=None, description=N_("The number in another unit: so many times as much.")
    )
    tell: bool = Field(
        default=False,
        description=N_("The overflow tells the value as well, where “choice” makes it coarser."),
    )
    default: str | None = Field(default=None, description=N_("What is written when the value is empty."))
    default_unless: str | Where | None = Field(
        default=None,
        description=N_("A path that must be empty too for “default”; or values that the row must not have."),
    )
    limit: int | None = Field(
        default=None, ge=1, description=N_("The most characters; the rest goes to the overflow.")
    )
    shared: Literal["suffix", "overflow"] | None = Field(
        default=None,
        description=N_(
            "For a name that several records share: “suffix” adds #id, “overflow” leaves the cell empty and tells the name there."
        ),
    )
    markup: Literal["html", "wiki"] | None = Field(
        default=None, description=N_("The finished text as the target's markup: html or wiki.")
    )
    about: dict[str, Any] = Field(
        default_factory=dict, description=N_("What the documents of the layout say of this column.")
    )
    entry: bool = Field(
        default=False, description=N_("In json: the column stands among the “entries” of its table.")
    )
    required: bool = Field(
        default=False,
        description=N_("The target refuses rows without it: crmexport mapping check names those."),
    )

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths, also when there is one."""
        return (self.path,) if isinstance(self.path, str) else self.path


class TableRule(Strict):
    """One table: whose records become its rows, and its columns. Whatever no column shows goes to the overflow."""

    from_: str = Field(
        alias="from", description=N_("The kind of records that become rows, such as company or deal.")
    )
    title: ByLanguage | None = Field(
        default=None, description=N_("What the table is, for README.txt and the name of its sheet.")
    )
    where: Where | tuple[Where, ...] = Field(
        default_factory=dict,
        description=N_(
            "Only records with these values, such as {is_deleted: false}; several in a list are passes, one after another."
        ),
    )
    below: str | None = Field(
        default=None,
        description=N_(
            "The link to the record of the same kind below whose row a row stands, however deep, such as parent."
        ),
    )
    columns: dict[str, str | ColumnRule] = Field(
        min_length=1, description=N_("The columns: a heading, and the path or the rule of its value.")
    )
    custom: Literal["columns", "overflow", "none"] = Field(
        default="none",
        description=N_(
            "Custom fields as “columns” of their own, into the “overflow” column, or “none”: counted as left out."
        ),
    )
    reserved: tuple[str, ...] = Field(
        default=(),
        description=N_(
            "Headings of the target's own: a custom field of such a name gets a number, not to be taken for it."
        ),
    )
    custom_limit: int | None = Field(
        default=None, ge=1, description=N_("The most characters of a custom field in a column of its own.")
    )
    custom_numbers: Literal["exact", "whole"] = Field(
        default="exact",
        description=N_("“whole” rounds numbers of custom fields; the overflow tells the exact ones."),
    )
    overflow: str | None = Field(
        default=None, description=N_("The heading of the column that takes everything that does not fit.")
    )
    leave_out: Literal["all"] | tuple[str, ...] = Field(
        default=(),
        description=N_(
            "Fields that the target needs nowhere; “all”: whatever this table does not show, as another table does."
        ),
    )
    each: str | None = Field(
        default=None, description=N_("A list of the record: every item of it makes a row of its own.")
    )
    limits: Limits = Field(
        default=Limits(), description=N_("The most “rows” or “megabytes” of one file of this table.")
    )
    within: Within | None = Field(default=None, description=N_("In json: whose row a row belongs to."))
    together: tuple[str, ...] = Field(
        default=(), description=N_("In json: links to records of the same kind, whose rows stay in one file.")
    )
    entries: Entries | None = Field(default=None, description=N_("In json: a list made of whole columns."))
    by_address: bool = Field(
        default=False, description=N_("There is no such table unless the layout says where “files_at” are.")
    )
    always: bool = Field(
        default=False,
        description=N_("All its rows stand in later files with what is new too: those link to them."),
    )
    once: bool = Field(
        default=False,
        description=N_(
            "One row for all of these records, made of the first: what they need at the target, such as a project for tasks of none."
        ),
    )

    @property
    def leaves_all(self) -> bool:
        """Whether what it does not show is for another table to account for."""
        return self.once or self.leave_out == "all"

    @property
    def passes(self) -> tuple[Where, ...]:
        """The `where` of each pass, also when there is one."""
        return (self.where,) if isinstance(self.where, dict) else self.where

    @property
    def headings(self) -> list[str]:
        """The headings that no custom field may have: those of the columns, and those reserved."""
        of_columns = [
            (None if isinstance(one, str) else one.heading) or key for key, one in self.columns.items()
        ]
        return [*of_columns, *self.reserved]


WITHOUT_TABLES = frozenset({"raw", "sql", "jsonl", "parquet", "singer"})
"""The formats that need no tables: they write all that there is, in a form of their own."""


OF_SOURCE = "source"


class Layout(Strict):
    """A whole target: its format and either named tables or all entities as they are."""

    title: ByLanguage = Field(
        default="", description=N_("What the target is, in a line, for crmexport targets.")
    )
    like: str | None = Field(
        default=None,
        description=N_("A layout whose every key at the top stands unless this file says it anew."),
    )
    workbook: Literal["one", "each"] = Field(
        default="one",
        description=N_("“each”: every table in an XLSX file of its own, without a cover sheet."),
    )
    format: Literal[
        "xlsx", "csv", "json", "jsonl", "raw", "vcard", "icalendar", "sql", "parquet", "singer"
    ] = Field(description=N_("What kind of file is written."))
    csv: Dialect = Field(default=Dialect(), description=N_("How values are written in CSV."))
    json_: Json = Field(default=Json(), alias="json", description=N_("How values are written in JSON."))
    vcard: VCard = Field(default=VCard(), description=N_("How cards are written."))
    sql: Sql = Field(default=Sql(), description=N_("Which database is written to."))
    lang: Literal["", "ru", "en"] = Field(
        default="",
        description=N_("The language of headings and words; without it, the one that the person asks for."),
    )
    zone: str = Field(
        default="UTC",
        description=N_(
            "The zone in which times are shown, such as Europe/Moscow or +03:00; “source”: that of the account."
        ),
    )
    words: Literal["titles", "keys"] = Field(
        default="titles",
        description=N_("Statuses and the like by their words (titles) or by their fixed keys."),
    )
    entities: Literal["all"] | tuple[str, ...] = Field(
        default=(),
        description=N_("Instead of tables: a table for each kind of records (all), or for these kinds."),
    )
    tables: dict[str, TableRule] = Field(
        default_factory=dict, description=N_("The tables: a name for the file, and what stands in it.")
    )
    limits: Limits = Field(default=Limits(), description=N_("The most “rows” or “megabytes” of one file."))
    documents: dict[str, Any] = Field(
        default_factory=dict, description=N_("JSON files beside the tables; in json they hold the tables.")
    )
    readme: ByLanguage = Field(
        default="",
        description=N_(
            "The text of README.txt; {source}, {zone}, {files}, {users}, {pipelines}, {custom_fields}, {not_carried} and "
            "{moved} are filled in."
        ),
    )
    leave_out: tuple[str, ...] = Field(
        default=(),
        description=N_(
            "Kinds of records for which the target has no place, so that nobody asks where they are."
        ),
    )
    files_at: str = Field(
        default="",
        description=N_("The address under which the folder “files” can be reached while the target imports."),
    )

    @property
    def is_copy(self) -> bool:
        """Whether entities are written as they are, by no table of the layout."""
        return self.format in WITHOUT_TABLES and not (self.format == "jsonl" and self.tables)

    @property
    def written_tables(self) -> dict[str, TableRule]:
        """The tables without those that need an address of the attachments when there is none."""
        return {name: rule for name, rule in self.tables.items() if self.files_at or not rule.by_address}

    def placed(self, zone: str) -> "Layout":
        """This layout with `zone`, that of the account that was left, where it asks for that one."""
        return self.model_copy(update={"zone": zone}) if self.zone == OF_SOURCE else self

    def spoken(self, lang: str | None) -> str:
        """The language of this layout's headings when the person asked for `lang`."""
        return self.lang or lang or language()

    def read_in(self, lang: str) -> str:
        """The language of the text beside the tables: the one that the person asked for if it has that, else that of the headings."""
        return lang if isinstance(self.readme, dict) and lang in self.readme else self.spoken(lang)

    def readme_in(self, lang: str) -> str:
        """The text beside the tables, in the language of `read_in`; "" when there is none."""
        return _in(self.readme, self.read_in(lang))

    def table_title_in(self, table: str, lang: str) -> str:
        """What a table is for people, if the layout says so; "" when it does not."""
        return _in(self.tables[table].title or "", lang) if table in self.tables else ""

    def title_in(self, lang: str) -> str:
        """What the target is, in the language `lang` if it says so in that one; "" when it does not say."""
        return _in(self.title, lang)

    def limits_of(self, table: str) -> Limits:
        """How much of the table goes into one file."""
        own = self.tables[table].limits if table in self.tables else Limits()
        return Limits(rows=own.rows or self.limits.rows, megabytes=own.megabytes or self.limits.megabytes)


def _in(text: ByLanguage, lang: str) -> str:
    if isinstance(text, str):
        return text
    return next((one for key, one in text.items() if key == lang), "") or next(iter(text.values()), "")
