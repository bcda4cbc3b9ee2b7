"""Substitutes: what layouts show instead of users, pipelines and stages of the old system, and how often they did."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import normalize

from crmexport.errors import ConfigurationError
from crmexport.mapping.maps.schema import PeopleMap, Place, StageMap, User, default_of, is_workbook
from crmexport.mapping.maps.tables import DEFAULTS, OTHERS_ROW, PLACEHOLDER_ROW
from crmexport.mapping.to.entities import EntitySource
from crmexport.mapping.to.references import HasRow, References, on_one_line
from crmexport.model import ENTITIES, Ref
from crmexport.text import _

NEW, PLACEHOLDER, OTHERS = "new", "placeholder", "others"
_SAID = 20
_MET = "\x1e\x1f"
_word = re.compile(r"\w+").findall


class Substitute(NamedTuple):
    """What is shown for one link: fields of the linked entity, its id in the next system if known, and by which rule."""

    fields: Mapping[str, Any]
    id: str | None
    rule: str


Key = tuple[str, str]
"""A kind of entity and an id at the source."""


@dataclass(frozen=True)
class Substitutes:
    """A people map, a stage map, or both. `files` are their names, for sentences."""

    people: PeopleMap | None = None
    stages: StageMap | None = None
    files: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.people is not None or self.stages is not None

    def dump(self) -> dict[str, Any]:
        """As JSON, whole, so that the same can be shown again when the files are gone."""
        return {
            "people": self.people and self.people.model_dump(mode="json", exclude_defaults=True),
            "stages": self.stages and self.stages.model_dump(mode="json", exclude_defaults=True),
            "files": dict(self.files),
        }

    @classmethod
    def load(cls, values: Mapping[str, Any]) -> "Substitutes":
        """From what `dump` gave."""
        people, stages = values.get("people"), values.get("stages")
        return cls(
            None if people is None else PeopleMap.model_validate(people),
            None if stages is None else StageMap.model_validate(stages),
            values.get("files") or {},
        )

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of entities that have substitutes."""
        return (*(("user",) if self.people else ()), *(("pipeline", "stage") if self.stages else ()))

    @cached_property
    def by_key(self) -> dict[Key, Substitute | None]:
        """A substitute for everybody and everything in the files; None where nobody gave one."""
        return dict([*self._people(), *self._stages()])

    @cached_property
    def others(self) -> dict[str, Substitute | None]:
        """By kind, the substitutes for what is not in the files."""
        found: dict[str, Substitute | None] = {}
        if self.people:
            found["user"] = _user(self.people.others, OTHERS)
        if self.stages:
            others = default_of(self.stages.others)
            found |= {"pipeline": _place(others.pipeline, OTHERS), "stage": _place(others.stage, OTHERS)}
        return found

    def of(self, kind: str, id: str, title: str) -> Substitute:
        """The substitute for one link. Raises ConfigurationError when there is none."""
        found = self.by_key[kind, id] if (kind, id) in self.by_key else self.others[kind]
        if found is None:
            raise ConfigurationError(self.missing(kind, id, title))
        return found

    def shared_id(self, kind: str, id: str, new: Substitute) -> str:
        """The id at the source of what stands for all that become `new`, as `id` does: the first of them in the file."""
        if kind == "stage" and id not in self._pipeline_of:
            return id
        return self._first.get(self._identity(kind, id, new), id if (kind, id) in self.by_key else OTHERS)

    @cached_property
    def _first(self) -> dict[tuple[str, ...], str]:
        found: dict[tuple[str, ...], str] = {}
        for (kind, id), new in self.by_key.items():
            if new is not None:
                found.setdefault(self._identity(kind, id, new), id)
        return found

    def _identity(self, kind: str, id: str, new: Substitute) -> tuple[str, ...]:
        """The same for what is one in the next system: stages by name within their pipeline, people by their new e-mail or else name.

        Whoever keeps the old address is nobody else, whatever the name.
        """
        if kind == "stage":
            pipeline = self.by_key.get(("pipeline", self._pipeline_of.get(id, "")))
            return kind, pipeline.fields["name"] if pipeline else "", new.fields["name"]
        if kind == "user" and "emails" not in new.fields:
            return kind, id
        mails = new.fields.get("emails")
        return kind, "@" if mails else "", mails[0]["address"].casefold() if mails else new.fields["name"]

    @cached_property
    def _pipeline_of(self) -> dict[str, str]:
        """The pipeline of each stage that the file has under one."""
        pipelines = self.stages.pipelines if self.stages else {}
        return {stage: id for id, pipeline in pipelines.items() for stage in pipeline.stages}

    def missing(self, kind: str, id: str, title: str) -> str:
        """The sentence for somebody or something without a substitute."""
        values = {
            "file": self.files.get("people" if kind == "user" else "stages", ""),
            "kind": _(ENTITIES[kind].title),
            "name": title or "—",
            "id": id,
        }
        if is_workbook(Path(values["file"])):
            return self._missing_in_workbook(kind, id, values)
        if (kind, id) in self.by_key:
            return _(
                "{file}: {kind}, “{name}” ({id}) has nothing under “new”, and the file names no “placeholder”. Fill in one of them."
            ).format(**values)
        return _(
            "{file}: {kind}, “{name}” ({id}) is in the archive and not in this file. Add it, or name somebody under “others”."
        ).format(**values)

    def _missing_in_workbook(self, kind: str, id: str, values: Mapping[str, str]) -> str:
        """The same in the words of its sheets."""
        if (kind, id) in self.by_key:
            return _(
                "{file}: {kind}, “{name}” ({id}) has nothing in the columns “NEW”, and the sheet “{sheet}” has nothing in the row “{row}”. Fill in one of them."
            ).format(**values, sheet=_(DEFAULTS), row=_(PLACEHOLDER_ROW))
        return _(
            "{file}: {kind}, “{name}” ({id}) is in the archive and not in this file. Add a row, or fill in the row “{row}” of the sheet “{sheet}”."
        ).format(**values, sheet=_(DEFAULTS), row=_(OTHERS_ROW))

    def check(self, source: EntitySource) -> None:
        """Raise ConfigurationError with a sentence for everybody and everything of `source` without a substitute, or for a file
        that tells of another account.
        """
        held = {
            (kind, one["source_id"]): one.get("name") or ""
            for kind in self.kinds
            if kind in source.kinds
            for one in source.iterate(kind, only={"name"})
        }
        if strange := list(self._of_another(held)):
            raise ConfigurationError("\n".join(strange))
        missing = [
            self.missing(kind, id, name)
            for (kind, id), name in held.items()
            if self.by_key.get((kind, id), self.others[kind]) is None
        ]
        if missing:
            more = len(missing) - _SAID
            rest = [_("… and {more} more.").format(more=more)] if more > 0 else []
            raise ConfigurationError("\n".join([*missing[:_SAID], *rest]))

    def _of_another(self, held: Mapping[Key, str]) -> Iterator[str]:
        """A sentence for each file most of whose old names are others than those that the archive has for the same numbers.

        Accounts count their people from the same number on, so that the map of one fits another, and gives all to the wrong ones.
        One who has married is no sign, nor is a name that is not there, nor one that has got a second name or a note beside it: whoever
        looks after an account may do so with all of them.
        """
        words = _(
            "{file} seems to be of another account. {kind}, {id}: “{there}” in it, “{here}” in the archive; of {all} names that both have, "
            "{number} differ. Give the file of this archive (“crmexport mapping {command}” writes it); where old names were changed in it "
            "by hand, empty them."
        )
        for command, old in (("people", self._old_people()), ("stages", self._old_stages())):
            known = [(key, there) for key, there in old if there and held.get(key)]
            others = [(key, there) for key, there in known if not _may_be_one(there, held[key])]
            if len(others) > 1 and 2 * len(others) > len(known):
                key, there = others[0]
                told = {"kind": _(ENTITIES[key[0]].title), "id": key[1], "there": there, "here": held[key]}
                numbers = {"number": len(others), "all": len(known)}
                yield words.format(file=self.files.get(command, ""), command=command, **told, **numbers)

    def _old_people(self) -> Iterator[tuple[Key, str]]:
        for id, person in self.people.people.items() if self.people else ():
            yield ("user", id), person.name

    def _old_stages(self) -> Iterator[tuple[Key, str]]:
        """Pipelines, and the stages within and without."""
        for id, pipeline in self.stages.pipelines.items() if self.stages else ():
            yield ("pipeline", id), pipeline.name
            yield from ((("stage", one), stage.name) for one, stage in pipeline.stages.items())
        for id, stage in self.stages.stages.items() if self.stages else ():
            yield ("stage", id), stage.name

    def _people(self) -> Iterator[tuple[Key, Substitute | None]]:
        if self.people:
            placeholder = _user(self.people.placeholder, PLACEHOLDER)
            for id, person in self.people.people.items():
                yield ("user", id), _user(person.new, NEW, person.name or id) or placeholder

    def _stages(self) -> Iterator[tuple[Key, Substitute | None]]:
        if not self.stages:
            return
        default = default_of(self.stages.placeholder)
        stages = dict(self.stages.stages)
        for id, pipeline in self.stages.pipelines.items():
            yield (
                ("pipeline", id),
                _place(pipeline.new, NEW, pipeline.name or id) or _place(default.pipeline, PLACEHOLDER),
            )
            stages |= pipeline.stages
        for id, stage in stages.items():
            yield (
                ("stage", id),
                _place(stage.new, NEW, stage.name or id) or _place(default.stage, PLACEHOLDER),
            )


