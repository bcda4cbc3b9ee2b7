"""How values are written in each format: the parts of a layout that speak of the file and not of its contents."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from crmexport.mapping.to.patterns import refuse_other_letters
from crmexport.text import N_, _


def _one_sign(text: str) -> str:
    if len(text) != 1 or text in '"\r\n':
        raise ValueError(_("one sign is needed here, such as “,” or “;”."))
    return text


_SIGNS = "A, я€№漢か한\u3164\\я\x1bか\x0e한\x0f~"


def _known_encoding(name: str) -> str:
    try:
        "".encode(name)
    except LookupError as unknown:
        raise ValueError(
            _("there is no encoding “{name}”. Try utf-8, utf-8-sig or cp1251.").format(name=name)
        ) from unknown
    if not _holds_any_text(name):
        raise ValueError(
            _("the encoding “{name}” cannot hold every text. Try utf-8, utf-8-sig or cp1251.").format(
                name=name
            )
        )
    return name


def _holds_any_text(encoding: str) -> bool:
    """Whether every sign comes back as one sign. In some encodings those of control change what the others mean."""
    try:
        return len(_SIGNS.encode(encoding, "replace").decode(encoding)) == len(_SIGNS)
    except UnicodeError:
        return False


def _pattern(text: str) -> str:
    refuse_other_letters(text)
    return text


_DAYS = N_("How a day is written: “iso”, or such as dd.mm.yyyy.")
_INSTANTS = N_("How an instant is written: “iso” (in UTC), or such as dd.mm.yyyy hh:mm:ss.")
_MOST = 1_000_000_000
Pattern = Annotated[str, AfterValidator(_pattern)]


class Strict(BaseModel):
    """Keys that nobody knows are mistakes. What each key means is its description, for editors and spreadsheets."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Dialect(Strict):
    """How values are written in CSV."""

    delimiter: Annotated[str, AfterValidator(_one_sign)] = Field(
        default=",", description=N_("The sign between cells.")
    )
    encoding: Annotated[str, AfterValidator(_known_encoding)] = Field(
        default="utf-8",
        description=N_("How letters become bytes: utf-8, utf-8-sig (for Excel), cp1251 and others."),
    )
    quote_all: bool = Field(default=False, description=N_("Every cell stands in quotation marks."))
    guard: bool = Field(
        default=False, description=N_("An apostrophe before texts that a spreadsheet would run as a formula.")
    )
    line_breaks: str | None = Field(
        default=None, description=N_("What stands for line breaks within a cell.")
    )
    backslash: Literal["kept", "spaced"] = Field(
        default="kept",
        description=N_(
            "“spaced” parts a backslash from a quotation mark behind it, which PHP and Java's opencsv would misread."
        ),
    )
    dates: Pattern = Field(default="iso", description=_DAYS)
    times: Pattern = Field(
        default="iso",
        description=_INSTANTS,
    )
    decimal: Literal[".", ","] = Field(
        default=".", description=N_("The sign before the fraction of a number.")
    )
    truth: tuple[str, str] | None = Field(
        default=("true", "false"),
        description=N_("How yes and no are written, such as [Y, N]; null: in the words of the language."),
    )
    lists: Literal["joined", "json"] = Field(
        default="joined", description=N_("Lists are “joined” for people, or written as “json”.")
    )


class Limits(Strict):
    """How much of a table the target takes in one file; what is more goes on in `name-2`, `name-3` … with the same headings."""

    rows: int | None = Field(
        default=None,
        ge=1,
        le=_MOST,
        description=N_("The most rows of one file; the rest goes on in the next."),
    )
    megabytes: int | None = Field(
        default=None,
        ge=1,
        le=_MOST,
        description=N_(
            "The most megabytes of one file (CSV, calendar, cards); the rest goes on in the next."
        ),
    )


class VCard(Strict):
    """How cards are written."""

    version: Literal["3.0", "4.0"] = Field(
        default="3.0", description=N_("The version of vCard: 3.0, which nearly every program reads, or 4.0.")
    )


class Sql(Strict):
    """Which database."""

    address: str = Field(
        default="",
        description=N_(
            "The database's address without a password, as SQLAlchemy writes it; without it an SQLite file."
        ),
    )


class Json(Strict):
    """How values are written in `json`."""

    dates: Pattern = Field(default="iso", description=_DAYS)
    times: Pattern = Field(
        default="iso",
        description=_INSTANTS,
    )
