"""What a layout file (`mappings/to/*.yaml`) may say. The keys are explained for people in docs/targets.md."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

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
    dates: str = "iso"
    times: str = "iso"
    decimal: Literal[".", ","] = "."
    truth: tuple[str, str] | None = ("true", "false")
    lists: Literal["joined", "json"] = "joined"


class ColumnRule(_Strict):
    """One column: where its value comes from, and how it is shaped on the way.

    `path` is one path or several (the first with a value wins). `label` takes, from a list of phones and the like, the
    first item not yet taken whose label contains one of these words (any, if there are none). `text` is filled in with paths
    in braces; `each` shapes every item of a list (`{}`), `join` stands between them. `default` is filled in when the value is
    empty, unless `default_unless` has one. `shared` says what happens when another entity of the
    kind has the same name: `suffix` adds ` #id`, `overflow` leaves the cell empty and tells in the overflow column.
    """

    path: str | tuple[str, ...] = ()
    is_: Literal["text", "date", "datetime", "number", "email"] | None = Field(default=None, alias="is")
    label: tuple[str, ...] | None = None
    choice: dict[str, str] | None = None
    text: str | None = None
    each: str | None = None
    join: str | None = None
    default: str | None = None
    default_unless: str | None = None
    limit: int | None = Field(default=None, ge=1)
    shared: Literal["suffix", "overflow"] | None = None

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths, also when there is one."""
        return (self.path,) if isinstance(self.path, str) else self.path


class TableRule(_Strict):
    """One table. `where` keeps only entities with these values; `overflow` names the column that takes what does not fit.

    `leave_out` lists fields that the target needs nowhere: they are neither columns nor overflow.
    """

    from_: str = Field(alias="from")
    title: str | None = None
    where: dict[str, str | bool | int | tuple[str | bool | int, ...] | None] = Field(default_factory=dict)
    columns: dict[str, str | ColumnRule]
    custom: Literal["columns", "overflow", "none"] = "none"
    overflow: str | None = None
    leave_out: tuple[str, ...] = ()


class Layout(_Strict):
    """A whole target: its format and either named tables or all entities as they are.

    `lang` is the language of headings and words ("" for the one the person asked for); `zone` is where times are shown;
    `words` says whether choices are shown by their titles or by our own keys;
    `readme` is a text written beside the tables, with {placeholders} for lists of what the archive holds.
    """

    format: Literal["xlsx", "csv", "jsonl", "raw"]
    csv: Dialect = Dialect()
    lang: Literal["", "ru", "en"] = ""
    zone: str = "UTC"
    words: Literal["titles", "keys"] = "titles"
    entities: Literal["all"] | tuple[str, ...] = ()
    tables: dict[str, TableRule] = Field(default_factory=dict)
    readme: str | None = None

    def spoken(self, lang: str | None) -> str:
        """The language of this layout's headings when the person asked for `lang`."""
        return self.lang or lang or language()
