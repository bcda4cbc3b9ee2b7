"""`crmexport.toml`: everything that can be typed except secrets, so that a cron line stays short.

A table is a command, a key in it an option: `[export]` with `to = ["excel"]` is `crmexport export --to excel`. What is typed wins.
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from crmexport.cli.words import nearest
from crmexport.errors import ConfigurationError
from crmexport.text import _

FILE = "crmexport.toml"
LENDERS = {
    ("plan",): ("pull",),
    ("export",): ("pull",),
    ("verify",): ("export", "pull"),
    ("archive", "show"): ("pull",),
    ("archive", "accept"): ("pull",),
    ("archive", "check"): ("pull",),
    ("archive", "history"): ("pull",),
    ("archive", "prune"): ("pull",),
    ("archive", "rebuild"): ("pull",),
    ("archive", "outline"): ("pull",),
    ("mapping", "coverage"): ("pull",),
    ("mapping", "check"): ("pull",),
    ("mapping", "preview"): ("pull",),
    ("mapping", "new"): ("pull",),
    ("mapping", "people"): ("pull",),
    ("mapping", "stages"): ("pull",),
}
"""Commands that take an option they share from another command's table, so that the archive is named once."""

_CURLY = frozenset("“”„‘’«»")  # what the editor of a Mac, and Word, make of those that are typed

_TWICE = ("Cannot ", "Duplicate ")  # as the reader of TOML begins all that it says of what stands there twice
_controls = re.compile(r"[\x00-\x1f\x7f]").search

SECRETS = ("token", "login", "password")

Tree = dict[str, Any]


def defaults(group: Any, folder: Path, language: str | None = None) -> Tree:
    """What the options of the commands in `group` are when not typed: nested by command, keyed by parameter name.

    Raises ConfigurationError naming file, table and key for anything in `folder`/crmexport.toml that is not understood.
    """
    file = folder / FILE
    tree = _tables(group, _load(file), file, ()) if file.exists() else {}
    for path, lenders in LENDERS.items():
        _lend(group, tree, path, lenders)
    if language:
        _speak(group, tree, language)
    return tree


