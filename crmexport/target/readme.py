"""The text beside import files: the layout says it, lists of what this archive holds are filled in."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from crmexport.mapping.maps import Substitutes
from crmexport.mapping.to import EntitySource, Table, TableRule
from crmexport.mapping.to.custom_path import keys_named
from crmexport.mapping.to.scratch import clean
from crmexport.mapping.to.table import SHORT
from crmexport.mapping.to.whole import custom_columns
from crmexport.model import ENTITIES, Type
from crmexport.target.cover import wanting
from crmexport.target.job import Job
from crmexport.target.notes import NOTES, REPLACED
from crmexport.target.output import Output
from crmexport.target.targets import Target
from crmexport.target.workshop import Workshop
from crmexport.text import N_, spaced, translations

Translate = Callable[[str], str]
_TEXT = N_("text")
_TYPES = {
    Type.NUMBER: N_("number"),
    Type.INTEGER: N_("number"),
    Type.MINUTES: N_("number"),
    Type.MONEY: N_("money"),
    Type.BOOL: N_("yes or no"),
    Type.DATE: N_("date"),
    Type.MOMENT: N_("date with time"),
    Type.WHEN: N_("date with time"),
    Type.URL: N_("link"),
    Type.CHOICE: N_("list"),
}
_COUNTS = {
    "shared_names": N_("names that several share"),
    "cut_texts": N_("texts cut (their whole stands in the overflow column)"),
    "cut_overflows": N_("texts cut even there, because they are too long (the archive has the whole)"),
    "line_breaks_replaced": N_("line breaks replaced"),
    "replaced_characters": N_("characters replaced"),
    "line_ends_changed": N_("texts with old-fashioned line ends, changed to new ones"),
    "backslashes_spaced": N_("backslashes parted from a quotation mark"),
    "rows_not_wanted": N_(
        "rows left out (deleted at the source, templates, or of a kind that this file does not take)"
    ),
    "rows_without_place": N_("rows left out because the row that they belong to is not there"),
}
PIPELINE_NAME = "pipeline.name"
PLACES = ("source", "zone", "files", "pipelines", "users", "custom_fields", "not_carried", "moved")


Written = Sequence[tuple[Table, Sequence[Output]]]
Titled = Sequence[tuple[str, Table, Sequence[Output]]]


def readme(job: Job, written: Written) -> str:
    """The layout's text with its {places} filled in; "" when it has none."""
    shop, target = job.shop, job.target
    text = target.layout.readme_in(shop.lang)
    lang = target.layout.read_in(shop.lang)
    translate = translations(lang).gettext
    titled = [(_title(target, table, lang), table, outputs) for table, outputs in written]
    lists: dict[str, Callable[[], Iterator[str]]] = {
        "source": lambda: iter([shop.archive.source.url]),
        "zone": lambda: iter([target.layout.zone]),
        "files": lambda: _files(titled),
        "pipelines": lambda: _pipelines(job, translate),
        "users": lambda: _users(shop.source, target.substitutes),
        "custom_fields": lambda: _custom_fields(shop, target, written, translate),
        "not_carried": lambda: _not_carried(shop, target, translate),
        "moved": lambda: _moved(titled, translate),
    }
    for place in PLACES:
        if f"{{{place}}}" in text:
            text = text.replace(f"{{{place}}}", "\n".join(lists[place]()) or "—")
    return clean(_wanting(shop, translate) + text) if text else ""


def _wanting(shop: Workshop, translate: Translate) -> str:
    """A paragraph for whoever imports the files, and sees no report: what they lack. "" when nothing is missing."""
    lines = [
        ": ".join(str(word) for word in line if word)
        for line in wanting(shop.archive, shop.lacked_kinds, translate)
    ]
    return "".join(f"{line}.\n" for line in lines) + "\n" if lines else ""


def _title(target: Target, table: Table, lang: str) -> str:
    """What a table is, in the language of the text."""
    return target.layout.table_title_in(table.name, lang) or translations(lang).gettext(
        ENTITIES[table.entity].title
    )


def _files(titled: Titled) -> Iterator[str]:
    files: dict[str, list[str]] = {}
    for title, output in ((title, output) for title, _table, outputs in titled for output in outputs):
        files.setdefault(output.path.rpartition("/")[2], []).append(f"{title}, {output.rows}")
    for number, (name, held) in enumerate(files.items(), start=1):
        yield f"{number}. {name}: {'; '.join(held)}"


def _pipelines(job: Job, translate: Translate) -> Iterator[str]:
    """Every pipeline with its stages, by the names that the files give them, and which of these are for won and lost deals.

    A stage of deals (those of tasks have no result) that names no pipeline is one of all.
    """
    source, substitutes = job.shop.source, job.target.substitutes
    name_of = _pipeline_names(job)
    stages: dict[str | None, list[tuple[int, str, str | None]]] = {}
    for stage in _of(source, "stage"):
        pipeline = stage.get("pipeline")
        if pipeline or stage.get("result"):
            name = _new_name(substitutes, "stage", stage)
            place = (stage.get("position") or 0, name, stage.get("result"))
            stages.setdefault(pipeline.id if pipeline else None, []).append(place)
    told = (
        (
            name_of(one),
            sorted([*stages.get(one["source_id"], []), *stages.get(None, [])], key=itemgetter(0)),
        )
        for one in _of(source, "pipeline")
    )
    yield from dict.fromkeys(
        f"- {name}: {_listed(one for _place, one, _result in found) or '—'}{_closing(found, translate)}"
        for name, found in told
    )


