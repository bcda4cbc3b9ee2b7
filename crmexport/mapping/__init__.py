"""Mapping files, and what they do: records of a source become entities, entities become the rows that a target wants.

In: an archive and YAML files. Out: entities as plain dictionaries, and a count of what became of every field. It works
offline, never asks the source, and never changes the archive.
"""

from crmexport.mapping.archived import MappedArchive
from crmexport.mapping.coverage import Coverage
from crmexport.mapping.custom import CustomField
from crmexport.mapping.normaliser import Normaliser
from crmexport.mapping.source_mapping import (
    SourceMapping,
    load_source_mapping,
    mapping_file,
    mapping_folder,
    mapping_names,
)

__all__ = [
    "Coverage",
    "CustomField",
    "MappedArchive",
    "Normaliser",
    "SourceMapping",
    "load_source_mapping",
    "mapping_file",
    "mapping_folder",
    "mapping_names",
]
