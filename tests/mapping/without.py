"""A mapping that lacks something that ours have, for tests of what is told then."""

from dataclasses import replace

from crmexport.mapping import SourceMapping


def without_records(mapping: SourceMapping) -> SourceMapping:
    """The same, in which kinds that no other entity is about have no table."""
    return replace(mapping, file=mapping.file.model_copy(update={"record": []}))
