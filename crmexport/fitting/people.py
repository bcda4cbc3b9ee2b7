"""Make a people map and a stage map of an archive, for a person to complete."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from crmexport.errors import ConfigurationError
from crmexport.fitting.opening import writing
from crmexport.mapping.maps import PeopleMap, Person, Pipeline, Stage, StageMap
from crmexport.mapping.maps.schema import is_workbook
from crmexport.mapping.maps.tables import people_sheets, stages_sheets
from crmexport.mapping.sheets import Sheet, write_book
from crmexport.mapping.to import EntitySource
from crmexport.mapping.yaml_text import comment, quoted
from crmexport.model import Ref
from crmexport.text import N_, translations

PEOPLE_HEAD = N_(
    """People map: who in the next system stands for each user of the old one.
Fill in “new” for everybody who goes along: the name exactly as the next system shows it (the last word is taken for the
last name), or {name: …, first_name: …, last_name: …, email: …, id: …}. Leave it empty for those who left. HubSpot, Pipedrive,
Zoho, Salesforce and Jira know people by their e-mail: give it there, unless the name is the old one.
“placeholder” takes what belongs to everybody without “new”. Then: crmexport export --people FILE …"""
)
STAGES_HEAD = N_(
    """Stage map: which pipeline and stage of the next system stands for each of the old one.
Fill in “new” everywhere: the name exactly as the next system shows it, or {name: …, id: …}.
“placeholder” stands for those without “new”: {pipeline: …, stage: …}. Then: crmexport export --stages FILE …"""
)


def fresh(path: Path) -> Path:
    """`path`, when nothing is there. Raises ConfigurationError otherwise: what a person has filled in is never overwritten."""
    from crmexport.text import _

    if path.exists():
        raise ConfigurationError(
            _(
                "{file} exists already, and nothing is ever overwritten here. Give another name, or move it away."
            ).format(file=path)
        )
    return path


def people_of(source: EntitySource, step: Callable[[str], None] = lambda kind: None) -> PeopleMap:
    """Everybody whom the archive holds or names, those who left marked; `new` is empty."""
    records, titles = _linked(source, frozenset({"user"}), step)
    found = {
        user["source_id"]: Person(
            name=user.get("name") or "",
            position=user.get("position") or "",
            email=next((one["address"] for one in user.get("emails") or () if one.get("address")), ""),
            works=user.get("is_working") is not False and not user.get("fired_on"),
            records=records["user", user["source_id"]],
        )
        for user in _all(source, "user")
    }
    for (_kind, id), count in sorted(records.items()):
        if id not in found:
            found[id] = Person(name=titles.get(("user", id), ""), works=False, records=count)
    return PeopleMap(people=found)


def stages_of(source: EntitySource, step: Callable[[str], None] = lambda kind: None) -> StageMap:
    """Every pipeline with its stages in their order, and stages of anything else; `new` is empty."""
    records, titles = _linked(source, frozenset({"pipeline", "stage"}), step)
    inside: dict[str, dict[str, Stage]] = {}
    outside: dict[str, Stage] = {}
    for stage in sorted(_all(source, "stage"), key=lambda one: one.get("position") or 0):
        link = stage.get("pipeline")
        holder = inside.setdefault(link.id, {}) if link else outside
        holder[stage["source_id"]] = Stage(name=stage.get("name") or "")
    names = {one["source_id"]: one.get("name") or "" for one in _all(source, "pipeline")}
    known = {("stage", id) for stages in (outside, *inside.values()) for id in stages}
    for kind, id in sorted(records.keys() - known):
        if kind == "stage":
            outside[id] = Stage(name=titles.get((kind, id), ""))
        else:
            names.setdefault(id, titles.get((kind, id), ""))
    ids = dict.fromkeys([*names, *inside])
    pipelines = {id: Pipeline(name=names.get(id, ""), stages=inside.get(id, {})) for id in ids}
    return StageMap(pipelines=pipelines, stages=outside)


def _all(source: EntitySource, kind: str) -> Iterator[Mapping[str, Any]]:
    return iter(source.iterate(kind)) if kind in source.kinds else iter(())


def _linked(
    source: EntitySource, kinds: frozenset[str], step: Callable[[str], None]
) -> tuple[Counter[tuple[str, str]], dict[tuple[str, str], str]]:
    """How many entities link to each entity of `kinds`, and the titles met beside the links.

    Those who stand in histories alone are there too, for a target may show them; but a change is no record of theirs.
    """
    records: Counter[tuple[str, str]] = Counter()
    titles: dict[tuple[str, str], str] = {}
    for kind in source.kinds:
        step(kind)
        for entity in source.iterate(kind):
            links = {link[:2]: link.title for link in _refs(entity.values()) if link.entity in kinds}
            records.update(dict.fromkeys(links, 0 if kind == "change" else 1))
            titles.update({key: title for key, title in links.items() if title})
    return records, titles


def _refs(values: Iterable[Any]) -> Iterator[Ref]:
    for value in values:
        if isinstance(value, Ref):
            yield value
        elif isinstance(value, list):
            yield from _refs(value)
        elif isinstance(value, dict):
            yield from _refs(value.values())


def write_people(path: Path, people: PeopleMap, lang: str) -> None:
    """Write a people map as YAML, or as a workbook when `path` says so."""
    _write(path, lambda: people_sheets(people, lang), lambda: people_text(people, lang))


def write_stages(path: Path, stages: StageMap, lang: str) -> None:
    """The same for a stage map."""
    _write(path, lambda: stages_sheets(stages, lang), lambda: stages_text(stages, lang))


def _write(path: Path, sheets: Callable[[], list[Sheet]], text: Callable[[], str]) -> None:
    with writing(fresh(path)):
        if is_workbook(path):
            write_book(path, sheets())
        else:
            path.write_text(text(), encoding="utf-8", newline="\n")


def people_text(people: PeopleMap, lang: str) -> str:
    """A people map as YAML with a word of explanation."""
    lines = [*_head(PEOPLE_HEAD, lang), "", 'placeholder: ""', "", "people:"]
    for id, one in people.people.items():
        lines.append(f"  {key(id)}:")
        lines += [
            f"    {name}: {quoted(text)}"
            for name, text in (("name", one.name), ("position", one.position), ("email", one.email))
            if text
        ]
        lines += ["    works: false"] if not one.works else []
        lines += [f"    records: {one.records}", '    new: ""']
    return "\n".join(lines) + ("\n" if people.people else " {}\n")


def stages_text(stages: StageMap, lang: str) -> str:
    """A stage map as YAML with a word of explanation."""
    lines = [*_head(STAGES_HEAD, lang), "", 'placeholder: {pipeline: "", stage: ""}', ""]
    if stages.pipelines:
        lines.append("pipelines:")
    for id, one in stages.pipelines.items():
        lines += [f"  {key(id)}:", f"    name: {quoted(one.name)}", '    new: ""']
        lines += ["    stages:"] if one.stages else []
        lines += [
            f'      {key(stage)}: {{name: {quoted(inner.name)}, new: ""}}'
            for stage, inner in one.stages.items()
        ]
    if stages.stages:
        lines += ["", "stages:"]
        lines += [f'  {key(id)}: {{name: {quoted(one.name)}, new: ""}}' for id, one in stages.stages.items()]
    return "\n".join(lines) + "\n"


def key(id: str) -> str:
    """An id as a key of YAML: always quoted, so that nobody takes it for a number."""
    found = quoted(id)
    return found if found.startswith('"') else f'"{found}"'


def _head(text: str, lang: str) -> list[str]:
    return [f"# {comment(line)}" for line in translations(lang).gettext(text).splitlines()]
