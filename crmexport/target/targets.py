"""What can be written: layouts of ours by name, and anybody's own by file."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path
from typing import Any

from crmexport.errors import ConfigurationError
from crmexport.mapping.maps import Substitutes
from crmexport.mapping.to import Layout, layout_file, layout_names, load_layout, zone_named
from crmexport.mapping.to.dialects import Sql
from crmexport.target.names import file_name, safe_name
from crmexport.target.sql.place import address_of, is_address
from crmexport.text import _

_EXCEL_CSV = "csv_excel"
_SQL = "sql"
_A_FILE_EACH = frozenset({"csv", "jsonl", "vcard", "icalendar"})


@dataclass(frozen=True, slots=True)
class Target:
    """Something to write: the name of its folder in the output, the layout it follows, and who and what it shows for others.

    `secret` is the password of a database that was typed; it is never kept.
    """

    name: str
    layout: Layout
    substitutes: Substitutes = field(default_factory=Substitutes)
    secret: str = field(default="", repr=False)

    @property
    def zone(self) -> tzinfo:
        """In which times are shown."""
        return zone_named(self.layout.zone)

    def placed(self, zone: str) -> "Target":
        """The same with times in `zone`, that of the account that was left, where its layout asks for that one."""
        return replace(self, layout=self.layout.placed(zone))

    def dump(self, lang: str) -> dict[str, Any]:
        """As JSON, in the language it was written in, so that the same can be made again when our own layouts have changed."""
        spoken = self.layout.model_copy(update={"lang": self.layout.spoken(lang)})
        maps = {"substitutes": self.substitutes.dump()} if self.substitutes else {}
        return {"name": self.name, "layout": spoken.model_dump(mode="json", by_alias=True), **maps}

    @classmethod
    def load(cls, values: Mapping[str, Any]) -> "Target":
        """From what `dump` gave."""
        substitutes = Substitutes.load(values.get("substitutes") or {})
        return cls(values["name"], Layout.model_validate(values["layout"]), substitutes)


def load_target(
    name_or_path: str,
    *,
    excel: bool = False,
    zone: str | None = None,
    substitutes: Substitutes | None = None,
) -> Target:
    """The target called `name_or_path`, or the one in that layout file, or the tables of a database with that address.

    `excel`: CSV for opening in Excel by a double click. `zone` ("UTC", "+03:00", "Europe/Moscow") overrules the layout's.
    `substitutes` are shown for people and stages of the source. Raises ConfigurationError with a sentence that names the nearest target, or every mistake in the file.
    """
    if is_address(name_or_path):
        address, secret = address_of(name_or_path)
        return Target(_SQL, Layout(format="sql", sql=Sql(address=address)), secret=secret)
    path = layout_file(_EXCEL_CSV if excel and name_or_path == "csv" else name_or_path)
    layout = load_layout(path)
    _refuse_address(path, layout)
    _refuse_shared_files(path, layout)
    if zone is not None:
        zone_named(zone)
        layout = layout.model_copy(update={"zone": zone})
    return Target(_folder(name_or_path, path), layout, substitutes or Substitutes())


def _refuse_address(path: Path, layout: Layout) -> None:
    """Raise ConfigurationError for a database that only a file names: whoever wrote that would be given this person's password."""
    if layout.sql.address:
        raise ConfigurationError(
            _(
                "{file}: a database is named in the command, not in a layout, which could lead its password elsewhere. If you know it, "
                "leave out “sql” here and type: --to {address}"
            ).format(file=path, address=address_of(layout.sql.address)[0])
        )


def _refuse_shared_files(path: Path, layout: Layout) -> None:
    """Raise ConfigurationError for tables that would be written into one file, on any disk: the second would replace the first."""
    if layout.format not in _A_FILE_EACH and layout.workbook != "each":
        return
    files: dict[str, str] = {}
    shared = [
        (files[file], table)
        for table in layout.tables
        if files.setdefault(file := file_name(table).casefold(), table) != table
    ]
    for file, table in files.items():
        first, _dash, number = file.rpartition("-")
        if number.isdecimal() and first in files and _goes_on(layout, files[first]):
            shared.append((files[first], table))
    for one, other in shared:
        sentence = _(
            "{file}: the tables “{one}” and “{other}” would be one file. Call one of them otherwise."
        )
        raise ConfigurationError(sentence.format(file=path, one=one, other=other))


def _goes_on(layout: Layout, table: str) -> bool:
    """Whether the rows of a table may go on in files called like it with a number."""
    limits = layout.limits_of(table)
    return bool(limits.rows or limits.megabytes)


def target_names() -> list[str]:
    """The targets that come with the program."""
    return [name for name in layout_names() if name != _EXCEL_CSV]


def _folder(name_or_path: str, path: Path) -> str:
    """The folder of a target; a person's own must not be called like something else in the output."""
    if name_or_path in layout_names():
        return name_or_path
    name = safe_name(path.stem, fallback="layout", is_file=False)
    if name.casefold() in {"files", "rows", *layout_names()}:
        raise ConfigurationError(
            _(
                "“{file}” would write into the folder “{name}”, which has another use. Give the file another name."
            ).format(file=path, name=name)
        )
    return name