def _load(file: Path) -> Tree:
    import tomllib

    text = ""
    try:
        text = file.read_text(encoding="utf-8-sig")
        return tomllib.loads(text)
    except OSError as error:
        raise ConfigurationError(
            _("{file} cannot be read: {error}").format(file=file, error=error.strerror)
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            _("{file} is not UTF-8 text. Save it as UTF-8 and start again.").format(file=file)
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(_unreadable(file, text, error)) from error


def _unreadable(file: Path, text: str, error: ValueError) -> str:
    """What a person can do about it: a path of Windows in double quotation marks, or such as word processors make of them."""
    place = re.search(r"at line (\d+)", str(error))
    if place is None:
        return _("{file} cannot be read: {error}").format(file=file, error=error)
    lines, number = text.splitlines(), int(place[1])
    told = _("{file}, line {line} is not TOML ({error}).").format(file=file, line=number, error=error)
    if str(error).startswith(_TWICE):
        return told + " " + _("This key or table stands above already: leave out one of the two.")
    if number <= len(lines) and "\\" in lines[number - 1]:
        return f"{told} {_single()}"
    if number <= len(lines) and not _CURLY.isdisjoint(lines[number - 1]):
        return told + " " + _('Quotation marks must be straight ones: " and not “ or «.')
    return told + " " + _("Texts stand between quotation marks, and a key has “=” after it.")


def _single() -> str:
    return _("Put a path that has “\\” in it between single quotation marks: '…'.")


def _tables(group: Any, tree: Mapping[str, Any], file: Path, path: tuple[str, ...]) -> Tree:
    found: Tree = {}
    for name, value in tree.items():
        here = (*path, name)
        command = group.commands.get(name)
        if not path and not isinstance(value, dict):
            raise ConfigurationError(
                _(
                    "{file}: “{key}” stands above every table. Put it below the line of its command, such as [pull]."
                ).format(file=file, key=name)
            )
        if command is None:
            raise _unknown(file, path, name, list(group.commands))
        if not isinstance(value, dict):
            raise _does_not_take(file, path, name, value)
        deeper = _tables if hasattr(command, "commands") else _options
        found[name] = deeper(command, value, file, here)
    return found


def _options(command: Any, table: Mapping[str, Any], file: Path, path: tuple[str, ...]) -> Tree:
    known = {_key(param): param for param in command.params if param.param_type_name == "option"}
    found: Tree = {}
    for key, value in table.items():
        if key in SECRETS:
            raise _secret(file, path, key)
        if key not in known:
            raise _unknown(file, path, key, list(known))
        found[known[key].name] = _value(known[key], value, file, path, key)
    return found


def _key(param: Any) -> str:
    return str(param.opts[0]).lstrip("-")


def _value(param: Any, value: Any, file: Path, path: tuple[str, ...], key: str) -> Any:
    """The value as the command line would give it."""
    if param.is_flag:
        fits, meant = isinstance(value, bool), value
    elif param.multiple:
        fits = isinstance(value, str | list | dict)
        meant = _list(value) if fits else value
    else:
        fits, meant = isinstance(value, str | int | float | date) and not isinstance(value, bool), str(value)
    if not fits:
        raise _does_not_take(file, path, key, value, _flag() if param.is_flag else _quoted())
    if _controls("".join(meant) if isinstance(meant, list) else str(meant)):
        raise _escaped(file, path, key)
    return meant


def _escaped(file: Path, path: tuple[str, ...], key: str) -> ConfigurationError:
    r"""TOML reads "D:\new" as two lines, and a folder of such a name can be made outside Windows."""
    sentence = _("{file}, [{table}]: “{key}” has a line end or another sign in it that cannot be seen.")
    told = sentence.format(file=file, table=".".join(path), key=key)
    return ConfigurationError(f"{told} {_single()}")


def _does_not_take(
    file: Path, path: tuple[str, ...], key: str, value: Any, takes: str = ""
) -> ConfigurationError:
    words = _("{file}, [{table}]: “{key}” does not take {value}.").format(
        file=file, table=".".join(path), key=key, value=json.dumps(value, ensure_ascii=False, default=str)
    )
    return ConfigurationError(f"{words} {takes}".rstrip())


def _flag() -> str:
    return _("It takes true or false, without quotation marks.")


def _quoted() -> str:
    return _("It takes a text between quotation marks.")


def _list(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [f"{name}={item}" for name, item in value.items()]
    return [value] if isinstance(value, str) else list(map(str, value))


def _unknown(file: Path, path: tuple[str, ...], name: str, known: list[str]) -> ConfigurationError:
    where = f"{file}, [{'.'.join(path)}]" if path else str(file)
    sentence = _("{where}: there is no “{name}”. Did you mean {near}?")
    return ConfigurationError(sentence.format(where=where, name=name, near=nearest(name, known)))


def _secret(file: Path, path: tuple[str, ...], name: str) -> ConfigurationError:
    sentence = _(
        "{file}, [{table}]: “{key}” does not belong here, for secrets stand in no file of settings. Take it out; "
        "the program asks for it, or takes it from {variable}."
    )
    variable = f"CRMEXPORT_{name.upper()}"
    return ConfigurationError(sentence.format(file=file, table=".".join(path), key=name, variable=variable))


def _lend(group: Any, tree: Tree, path: tuple[str, ...], lenders: tuple[str, ...]) -> None:
    command = group
    for name in path:
        command = command.commands[name]
    own = _table(tree, path)
    for param in command.params:
        offers = (
            tree.get(lender, {})[param.name] for lender in lenders if param.name in tree.get(lender, {})
        )
        for value in offers:
            own.setdefault(param.name, value)


def is_lent(context: Any, name: str, lender: str) -> bool:
    """Whether the parameter `name` of a command was not typed, but is what the table of the command `lender` says."""
    told = (context.parent.default_map or {}).get(lender, {})
    is_typed = context.get_parameter_source(name).name != "DEFAULT_MAP"
    return not is_typed and bool(told.get(name) == context.params[name])


def _table(tree: Tree, path: tuple[str, ...]) -> Tree:
    for name in path:
        tree = tree.setdefault(name, {})
    return tree


def _speak(group: Any, tree: Tree, language: str) -> None:
    """A language that was typed goes to every command that has one."""
    for path, command in _commands(group, ()):
        if any(param.name == "lang" for param in command.params):
            _table(tree, path)["lang"] = language


def _commands(group: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name), command
