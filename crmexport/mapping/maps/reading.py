"""Read a people map or a stage map, from YAML or from a workbook."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from crmexport.errors import ConfigurationError
from crmexport.mapping.maps.schema import PeopleMap, StageMap, User, is_workbook
from crmexport.mapping.maps.tables import people_data, stages_data, titles
from crmexport.mapping.sheets import Spot, read_book
from crmexport.mapping.yaml_file import KeyPath, place_in_data, validated
from crmexport.mapping.yaml_words import allowed_keys, is_short_form, sentence_for
from crmexport.text import _

ModelT = TypeVar("ModelT", bound=BaseModel)
Spots = dict[KeyPath, Spot]
ADDRESS = re.compile(r"[^\s@,;:<>]+@[^\s@,;:<>]+")


def load_people(path: Path) -> PeopleMap:
    """The people map in the file at `path` (.xlsx, else YAML). Raises ConfigurationError with every mistake in it."""
    if not is_workbook(path):
        found, complaints = validated(path, PeopleMap)
        for place, sentence in _doubtful(found):
            complaints.add(place, sentence)
        complaints.raise_any()
        return found
    data, spots = people_data(path, read_book(path, titles()))
    found = from_cells(path, PeopleMap, data, spots)
    if sentences := [spot_of(spots, place).told(path, sentence) for place, sentence in _doubtful(found)]:
        raise ConfigurationError("\n".join(sentences))
    return found


def load_stages(path: Path) -> StageMap:
    """The same for a stage map."""
    if is_workbook(path):
        return from_cells(path, StageMap, *stages_data(path, read_book(path, titles())))
    found, complaints = validated(path, StageMap)
    complaints.raise_any()
    return found


def _doubtful(people: PeopleMap) -> Iterator[tuple[KeyPath, str]]:
    """What can be nobody's name or address, by its place: an importer would take it, or leave its records without an owner."""
    rules: list[tuple[KeyPath, str | User]] = [
        (("placeholder",), people.placeholder),
        (("others",), people.others),
    ]
    rules += [(("people", id, "new"), one.new) for id, one in people.people.items()]
    for place, given in rules:
        one = User(name=given) if isinstance(given, str) else given
        if one.name.strip() and not any(letter.isalnum() for letter in one.name):
            yield (
                (*place, "name"),
                _("“{name}” is nobody's name. Leave empty what is not to be said.").format(name=one.name),
            )
        address = (one.email or "").strip()
        if address and not (ADDRESS.fullmatch(address) and address.isprintable()):
            yield (
                (*place, "email"),
                _("“{text}” is not one e-mail address such as anna@example.com.").format(text=address),
            )


def from_cells(path: Path, model: type[ModelT], data: Any, spots: Spots) -> ModelT:
    """`data`, read from the cells that `spots` names, as `model`. Raises ConfigurationError naming sheet and cell."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        sentences = [
            spot_of(spots, place_in_data(data, one["loc"])).told(
                path, sentence_for(one, allowed_keys(model, one["loc"][:-1]))
            )
            for one in error.errors(include_url=False)
            if not is_short_form(one)
        ]
        raise ConfigurationError("\n".join(dict.fromkeys(sentences))) from error


def spot_of(spots: Spots, place: KeyPath) -> Spot:
    """The cell where something stands, or that of the nearest thing around it."""
    while place and place not in spots:
        place = place[:-1]
    return spots.get(place, Spot("—", "A1"))
