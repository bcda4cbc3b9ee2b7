"""Read a people map or a stage map, from YAML or from a workbook."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from crmexport.errors import ConfigurationError
from crmexport.mapping.maps.schema import PeopleMap, StageMap, is_workbook
from crmexport.mapping.maps.tables import people_data, stages_data
from crmexport.mapping.sheets import Spot, read_book
from crmexport.mapping.yaml_file import KeyPath, place_in_data, validated
from crmexport.mapping.yaml_words import allowed_keys, is_short_form, sentence_for

ModelT = TypeVar("ModelT", bound=BaseModel)
Spots = dict[KeyPath, Spot]


def load_people(path: Path) -> PeopleMap:
    """The people map in the file at `path` (.xlsx, else YAML). Raises ConfigurationError with every mistake in it."""
    if is_workbook(path):
        return from_cells(path, PeopleMap, *people_data(path, read_book(path)))
    return _from_yaml(path, PeopleMap)


def load_stages(path: Path) -> StageMap:
    """The same for a stage map."""
    if is_workbook(path):
        return from_cells(path, StageMap, *stages_data(path, read_book(path)))
    return _from_yaml(path, StageMap)


def _from_yaml(path: Path, model: type[ModelT]) -> ModelT:
    found, complaints = validated(path, model)
    complaints.raise_any()
    return found


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