def _user(given: str | User, rule: str, own: str = "") -> Substitute | None:
    """A user of the next system as the fields that layouts ask for.

    Who is given an e-mail or an id and no name keeps `own`, the old one; without any, nobody is given. Whoever is given the old
    name is the same person, and keeps the address.
    """
    one = User(name=given) if isinstance(given, str) else given
    email, id = _said(one.email), _said(one.id)
    mail = {"emails": [{"address": email}], "login": email}
    if not any(_said(name) for name in (one.name, one.first_name, one.last_name)):
        kept = {"name": own, "is_working": True, **(mail if email else {})}
        return Substitute(kept, id, rule) if own and (email or id) else None
    names = _names(one)
    unknown = {} if _words(names["name"]) == _words(own) else {"emails": None, "login": None}
    named = {**names, **unknown, "is_working": True}
    return Substitute({**named, **(mail if email else {})}, id, rule)


def _words(name: str) -> list[str]:
    """The same for names that differ by the order of their words and by capitals alone."""
    return sorted(name.casefold().split())


def _may_be_one(there: str, here: str) -> bool:
    """Whether all words of one name are in the other, too; “ё” may be written “е”, and letters be in pieces."""
    old, new = (set(_word(normalize("NFC", name).casefold().replace("ё", "е"))) for name in (there, here))
    return old <= new or new <= old


