"""What a layout file (`mappings/to/*.yaml`) may say. The keys are explained for people in docs/targets.md."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from crmexport.mapping.to.patterns import refuse_other_letters
from crmexport.text import _, language


def _one_sign(text: str) -> str:
    if len(text) != 1 or text in '"\r\n':
        raise ValueError(_("one sign is needed here, such as “,” or “;”."))
    return text


def _known_encoding(name: str) -> str:
    try:
        "".encode(name)
    except LookupError as unknown:
        raise ValueError(
            _("there is no encoding “{name}”. Try utf-8, utf-8-sig or cp1251.").format(name=name)
        ) from unknown
    return name


def _pattern(text: str) -> str:
    refuse_other_letters(text)
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Dialect(_Strict):
    """How values are written in CSV.

    `guard` puts `'` before texts that a spreadsheet would run as a formula. `line_breaks` replaces line breaks within a
    cell. `backslash: spaced` parts a backslash from a quotation mark behind it, which PHP would misread. `dates` and
    `times` are "iso" or patterns such as "dd.mm.yyyy hh:mm:ss". `truth` is how yes and no are written (null: in the words of the language). `lists` are joined for people or written as JSON.
    """

    delimiter: Annotated[str, AfterValidator(_one_sign)] = ","
    encoding: Annotated[str, AfterValidator(_known_encoding)] = "utf-8"
    quote_all: bool = False
    guard: bool = False
    line_breaks: str | None = None
    backslash: Literal["kept", "spaced"] = "kept"
    dates: Pattern = "iso"
    times: Pattern = "iso"
    decimal: Literal[".", ","] = "."
    truth: tuple[str, str] | None = ("true", "false")
    lists: Literal["joined", "json"] = "joined"


class Limits(_Strict):
    """How much of a table the target takes in one file; what is more goes on in `name-2`, `name-3` … with the same headings."""

    rows: int | None = Field(default=None, ge=1)
    megabytes: int | None = Field(default=None, ge=1)


Word = str | bool | int | None


class Other(_Strict):
    """In `where`: any value but these. `{not: null}` is any value at all."""

    not_: Word | tuple[Word, ...] = Field(alias="not")


Where = dict[str, Word | tuple[Word, ...] | Other]


class VCard(_Strict):
    """How cards are written: in version 3.0, which nearly every program reads, or in 4.0."""

    version: Literal["3.0", "4.0"] = "3.0"


class Sql(_Strict):
    """Which database: its address without a password, as SQLAlchemy writes it; "" is an SQLite file in the output."""

    address: str = ""


class Json(_Strict):
    """How values are written in `json`: `dates` and `times` are "iso" (times in UTC) or patterns such as "yyyy-mm-ddThh:mm:sszzzz"."""

    dates: Pattern = "iso"
    times: Pattern = "iso"


class Within(_Strict):
    """In `json`: whose row a row belongs to. `by` is the path of a link that leads there, or several; without it, both are made of one entity.

    The row stands in the list `as` of that row (without it, the list is called like the table). When a document has a place
    for the rows of its own, it stands there, in the same file as the row it belongs to.
    """

    table: str
    by: str | tuple[str, ...] = ()
    as_: str = Field(default="", alias="as")

    @property
    def links(self) -> tuple[str, ...]:
        """The paths of the links, also when there is one."""
        return (self.by,) if isinstance(self.by, str) else self.by


class Entries(_Strict):
    """In `json`: the list of an object that holds whole columns: custom fields, and those that say `entry: true`.

    `in` is its key; `entry` stands in it for every such column with a value. {heading}, {key}, {number} and {cell} are filled in, what the
    column says `about` itself goes before.
    """

    in_: str = Field(alias="in")
    entry: dict[str, str]


ByLanguage = str | dict[Literal["ru", "en"], str]
"""A text, or one for each language ("ru", "en")."""


class ColumnRule(_Strict):
    """One column: where its value comes from, and how it is shaped on the way.

    `path` is one path or several (the first with a value wins). `label` takes, from a list of phones and the like, the
    first item not yet taken whose label contains one of these words (any, if there are none). `text` is filled in with paths
    in braces (of several between ` || ` the first that has a value); `each` shapes every item of a list (`{}`), `join` stands between them. `default` is filled in when the value is
    empty, unless the path `default_unless` has one, or unless the row has the values that it names as `when` does. `shared` says what happens when another entity of the
    kind has the same name: `suffix` adds ` #id`, `overflow` leaves the cell empty and tells in the overflow column.

    `heading` is what stands at the top when it is not the key: several columns may have one heading. `repeat` gives every
    item of a list a column of its own, as many as the longest row needs ("all") or at most so many; the rest goes to the
    overflow (0: all of them). `children` is a list made of other entities that refer to this one, such as note.parent.
    `when` leaves the cell empty unless the row has these values; `only` takes, of a list of links, those to records with these
    values, and the overflow tells the others. `choice` may say under "*" what is written for a word it
    does not list. `replace` puts other signs instead of those that would part or break a value in the target. `multiply`
    changes the unit of a number. With `tell` the overflow tells the value too, for words that `choice` makes coarser. `markup` writes the finished text as the target's markup. `about` is data of the target's
    own about this column, for `documents`. `entry` puts the column among the `entries` of its table (`json`).
    `required` tells that the target refuses rows without it: `crmexport mapping check` names those.
    """

    heading: str | None = None
    path: str | tuple[str, ...] = ()
    children: str | None = None
    when: Where = Field(default_factory=dict)
    only: Where = Field(default_factory=dict)
    is_: (
        Literal["text", "date", "datetime", "moment", "number", "whole", "email"]
        | Literal["midday", "evening", "clock", "day_after", "is_day", "has_time", "truth", "duration"]
        | None
    ) = Field(default=None, alias="is")
    label: tuple[str, ...] | None = None
    choice: dict[str, str | None] | None = None
    text: str | None = None
    each: str | None = None
    join: str | None = None
    repeat: Annotated[int, Field(ge=0)] | Literal["all"] | None = None
    replace: dict[str, str] = Field(default_factory=dict)
    multiply: int | None = None
    tell: bool = False
    default: str | None = None
    default_unless: str | Where | None = None
    limit: int | None = Field(default=None, ge=1)
    shared: Literal["suffix", "overflow"] | None = None
    markup: Literal["html", "wiki"] | None = None
    about: dict[str, Any] = Field(default_factory=dict)
    entry: bool = False
    required: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths, also when there is one."""
        return (self.path,) if isinstance(self.path, str) else self.path


