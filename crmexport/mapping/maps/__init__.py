"""People maps and stage maps: who and what in the next system stands for the users, pipelines and stages of the old one.

In: a YAML or Excel file that `crmexport mapping people` or `stages` made and a person completed. Out: substitutes, which
layouts show wherever they show a link. What is missing in the file is an error, never a guess.
"""

from crmexport.mapping.maps.reading import load_people, load_stages
from crmexport.mapping.maps.replaced import Replaced
from crmexport.mapping.maps.schema import PeopleMap, Person, Pipeline, Place, Stage, StageMap, User
from crmexport.mapping.maps.substitutes import Substituted, Substitutes

__all__ = [
    "PeopleMap",
    "Person",
    "Pipeline",
    "Place",
    "Replaced",
    "Stage",
    "StageMap",
    "Substituted",
    "Substitutes",
    "User",
    "load_people",
    "load_stages",
]
