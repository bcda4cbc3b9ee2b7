"""Read a YAML file so that every mistake in it can be named by file, line and key.

Shared by both kinds of mapping files. In: a path, and a pydantic model of what the file may say. Out: the validated model
and the `Complaints` to which further checks add their sentences; all mistakes are reported at once, a sentence each, as
one ConfigurationError. Only `true` and `false` are booleans, and dates stay text: a key `no` or a value `2025-01-01`
means what it looks like.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from crmexport.errors import ConfigurationError
from crmexport.mapping.yaml_problems import problem
from crmexport.mapping.yaml_words import allowed_keys, is_short_form, sentence_for
from crmexport.text import _

_MOST_VALUES = 1_000_000
KeyPath = tuple[str | int, ...]
ModelT = TypeVar("ModelT", bound=BaseModel)


class Position(NamedTuple):
    """A place in the file; both numbers begin with 1."""

    line: int
    column: int


Positions = dict[KeyPath, Position]
Like = Callable[[Path, Any, Positions], Mapping[str, Any]]


class Complaints:
    """Mistakes found in one file, in the order of their lines. Nothing is raised before `raise_any`.

    Key paths may have the steps that only a model knows (see `place_in_data`).
    """

    def __init__(self, path: Path, data: Any, positions: Positions) -> None:
        self.path = path
        self.data = data
        self.positions = positions
        self._found: list[tuple[Position, str]] = []

    def add(self, key_path: Sequence[str | int], sentence: str) -> None:
        """Note that what stands at `key_path` is wrong; `sentence` says why and what to do."""
        self.add_at(place_in_data(self.data, key_path), sentence)

    def add_at(self, place: KeyPath, sentence: str) -> None:
        """The same for a place exactly as the positions know it."""
        text = complain(self.path, self.positions, place, sentence)
        self._found.append((nearest_position(self.positions, place), text))

    def __bool__(self) -> bool:
        return bool(self._found)

    def raise_any(self) -> None:
        """Raise ConfigurationError with every sentence on a line of its own, if there is any."""
        if self._found:
            raise ConfigurationError(
                "\n".join(dict.fromkeys(text for _at, text in sorted(self._found, key=itemgetter(0))))
            )


def read_yaml(path: Path) -> tuple[Any, Positions]:
    """The data of the file at `path`, and the position of every key and list item in it by its path of keys.

    Raises ConfigurationError for a file that cannot be read, is not YAML, or has the same key twice in one place.
    """
    text = _text_of(path)
    try:
        try:
            return _read(path, _Fast(text))
        except yaml.YAMLError:  # `problem` knows the words of the other one
            return _read(path, _Loader(text))
    except (yaml.YAMLError, RecursionError) as error:
        raise ConfigurationError(_not_yaml(path, error)) from error


def _read(path: Path, loader: "_AnyLoader") -> tuple[Any, Positions]:
    positions: Positions = {(): Position(1, 1)}
    complaints = Complaints(path, None, positions)
    data = None
    try:
        node = loader.get_single_node()
        if node is not None:
            _size(node, {})
            data = _Builder(loader, positions, complaints).build(node, ())
    finally:
        loader.dispose()
    complaints.raise_any()
    return data, positions


def _on_its_own(path: Path, data: Any, positions: Positions) -> Mapping[str, Any]:
    return {}


def validated(path: Path, model: type[ModelT], like: Like = _on_its_own) -> tuple[ModelT, Complaints]:
    """The file at `path` as `model`, and empty Complaints for the checks that go beyond its schema.

    `like` gives data of another file that this one is like: each of its keys stands unless this file has the same key.
    Raises ConfigurationError with all mistakes of the schema: keys that do not exist (with the nearest that does),
    missing keys, values of the wrong kind.
    """
    data, positions = read_yaml(path)
    data = {} if data is None else data
    data = {**like(path, data, positions), **data} if isinstance(data, dict) else data
    complaints = Complaints(path, data, positions)
    try:
        return model.model_validate(data), complaints
    except ValidationError as error:
        for one in error.errors(include_url=False):
            if is_short_form(one):
                continue
            complaints.add(one["loc"], sentence_for(one, allowed_keys(model, one["loc"][:-1])))
        complaints.raise_any()
        raise  # pragma: no cover - a ValidationError has at least one error


def complain(path: Path, positions: Positions, key_path: Sequence[str | int], sentence: str) -> str:
    """One sentence for a person: file, line, key, and what is wrong there."""
    line = nearest_position(positions, key_path).line
    if not key_path:
        return _("{file}, line {line}: {sentence}").format(file=path, line=line, sentence=sentence)
    key = written(key_path)
    return _("{file}, line {line}, “{key}”: {sentence}").format(
        file=path, line=line, key=key, sentence=sentence
    )


def written(key_path: Sequence[str | int]) -> str:
    """A path of keys as a person writes it: `company.fields.phones[0].number`."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in key_path)
    return text.removeprefix(".")


def nearest_position(positions: Positions, key_path: Sequence[str | int]) -> Position:
    """Where `key_path` stands, or the nearest thing around it that stands in the file."""
    path = tuple(key_path)
    while path not in positions:
        path = path[:-1]
    return positions[path]


