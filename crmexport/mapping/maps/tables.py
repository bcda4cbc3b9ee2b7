"""People maps and stage maps as workbooks: the headings in either language, one row for everybody and everything."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from crmexport.errors import ConfigurationError
from crmexport.mapping.maps.schema import PeopleMap, Place, StageMap, User, default_of
from crmexport.mapping.sheets import Line, Sheet, Spot, plain
from crmexport.mapping.yaml_file import KeyPath
from crmexport.mapping.yaml_words import did_you_mean
from crmexport.text import LANGUAGES, N_, translations

Book = Mapping[str, Sequence[Line]]
Found = tuple[dict[str, Any], dict[KeyPath, Spot]]

PEOPLE, DEFAULTS, STAGES = N_("People"), N_("Defaults"), N_("Stages")
_PERSON = {
    "id": N_("ID in the old CRM"),
    "name": N_("Name"),
    "position": N_("Position"),
    "email": N_("E-mail"),
    "works": N_("Works here"),
    "records": N_("Records with this person"),
    "new.name": N_("NEW: name"),
    "new.first_name": N_("NEW: first name"),
    "new.last_name": N_("NEW: last name"),
    "new.email": N_("NEW: e-mail"),
    "new.id": N_("NEW: ID"),
}
_STAGE = {
    "pipeline": N_("Pipeline ID"),
    "pipeline_name": N_("Pipeline"),
    "stage": N_("Stage ID"),
    "stage_name": N_("Stage"),
    "new.name": N_("NEW: name"),
    "new.id": N_("NEW: ID"),
}
_DEFAULT = {
    "what": N_("For whom"),
    "name": N_("NEW: name"),
    "first_name": N_("NEW: first name"),
    "last_name": N_("NEW: last name"),
    "email": N_("NEW: e-mail"),
    "id": N_("NEW: ID"),
}
_PLACE = {"what": _DEFAULT["what"], "name": _DEFAULT["name"], "id": _DEFAULT["id"]}
PLACEHOLDER_ROW, OTHERS_ROW = (
    N_("who has nothing under NEW (placeholder)"),
    N_("who is not in this file (others)"),
)
_KINDS = {"pipeline": N_("Pipeline"), "stage": N_("Stage")}


def titles() -> list[str]:
    """What the sheets of these workbooks are called, in every language."""
    return [name for title in (PEOPLE, DEFAULTS, STAGES) for name in _in_any_language(title)]


def people_sheets(people: PeopleMap, lang: str) -> list[Sheet]:
    """A people map as sheets with headings in the language `lang`."""
    _ = translations(lang).gettext
    rows = [
        [id, one.name, one.position, one.email, _yes(one.works, _), one.records, *_user_cells(one.new)]
        for id, one in people.people.items()
    ]
    defaults = [
        [_(PLACEHOLDER_ROW), *_user_cells(people.placeholder)],
        [_(OTHERS_ROW), *_user_cells(people.others)],
    ]
    return [
        Sheet(_(PEOPLE), [_(heading) for heading in _PERSON.values()], rows),
        Sheet(_(DEFAULTS), [_(heading) for heading in _DEFAULT.values()], defaults),
    ]


def stages_sheets(stages: StageMap, lang: str) -> list[Sheet]:
    """A stage map as sheets with headings in the language `lang`."""
    _ = translations(lang).gettext
    rows: list[list[Any]] = []
    for id, pipeline in stages.pipelines.items():
        rows.append([id, pipeline.name, None, None, *_place_cells(pipeline.new)])
        rows += [
            [id, pipeline.name, stage_id, stage.name, *_place_cells(stage.new)]
            for stage_id, stage in pipeline.stages.items()
        ]
    rows += [[None, None, id, stage.name, *_place_cells(stage.new)] for id, stage in stages.stages.items()]
    defaults = [
        [f"{_(word)}: {_(_KINDS[kind])}", *_place_cells(getattr(default_of(given), kind))]
        for word, given in ((PLACEHOLDER_ROW, stages.placeholder), (OTHERS_ROW, stages.others))
        for kind in _KINDS
    ]
    return [
        Sheet(_(STAGES), [_(heading) for heading in _STAGE.values()], rows),
        Sheet(_(DEFAULTS), [_(heading) for heading in _PLACE.values()], defaults),
    ]


def _yes(value: bool, translate: Callable[[str], str]) -> str:
    return translate(N_("yes")) if value else translate(N_("no"))


def _user_cells(new: str | User) -> list[Any]:
    one = User(name=new) if isinstance(new, str) else new
    return [one.name or None, one.first_name, one.last_name, one.email, one.id]


def _place_cells(new: str | Place) -> list[Any]:
    one = Place(name=new) if isinstance(new, str) else new
    return [one.name or None, one.id]


def people_data(path: Path, book: Book) -> Found:
    """The data of a people map, and the cell in which each of them stands."""
    data: dict[str, Any] = {"people": {}}
    spots: dict[KeyPath, Spot] = {}
    for line in _sheet(path, book, PEOPLE):
        keys = _keyed(path, line, _PERSON)
        id = plain(keys.pop("id", "")).strip()
        _refuse_twice(path, line, _PERSON["id"], id, data["people"])
        if "works" in keys:
            keys["works"] = _truth(path, line, keys["works"])
        data["people"][id] = _nested(keys)
        spots[("people", id)] = line.spot(_heading(line, _PERSON["id"]))
        spots |= {
            ("people", id, *key.split(".")): line.spot(_heading(line, heading))
            for key, heading in _PERSON.items()
        }
    for line in _sheet(path, book, DEFAULTS, needed=False):
        keys = _keyed(path, line, _DEFAULT)
        told = keys.pop("what", "")
        if keys:
            what = _rule_of(path, line, told)
            _refuse_twice(path, line, _DEFAULT["what"], what, data)
            data[what] = keys
            spots |= {(what, key): line.spot(_heading(line, heading)) for key, heading in _DEFAULT.items()}
    return data, spots


def stages_data(path: Path, book: Book) -> Found:
    """The data of a stage map, and the cell in which each of them stands."""
    data: dict[str, Any] = {"pipelines": {}, "stages": {}}
    spots: dict[KeyPath, Spot] = {}
    own_rows: dict[str, int] = {}
    for line in _sheet(path, book, STAGES):
        keys = _keyed(path, line, _STAGE)
        pipeline, stage = (plain(keys.pop(key, "")).strip() for key in ("pipeline", "stage"))
        names = {key: keys.pop(key, "") for key in ("pipeline_name", "stage_name")}
        at: KeyPath = ("pipelines", pipeline) if pipeline else ()
        holder = (
            data["pipelines"].setdefault(pipeline, {"name": names["pipeline_name"]}) if pipeline else data
        )
        if stage:
            _refuse_twice(path, line, _STAGE["stage"], stage, holder.setdefault("stages", {}))
            holder["stages"][stage] = {"name": names["stage_name"], **_nested(keys)}
            at = (*at, "stages", stage)
        else:
            _refuse_twice(path, line, _STAGE["pipeline"], pipeline, own_rows)
            own_rows[pipeline] = line.number
            holder |= _nested(keys)
        spots[at] = line.spot(_heading(line, _STAGE["stage"]))
    for line in _sheet(path, book, DEFAULTS, needed=False):
        keys = _keyed(path, line, _PLACE)
        what = plain(keys.pop("what", ""))
        kind = "pipeline" if any(word in what for word in _in_any_language(_KINDS["pipeline"])) else "stage"
        if keys:
            default = data.setdefault(_rule_of(path, line, what), {})
            _refuse_twice(path, line, _PLACE["what"], what, {what: None} if kind in default else {})
            default[kind] = keys
    return data, spots


def _sheet(path: Path, book: Book, title: str, needed: bool = True) -> Sequence[Line]:
    from crmexport.text import _

    for name in _in_any_language(title):
        if name in book:
            return book[name]
    if needed:
        sentence = _("{file} has no sheet “{sheet}”.").format(file=path, sheet=_(title))
        raise ConfigurationError(sentence + did_you_mean(_(title), book))
    return []


def _keyed(path: Path, line: Line, headings: Mapping[str, str]) -> dict[str, Any]:
    """The cells of a row by our keys. Raises ConfigurationError for a heading that means nothing."""
    from crmexport.text import _

    known = {word: key for key, heading in headings.items() for word in _in_any_language(heading)}
    for heading in line.columns:
        if heading not in known:
            spot = Spot(line.sheet, f"{line.columns[heading]}1")
            words = {_(one) for one in headings.values()}
            sentence = _("there is no heading “{heading}”.").format(heading=heading)
            raise ConfigurationError(spot.told(path, sentence + did_you_mean(heading, words)))
    return {
        known[heading]: value if known[heading] == "records" else plain(value)
        for heading, value in line.cells.items()
    }


def _nested(keys: Mapping[str, Any]) -> dict[str, Any]:
    """`new.name` as a key within the key `new`."""
    new = {key.partition(".")[2]: value for key, value in keys.items() if key.startswith("new.")}
    return {
        **{key: value for key, value in keys.items() if not key.startswith("new.")},
        **({"new": new} if new else {}),
    }


def _truth(path: Path, line: Line, value: Any) -> bool:
    from crmexport.text import _

    word = plain(value).strip().casefold()
    if word in {*_in_any_language(N_("yes")), "true", "1", "+"}:
        return True
    if word in {*_in_any_language(N_("no")), "false", "0", "-"}:
        return False
    spot = line.spot(_heading(line, _PERSON["works"]))
    raise ConfigurationError(
        spot.told(path, _("“yes” or “no” is needed here, not “{word}”.").format(word=value))
    )


def _refuse_twice(path: Path, line: Line, heading: str, id: str, known: Mapping[str, Any]) -> None:
    from crmexport.text import _

    if not id or id in known:
        spot = line.spot(_heading(line, heading))
        sentence = (
            _("“{id}” stands here twice. Keep one of the rows.") if id else _("the ID is missing here.")
        )
        raise ConfigurationError(spot.told(path, sentence.format(id=id)))


def _rule_of(path: Path, line: Line, what: str) -> str:
    from crmexport.text import _

    found = next((rule for rule in ("others", "placeholder") if rule in what.casefold()), "")
    if not found:
        spot = line.spot(_heading(line, _DEFAULT["what"]))
        sentence = _("“{text}” says of nobody for whom this row is.").format(text=what)
        raise ConfigurationError(
            spot.told(path, sentence + did_you_mean(what, [_(PLACEHOLDER_ROW), _(OTHERS_ROW)]))
        )
    return found


def _heading(line: Line, heading: str) -> str:
    return next((word for word in _in_any_language(heading) if word in line.columns), heading)


def _in_any_language(text: str) -> list[str]:
    return [translations(lang).gettext(text) for lang in LANGUAGES]