def _names(one: User) -> dict[str, Any]:
    words = one.name.split()
    first = one.first_name if one.first_name is not None else " ".join(words[:-1])
    last = one.last_name if one.last_name is not None else " ".join(words[-1:])
    return {
        "name": " ".join(words) or " ".join(filter(None, [first, last])),
        "first_name": first or None,
        "last_name": last or None,
        "middle_name": None,
    }


def _place(given: str | Place, rule: str, own: str = "") -> Substitute | None:
    """A pipeline or a stage of the next system; what is given an id and no name keeps `own`."""
    one = Place(name=given) if isinstance(given, str) else given
    id = _said(one.id)
    name = _said(one.name) or (own if id else "")
    return Substitute({"name": name}, id, rule) if name else None


def _said(cell: str | None) -> str | None:
    return (cell or "").strip() or None


class Substituted(References):
    """References that show substitutes. They share all that is kept with those they are made of."""

    def __init__(self, plain: References, substitutes: Substitutes) -> None:
        vars(self).update(vars(plain))
        self._substitutes = substitutes
        self._kinds = frozenset(substitutes.kinds)
        self._met: set[Key] = set()
        self._mark = hashlib.sha256(json.dumps(substitutes.dump(), sort_keys=True).encode()).hexdigest()

    def fill_children(self, key: str, lines: Iterable[tuple[Sequence[Ref], str]]) -> None:
        """Keep texts with substitutes in them apart from those without, and with each of them whom it shows."""
        super().fill_children(self._marked(key), ((links, self._with_met(text)) for links, text in lines))

    def children(self, key: str, entity: str, id: str) -> list[str]:
        """The texts with the substitutes in them; who is in them is met again."""
        found = [text.rpartition(_MET) for text in super().children(self._marked(key), entity, id)]
        self._met.update((kind, one) for _text, _mark, met in found for kind, one in json.loads(met))
        return [text for text, _mark, _met in found]

    def children_shown(self, owners: Mapping[tuple[str, str], HasRow]) -> int:
        """The same number as without substitutes."""
        return super().children_shown({(self._marked(key), kind): has for (key, kind), has in owners.items()})

    def _with_met(self, text: str) -> str:
        met = json.dumps(sorted(self._met))
        self._met.clear()
        return f"{text}{_MET}{met}"

    def _marked(self, key: str) -> str:
        return f"{self._mark} {key}"

    def held(self, link: Ref) -> dict[str, Any] | None:
        """The linked entity with what its substitute says of itself."""
        held = super().held(link)
        if link.entity not in self._kinds:
            return held
        new = self._of(link)
        shared = {"source_id": self._substitutes.shared_id(link.entity, link.id, new)}
        return {**(held or {}), **new.fields, **(shared if held and "source_id" in held else {})}

    def title(self, link: Ref) -> str:
        """The name of the substitute."""
        if link.entity not in self._kinds:
            return super().title(link)
        return on_one_line(self._of(link).fields["name"])

    def id(self, link: Ref) -> str:
        """The id of the substitute, where the file gives one."""
        return (self._of(link).id if link.entity in self._kinds else None) or link.id

    def is_shared(self, key: str, id: str, name: str) -> bool:
        """A name that a map gives is meant, even where it gives it to several."""
        return key.partition(".")[0] not in self._kinds and super().is_shared(key, id, name)

    def is_marked(self, key: str, id: str, name: str) -> bool:
        """The same."""
        return key.partition(".")[0] not in self._kinds and super().is_marked(key, id, name)

    def settle(self, notes: Counter[str] | None = None) -> None:
        """Count who was met in the row just made, by rule; those of `others` by name."""
        if notes is not None:
            for kind, id in self._met:
                rule = self._substitutes.by_key.get((kind, id))
                who = "" if rule else f".{self._name(kind, id)}"
                notes[f"replaced_{rule.rule if rule else OTHERS}.{kind}{who}"] += 1
        self._met.clear()

    def _name(self, kind: str, id: str) -> str:
        name = super().title(Ref(kind, id))
        return f"{name} ({id})" if name else id

    def _of(self, link: Ref) -> Substitute:
        self._met.add((link.entity, link.id))
        return self._substitutes.of(link.entity, link.id, link.title or super().title(link))