def place_in_data(data: Any, location: Sequence[str | int]) -> KeyPath:
    """The part of a pydantic error's location that exists in the file, and the last key even when it does not.

    Steps that only the model knows (a lone mapping taken as a list of one, the branch of a union) are left out.
    """
    place: list[str | int] = []
    for number, step in enumerate(location):
        last = number == len(location) - 1
        found = _step(data, step)
        if found is not _NOWHERE:
            data = found
            place.append(step)
        elif last and isinstance(data, dict):
            place.append(step)
    return tuple(place)


_NOWHERE = object()


def _step(data: Any, step: str | int) -> Any:
    if isinstance(data, dict) and step in data:
        return data[step]
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return _NOWHERE


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigurationError(_("There is no mapping file {file}.").format(file=path)) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            _("{file} is not UTF-8 text. Save it as UTF-8 and start again.").format(file=path)
        ) from error
    except OSError as error:
        raise ConfigurationError(
            _("{file} cannot be read: {reason}").format(file=path, reason=error.strerror)
        ) from error


def _not_yaml(path: Path, error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    sentence = _("this is not YAML ({problem}). Look at the indentation, colons and quotation marks here.")
    return complain(path, {(): Position(line, 1)}, (), sentence.format(problem=problem(error)))


class _Loader(yaml.SafeLoader):
    """The safe loader without YAML 1.1's surprises: yes/no/on/off, dates, sexagesimal and octal numbers are text."""


_SCALARS = {
    "null": (re.compile(r"~|null|Null|NULL|"), ["~", "n", "N", ""]),
    "bool": (re.compile(r"true|True|false|False"), list("tTfF")),
    "int": (re.compile(r"-?(0|[1-9][0-9]*)"), list("-0123456789")),
    "float": (re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+"), list("-0123456789")),
    "merge": (re.compile(r"<<"), ["<"]),
}
_Loader.yaml_implicit_resolvers = {}
for _name, (_pattern, _first) in _SCALARS.items():
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_name}", re.compile(f"^(?:{_pattern.pattern})$"), _first
    )


class _Fast(yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader):  # type: ignore[misc]
    """The same by libyaml, where PyYAML has it: ten times as fast."""

    yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers


_AnyLoader = _Loader | _Fast


def read_value(text: str) -> Any:
    """YAML within a cell: keys and words of it mean what they mean in a file.

    Raises yaml.YAMLError, for the same key twice in one place too, and RecursionError.
    """
    positions: Positions = {(): Position(1, 1)}
    complaints = Complaints(Path(), None, positions)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        value = None
        if node is not None:
            _size(node, {})
            value = _Builder(loader, positions, complaints).build(node, ())
    finally:
        loader.dispose()
    if complaints:
        raise yaml.constructor.ConstructorError(None, None, _("a key stands here twice"))
    return value


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node becomes, an alias as many as all that it stands for. Few lines of them could fill any computer."""
    if isinstance(node, yaml.ScalarNode):
        return 1
    if id(node) not in known:
        known[id(node)] = 0  # within itself, which the builder refuses
        is_mapping = isinstance(node, yaml.MappingNode)
        known[id(node)] = sum(_size(one, known) for one in (chain(*node.value) if is_mapping else node.value))
        if known[id(node)] > _MOST_VALUES:
            raise yaml.constructor.ConstructorError(
                None, None, _("aliases of aliases make too much of it"), node.start_mark
            )
    return known[id(node)]


class _Builder:
    """Turns nodes into plain values and notes where each stood."""

    def __init__(self, loader: "_AnyLoader", positions: Positions, complaints: Complaints) -> None:
        self.loader = loader
        self.positions = positions
        self.complaints = complaints
        self.open: set[int] = set()

    def build(self, node: yaml.Node, path: KeyPath) -> Any:
        """The value of `node`, which stands at `path`."""
        if isinstance(node, yaml.ScalarNode):
            return self.loader.construct_object(node)
        if id(node) in self.open:
            raise yaml.constructor.ConstructorError(
                None, None, _("an alias contains itself"), node.start_mark
            )
        self.open.add(id(node))
        value = (
            self._mapping(node, path) if isinstance(node, yaml.MappingNode) else self._sequence(node, path)
        )
        self.open.discard(id(node))
        return value

    def _sequence(self, node: yaml.Node, path: KeyPath) -> list[Any]:
        values = []
        for number, item in enumerate(node.value):
            self._note(item, (*path, number))
            values.append(self.build(item, (*path, number)))
        return values

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        self._refuse_twice(node, path)
        self.loader.flatten_mapping(node)
        values: dict[str, Any] = {}
        for key, item in node.value:
            name = self._key(key)
            self._note(key, (*path, name))
            values[name] = self.build(item, (*path, name))
        return values

    def _refuse_twice(self, node: yaml.MappingNode, path: KeyPath) -> None:
        seen: set[str] = set()
        for key, _item in node.value:
            name = self._key(key)
            if name in seen:
                self._note(key, (*path, name))
                self.complaints.add_at((*path, name), _("this key stands here twice. Keep one of them."))
            seen.add(name)

    def _key(self, node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, _("a key must be a word"), node.start_mark)
        return str(node.value)

    def _note(self, node: yaml.Node, path: KeyPath) -> None:
        self.positions[path] = Position(node.start_mark.line + 1, node.start_mark.column + 1)
