"""Find, read and check a from-mapping: what of a source becomes which entity.

In: the name of a built-in mapping, or the path of somebody's own file. Out: a `SourceMapping` in which every path, transform and
field name is known to exist; or a ConfigurationError with a sentence for every mistake.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import crmexport
from crmexport.errors import ConfigurationError
from crmexport.mapping.checks import check
from crmexport.mapping.grammar import Block, Frame, SourceFile
from crmexport.mapping.yaml_file import validated
from crmexport.mapping.yaml_words import did_you_mean
from crmexport.model import ENTITIES
from crmexport.source.registry import connector_folders
from crmexport.text import _


@dataclass(frozen=True)
class SourceMapping:
    """A checked from-mapping. `path` is the file it was read from."""

    path: Path
    file: Frame

    @cached_property
    def blocks(self) -> dict[str, list[Block]]:
        """The blocks of every entity that has any, in the order of the model."""
        found = {name: list(getattr(self.file, name)) for name in ENTITIES}
        return {name: blocks for name, blocks in found.items() if blocks}

    @property
    def entities(self) -> list[str]:
        """The entities that this mapping gives."""
        return list(self.blocks)

    def streams_for(self, entity: str) -> set[str]:
        """The streams that `entity` is made of; none when the mapping does not give it."""
        return {stream for block in self.blocks.get(entity, []) for stream in block.from_}

    @cached_property
    def streams(self) -> set[str]:
        """All streams that the mapping reads."""
        return {stream for entity in self.blocks for stream in self.streams_for(entity)}

    def raw_only(self, held: Mapping[str, int]) -> dict[str, int]:
        """Of streams and how many records are `held` of each: those that become no entity, so that no table has them."""
        definitions = self.file.custom_fields
        read = self.streams | set(definitions.from_ if definitions else ()) | self._in_lists
        return {stream: number for stream, number in held.items() if number and stream not in read}

    @property
    def _in_lists(self) -> set[str]:
        """The streams of which every record is taken whole into the record it belongs to."""
        return {stream for told in self.file.lists.values() if told.path == "@" for stream in told.from_}

    def blocks_of(self, stream: str) -> Iterator[tuple[str, Block]]:
        """Every block over `stream`, with its entity."""
        for entity, blocks in self.blocks.items():
            yield from ((entity, block) for block in blocks if stream in block.from_)

    @cached_property
    def entities_of_stream(self) -> dict[str, list[str]]:
        """What a record of each stream itself becomes: one entity, or several told apart by their `where`.

        Blocks that take a record to pieces (`each`) or carry only a part of it (`custom: none`) do not count.
        """
        found: dict[str, list[str]] = {}
        for stream in sorted(self.streams):
            whole = [
                name for name, block in self.blocks_of(stream) if not block.each and block.custom != "none"
            ]
            found[stream] = list(dict.fromkeys(whole))
        return found

    @cached_property
    def linked_by(self) -> set[tuple[str, str]]:
        """Entities that are linked to by another field than their id, with that field."""
        rules = (
            rule for blocks in self.blocks.values() for block in blocks for rule in block.fields.values()
        )
        return {(rule.ref[0], rule.by) for rule in rules if rule.by is not None}

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """What the records of some streams have before their ids, where an entity is made of several that count for themselves."""
        found: dict[str, str] = {}
        for stream in self.streams:
            for _entity, block in self.blocks_of(stream):
                told = block.fields.get("source_id")
                if told and told.template and not block.each and block.custom != "none":
                    prefix, sign, rest = told.template.partition(f"{{{self.file.id_key}}}")
                    if sign and not rest and "{" not in prefix:
                        found[stream] = prefix
        return found


def load_source_mapping(name_or_path: str | Path, streams: Collection[str] | None = None) -> SourceMapping:
    """The from-mapping called `name_or_path` ("megaplan"), or the one in that file.

    With `streams` (those of the connector), a stream that is not among them is a mistake too. Raises ConfigurationError.
    """
    path = mapping_file("from", str(name_or_path))
    file, complaints = validated(path, SourceFile)
    mapping = SourceMapping(path, file)
    check(mapping.file, mapping.blocks, complaints, streams)
    complaints.raise_any()
    return mapping


def mapping_folder(kind: str) -> Path:
    """Where the built-in mapping files of `kind` ("from" or "to") are, in an installed package or in a checkout."""
    package = Path(crmexport.__file__).parent
    installed = package / "mappings" / kind
    return installed if installed.is_dir() else package.parent / "mappings" / kind


def mapping_names(kind: str) -> list[str]:
    """The names of the mapping files of `kind` that are installed."""
    return sorted(_installed(kind))


def mapping_file(kind: str, name_or_path: str) -> Path:
    """The file of an installed mapping, or the path itself when it looks like one (a suffix, or a folder in it)."""
    if _looks_like_path(name_or_path):
        return Path(name_or_path)
    known = _installed(kind)
    if name_or_path in known:
        return known[name_or_path]
    sentence = _("There is no mapping called “{name}”.").format(name=name_or_path)
    raise ConfigurationError(sentence + did_you_mean(name_or_path, sorted(known)))


def _installed(kind: str) -> dict[str, Path]:
    """The mapping files by their names: the built-in ones, and `NAME.yaml` that the package of connector NAME brings along."""
    found = {}
    if kind == "from":
        beside = {name: folder / f"{name}.yaml" for name, folder in connector_folders().items()}
        found = {name: path for name, path in beside.items() if path.is_file()}
    return found | {path.stem: path for path in mapping_folder(kind).glob("*.yaml")}


def _looks_like_path(text: str) -> bool:
    return text.endswith((".yaml", ".yml")) or "/" in text or "\\" in text