class TableRule(_Strict):
    """One table. `where` keeps only entities with these values; `overflow` names the column that takes what does not fit.

    Several `where` are passes over the entities, one after another: parents before children. `leave_out` lists fields that
    the target needs nowhere: they are neither columns nor overflow; "all" is for tables of links, whose entities have another
    table. `each` names a list: every item of it makes a row, in which the list has this item alone; `where` then speaks of
    rows. `limits` overrule those of the layout. `reserved` are headings of the target's own beside these columns: it would take
    a custom field of such a name for its own. `custom_limit` is the `limit` of every custom field in a column of its own;
    with `custom_numbers: whole` numbers among them are rounded as `is: whole` rounds.

    In `json`: `within` tells whose row a row belongs to; `together` names links to entities of the same kind, whose rows stay
    in one file even if `limits` would part them; `entries` makes a list of columns. With `by_address` there is no such table
    unless the layout says where `files_at` are. With `always` its rows stand in later files with what is new too: those link to them.
    """

    from_: str = Field(alias="from")
    title: ByLanguage | None = None
    where: Where | tuple[Where, ...] = Field(default_factory=dict)
    columns: dict[str, str | ColumnRule]
    custom: Literal["columns", "overflow", "none"] = "none"
    reserved: tuple[str, ...] = ()
    custom_limit: int | None = Field(default=None, ge=1)
    custom_numbers: Literal["exact", "whole"] = "exact"
    overflow: str | None = None
    leave_out: Literal["all"] | tuple[str, ...] = ()
    each: str | None = None
    limits: Limits = Limits()
    within: Within | None = None
    together: tuple[str, ...] = ()
    entries: Entries | None = None
    by_address: bool = False
    always: bool = False

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


class Layout(_Strict):
    """A whole target: its format and either named tables or all entities as they are.

    `lang` is the language of headings and words ("" for the one the person asked for); `zone` is where times are shown
    (`source`: where the account that was left has its own);
    `words` says whether choices are shown by their titles or by our own keys;
    `readme` is a text written beside the tables, with {placeholders} for lists of what the archive holds; it may be given by
    language. `like` names a layout whose every key stands unless this one says it anew. `workbook: each` gives every table an
    XLSX file of its own and no cover sheet, for importing programs. `documents` are JSON files beside the tables; in `json`
    they hold the tables. `files_at` is the address under which the folder `files` can be reached while the target imports.
    `leave_out` names kinds of entities that this target has no place for, so that nobody asks where they are. `title` says in a
    line what the target is, for the list of all of them; it may be given by language.
    """

    title: ByLanguage = ""
    like: str | None = None
    workbook: Literal["one", "each"] = "one"
    format: Literal["xlsx", "csv", "json", "jsonl", "raw", "vcard", "icalendar", "sql", "parquet", "singer"]
    csv: Dialect = Dialect()
    json_: Json = Field(default=Json(), alias="json")
    vcard: VCard = VCard()
    sql: Sql = Sql()
    lang: Literal["", "ru", "en"] = ""
    zone: str = "UTC"
    words: Literal["titles", "keys"] = "titles"
    entities: Literal["all"] | tuple[str, ...] = ()
    tables: dict[str, TableRule] = Field(default_factory=dict)
    limits: Limits = Limits()
    documents: dict[str, Any] = Field(default_factory=dict)
    readme: ByLanguage = ""
    leave_out: tuple[str, ...] = ()
    files_at: str = ""

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