def _closing(stages: Sequence[tuple[int, str, str | None]], translate: Translate) -> str:
    """Which of the stages are for won deals, and which for lost ones."""
    names = {
        title: _listed(name for _place, name, result in stages if result == word)
        for word, title in (("won", N_("won")), ("lost", N_("lost")))
    }
    return "".join(f"; {translate(title)}: {found}" for title, found in names.items() if found)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _pipeline_names(job: Job) -> Callable[[Mapping[str, Any]], str]:
    """What the files call a pipeline: where they tell names apart that several share, as they do."""
    shop, target = job.shop, job.target
    columns = (column for plan in shop.plans(target) for column in plan.columns)
    is_told_apart = any(column.shared and column.shared.key == PIPELINE_NAME for column in columns)
    references = shop.shown(target, job.age).references

    def name_of(pipeline: Mapping[str, Any]) -> str:
        name = _new_name(target.substitutes, "pipeline", pipeline)
        is_unique = not name or not is_told_apart
        return name if is_unique else references.unique_name(PIPELINE_NAME, pipeline["source_id"], name)

    return name_of


def _users(source: EntitySource, substitutes: Substitutes) -> Iterator[str]:
    """Those who work, by name and e-mail; with a people map everybody in the next system whom it names."""
    people = (
        _new(substitutes, "user", user)
        for user in _of(source, "user")
        if "user" in substitutes.kinds or user.get("is_working") is not False
    )
    told = (
        [one.get("name") or "", *(mail.get("address") for mail in one.get("emails") or ())] for one in people
    )
    yield from dict.fromkeys(f"- {', '.join(filter(None, words[:2]))}" for words in told)


def _new(substitutes: Substitutes, kind: str, one: Mapping[str, Any]) -> Mapping[str, Any]:
    if kind not in substitutes.kinds:
        return one
    return substitutes.of(kind, one["source_id"], one.get("name") or "").fields


def _new_name(substitutes: Substitutes, kind: str, one: Mapping[str, Any]) -> str:
    return _new(substitutes, kind, one).get("name") or ""


def _of(source: EntitySource, kind: str) -> Iterator[Mapping[str, Any]]:
    return source.iterate(kind) if kind in source.kinds else iter(())


def _custom_fields(shop: Workshop, target: Target, written: Written, translate: Translate) -> Iterator[str]:
    """The columns for custom fields: those that the layout names, and those that it takes as they come."""
    source, spoken = shop.source, target.layout.spoken(shop.lang)
    longest = {table.name: table.longest for table, _outputs in written}
    for name, rule in target.layout.tables.items():
        fields = source.custom_fields(rule.from_) if rule.from_ in source.kinds else ()
        by_key = {field.key: field for field in fields}
        named = {key: heading for heading, key in _named(rule)}
        unnamed = [field for field in fields if field.key not in named] if rule.custom == "columns" else []
        kind = translate(ENTITIES[rule.from_].title)
        for key, heading in named.items():
            if key in by_key:
                yield f"- {kind}: {heading} ({translate(_TYPES.get(by_key[key].type, _TEXT))})"
        columns = [made.column for made in custom_columns(unnamed, rule.headings, spoken)]
        filled = longest.get(name, dict.fromkeys((column.heading for column in columns), 0))
        for key, of_one in groupby(columns, attrgetter("custom")):
            for column, word in zip(of_one, _types_of(by_key[key].type), strict=False):
                if column.heading in filled:
                    yield f"- {kind}: {column.heading} ({translate(word)}{_length(filled[column.heading], translate)})"
        if empty := [column.heading for column in columns if column.heading not in filled]:
            told = translate(N_("no field is needed for what is empty in these files: {names}"))
            yield f"- {kind}: {told.format(names='; '.join(empty))}"


def _length(most: int, translate: Translate) -> str:
    """How long the texts of a field are, where an ordinary text field would cut them."""
    return translate(N_(", up to {number} characters")).format(number=spaced(most)) if most > SHORT else ""


def _types_of(type_: Type) -> Iterator[str]:
    """What to choose for the columns of a field: after the first comes a text, the currency of its amount or the ids of its links."""
    yield _TYPES[Type.NUMBER] if type_ is Type.MONEY else _TYPES.get(type_, _TEXT)
    yield _TEXT


def _named(rule: TableRule) -> Iterator[tuple[str, str]]:
    """The headings of columns that show one custom field, with its key; the first of several columns last."""
    for heading, column in reversed(rule.columns.items()):
        paths = (column,) if isinstance(column, str) else column.paths
        yield from ((heading, key) for key in keys_named(paths))


def _not_carried(shop: Workshop, target: Target, translate: Translate) -> Iterator[str]:
    """How many of each kind have no row of their own and stand in no other row."""
    for kind, carried in shop.carried(target).items():
        number = 0 if carried is None else shop.number(kind) - carried
        if number:
            yield f"- {translate(ENTITIES[kind].title)}: {spaced(number)}"


def _moved(titled: Titled, translate: Translate) -> Iterator[str]:
    for title, table, outputs in titled:
        for name, count in sorted(outputs[-1].notes.items()):
            yield f"- {title}: {_what(name, table.entity, translate)}: {spaced(count)}"


def _what(note: str, kind: str, translate: Translate) -> str:
    word, _dot, field = note.partition(".")
    if word in ("overflow", "left_out"):
        known = ENTITIES[kind].by_name.get(field) or ENTITIES.get(field)
        return translate(known.title if known else N_("Custom fields") if field == "custom" else field)
    if word == "shared_names":
        return f"{translate(_COUNTS[word])} ({translate(ENTITIES[field.partition('.')[0]].title)})"
    if word in REPLACED:
        about, _dot, who = field.partition(".")
        return translate(REPLACED[word]).format(kind=translate(ENTITIES[about].title)) + (
            f": {who}" if who else ""
        )
    return translate(_COUNTS.get(word) or NOTES.get(word, word))
