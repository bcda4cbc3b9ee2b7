"""What a field and an entity are: names for programs, titles for people, and the type that says which values occur."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from crmexport.text import N_


class Type(Enum):
    """The type of a field, and the Python value it has in an entity. Everywhere None, or no key at all, means empty."""

    TEXT = "text"  # str, plain
    HTML = "html"  # str, markup as received
    URL = "url"  # str
    NUMBER = "number"  # Decimal
    INTEGER = "integer"  # int
    BOOL = "bool"  # bool
    DATE = "date"  # date; or the text "--MM-DD" when the year is not told (birthdays)
    MOMENT = "moment"  # Moment
    WHEN = "when"  # date (the whole day) or Moment
    MONEY = "money"  # Money
    MINUTES = "minutes"  # int, minutes of work
    CHOICE = "choice"  # str: a key of Field.choices, or the source's own word where none fits
    REF = "ref"  # Ref
    REFS = "refs"  # list of Ref
    TEXTS = "texts"  # list of str
    PHONES = "phones"  # list of {"number", "label", "main"}
    EMAILS = "emails"  # list of {"address", "label", "main"}
    # list of {"text", "label", "city", "street", "postcode", "region", "country", "main"}
    ADDRESSES = "addresses"
    SITES = "sites"  # list of {"url", "label"}
    MESSENGERS = "messengers"  # list of {"kind", "name", "label"}


PARTS: Mapping[Type, Mapping[str, Type]] = {
    Type.PHONES: {"number": Type.TEXT, "label": Type.TEXT, "main": Type.BOOL},
    Type.EMAILS: {"address": Type.TEXT, "label": Type.TEXT, "main": Type.BOOL},
    Type.ADDRESSES: {
        "text": Type.TEXT,
        "label": Type.TEXT,
        "city": Type.TEXT,
        "street": Type.TEXT,
        "postcode": Type.TEXT,
        "region": Type.TEXT,
        "country": Type.TEXT,
        "main": Type.BOOL,
    },
    Type.SITES: {"url": Type.TEXT, "label": Type.TEXT},
    Type.MESSENGERS: {"kind": Type.TEXT, "name": Type.TEXT, "label": Type.TEXT},
}
"""What the small dicts in the lists of these types hold; a part that is empty is left out."""

LISTS = frozenset({Type.REFS, Type.TEXTS, *PARTS})
"""The types whose value is a list."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity. `title` is marked for translation; `entity` is what a REF or REFS normally points to.

    `choices` are the words of a CHOICE with their titles (marked for translation), `words` those that mappings of
    ours or programs of the source, never people, write into a TEXT, beside all others.
    """

    name: str
    type: Type
    title: str
    required: bool = False
    entity: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def titles(self) -> Mapping[str, str]:
        """The words whose meaning is known, with their titles for people."""
        return self.choices or self.words


@dataclass(frozen=True)
class Entity:
    """One kind of object. `title` is the plural, for a sheet or a file; `title_field` is the field that names one of them."""

    name: str
    title: str
    title_field: str
    fields: tuple[Field, ...]

    @cached_property
    def by_name(self) -> dict[str, Field]:
        """The fields by name."""
        return {one.name: one for one in self.fields}


SOURCE_ID = Field("source_id", Type.TEXT, N_("Source ID"), required=True)
SOURCE_URL = Field("source_url", Type.URL, N_("Link to source"))


def entity(name: str, title: str, title_field: str, *fields: Field) -> Entity:
    """An entity with the fields that every one has, `source_id` first and `source_url` last (and `custom` beside them)."""
    return Entity(name, title, title_field, (SOURCE_ID, *fields, SOURCE_URL))


def text(name: str, title: str, required: bool = False, words: Mapping[str, str] | None = None) -> Field:
    """A field of plain text; `words` are those in it that no person wrote, with their titles."""
    return Field(name, Type.TEXT, title, required, words=words or {})


def flag(name: str, title: str) -> Field:
    """A yes-or-no field."""
    return Field(name, Type.BOOL, title)


def moment(name: str, title: str) -> Field:
    """A field with an instant."""
    return Field(name, Type.MOMENT, title)


def money(name: str, title: str) -> Field:
    """A field with an amount in a currency."""
    return Field(name, Type.MONEY, title)


def ref(name: str, title: str, to: str | None, required: bool = False) -> Field:
    """A link to one entity, normally of the kind `to` (None: of any kind)."""
    return Field(name, Type.REF, title, required, entity=to)


def refs(name: str, title: str, to: str | None) -> Field:
    """Links to several entities, normally of the kind `to` (None: of any kind)."""
    return Field(name, Type.REFS, title, entity=to)


def choice(name: str, title: str, choices: Mapping[str, str]) -> Field:
    """A word out of `choices`, or the source's own."""
    return Field(name, Type.CHOICE, title, choices=choices)


CREATED_AT = moment("created_at", N_("Created"))
MODIFIED_AT = moment("modified_at", N_("Modified"))
CREATED_BY = ref("created_by", N_("Created by"), "user")
MODIFIED_BY = ref("modified_by", N_("Modified by"), "user")
TAGS = refs("tags", N_("Tags"), "tag")
FILES = refs("files", N_("Files"), "file")
LINKS = refs("links", N_("Linked to"), None)
IS_DELETED = flag("is_deleted", N_("Deleted at source"))
IS_WORKING = flag("is_working", N_("Works here"))
IS_ARCHIVED = flag("is_archived", N_("Archived at source"))
HISTORY = (CREATED_AT, CREATED_BY, MODIFIED_AT, MODIFIED_BY)
