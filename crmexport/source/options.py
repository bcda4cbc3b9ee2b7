"""A connector's own settings: what a person may choose beside the address, typed as texts (`--set name=value`)."""

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, Self, get_args, get_type_hints

import msgspec

_BOOLEANS = dict.fromkeys(("yes", "y", "on", "true", "t", "1"), True) | dict.fromkeys(
    ("no", "n", "off", "false", "f", "0"), False
)


class OptionError(ValueError):
    """Something was typed that is no option of the connector (`known` is False), or nothing that this option can be.

    As text it is the sentence of the option's own `check`, if that refused it.
    """

    def __init__(self, name: str, value: object, *, known: bool = True, reason: str = "") -> None:
        super().__init__(reason)
        self.name = name
        self.value = value
        self.known = known


class Option(NamedTuple):
    """What a field of `Options` is about: a description marked for translation, and a look at the value that no type can take.

    Stands in the field's `Annotated`. `check` gives the value as it shall be kept, or raises ValueError with a sentence.
    """

    description: str
    check: Callable[[Any], Any] = lambda value: value


class Known(NamedTuple):
    """An option as a command tells of it and reads it: its type, what it is about, and whether it must be given."""

    type: Any
    option: Option
    is_required: bool

    def read(self, name: str, typed: object) -> Any:
        """The value that was `typed`. Raises OptionError."""
        is_word = isinstance(typed, str) and bool in (self.type, *get_args(self.type))
        words = _BOOLEANS.get(str(typed).lower(), typed) if is_word else typed
        try:
            value = msgspec.convert(words, self.type, strict=False)
        except msgspec.ValidationError as error:
            raise OptionError(name, typed) from error
        try:
            return None if value is None else self.option.check(value)
        except ValueError as error:
            raise OptionError(name, typed, reason=str(error)) from error


class Options(msgspec.Struct, frozen=True):
    """Settings of a connector beyond the address: a subclass's fields, annotated with `Option`, are the documentation.

    `unasked` names those that `init` asks nobody for: found out by itself, or to be judged only by who knows the API.
    """

    unasked: ClassVar[frozenset[str]] = frozenset()

    @classmethod
    def known(cls) -> dict[str, Known]:
        """Every option by its name, in the order in which they are written down."""
        hints = get_type_hints(cls, include_extras=True)
        return {
            field.name: _known(hints[field.name], field.required) for field in msgspec.structs.fields(cls)
        }

    @classmethod
    def read(cls, typed: Mapping[str, Any]) -> Self:
        """The options that were `typed`. Raises OptionError for the first that is unknown, not understood or lacking."""
        known = cls.known()
        for name, value in typed.items():
            if name not in known:
                raise OptionError(name, value, known=False)
        values = {name: known[name].read(name, value) for name, value in typed.items()}
        for name, one in known.items():
            if one.is_required and name not in values:
                raise OptionError(name, None)
        return cls(**values)

    def asks_more(self, before: Self) -> bool:
        """Whether these ask for something that was not asked with those `before`: everything is then asked once more."""
        return self != before


def _known(hint: Any, is_required: bool) -> Known:
    told = next((one for one in getattr(hint, "__metadata__", ()) if isinstance(one, Option)), Option(""))
    return Known(get_args(hint)[0] if hasattr(hint, "__metadata__") else hint, told, is_required)
