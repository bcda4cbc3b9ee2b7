"""Typer's own words in the reader's language: usage line, help option, and every complaint about what was typed.

Typer carries headings through gettext but not its usage line, its help option or its complaints; those are said here.
"""

from difflib import get_close_matches
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from crmexport.errors import ConfigurationError
from crmexport.text import N_, _

TYPER_TEXTS = (
    N_("Options"),
    N_("Arguments"),
    N_("Commands"),
    N_("default: {default}"),
    N_("required"),
    N_("env var: {var}"),
    N_("(dynamic)"),
    N_("Missing command."),
    N_("Aborted!"),
)
"""What typer itself looks up in the catalogue: listed here so that it is there."""


CUT = "&;|<>()'`,^*?"  # signs that one of the shells takes for its own, unless they are quoted


def as_typed(word: object) -> str:
    """`word` as a person types it after a command: between quotation marks when a shell would cut it (cmd, PowerShell, sh)."""
    text = str(word)
    return f'"{text}"' if any(letter.isspace() or letter in CUT for letter in text) else text


class Command(TyperCommand):
    """A command whose help is in one language throughout."""

    def __init__(self, *given: Any, **options: Any) -> None:
        """As typer makes it, but its arguments are shown without the names of their Python types."""
        super().__init__(*given, **options)
        for parameter in self.params:
            if parameter.param_type_name == "argument":
                vars(parameter)["display_type_rich"] = lambda ctx: None

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        formatter.write_usage(ctx.command_path, _pieces(self, ctx), prefix=_("Usage: "))

    def get_help_option(self, ctx: Any) -> Any:
        """The `--help` option, explained in the reader's language."""
        return _explained(super().get_help_option(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read what was typed. Raises ConfigurationError for words that belong to no option, and for empty ones."""
        ctx.allow_extra_args = True
        _reject(super().parse_args(ctx, args), [one for one in self.params if _is_listed(ctx, one)])
        for parameter in self.params:
            _reject_empty(parameter, ctx.params.get(str(parameter.name)))
        return []


class Group(TyperGroup):
    """A group of commands whose help is in one language throughout."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Write the usage line."""
        formatter.write_usage(ctx.command_path, _pieces(self, ctx), prefix=_("Usage: "))

    def get_help_option(self, ctx: Any) -> Any:
        """The `--help` option, explained in the reader's language."""
        return _explained(super().get_help_option(ctx))

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command called `args[0]`. Raises ConfigurationError naming the nearest one there is."""
        if args[0] in self.commands or args[0].startswith("-"):
            return super().resolve_command(ctx, args)
        raise ConfigurationError(
            _("There is no command “{word}”. Did you mean {near}? All commands: {command} --help").format(
                word=args[0], near=nearest(args[0], list(self.commands)), command=ctx.command_path
            )
        )


def nearest(word: str, known: list[str]) -> str:
    """The known word most like `word`, or all of them when none is."""
    return ", ".join(get_close_matches(word, known, n=1) or known)


def _pieces(command: Any, ctx: Any) -> str:
    names = {"[OPTIONS]": _("[OPTIONS]"), "COMMAND [ARGS]...": _("COMMAND [ARGS]...")}
    return " ".join(names.get(piece, piece) for piece in command.collect_usage_pieces(ctx))


def _explained(option: Any) -> Any:
    if option is not None:
        option.help = _("Show this help.")
    return option


def explain(error: typer.TyperException) -> str:
    """The complaint `error` as a sentence in the reader's language, with what to do next."""
    context = getattr(error, "ctx", None)
    if context is None:
        return _sentence(error)
    if type(error).__name__ == "NoArgsIsHelpError":
        return error.format_message()
    return f"{_sentence(error)} " + _("Help: {command} --help").format(command=context.command_path)


def _sentence(error: Any) -> str:
    kind = type(error).__name__
    if kind == "NoSuchOption":
        return _no_such_option(error)
    if kind == "MissingParameter":
        return _missing(error)
    if kind == "BadOptionUsage":
        return _("{option} is used wrongly: a value is missing after it, or one too many is given.").format(
            option=error.option_name
        )
    if error.message == _("Missing command."):
        return str(error.message)
    return _("This is not understood: {complaint}").format(complaint=error.format_message())


def _no_such_option(error: Any) -> str:
    near = ", ".join(sorted(error.possibilities or ()))
    if near:
        return _("There is no option {option}. Did you mean {near}?").format(
            option=error.option_name, near=near
        )
    return _("There is no option {option}.").format(option=error.option_name)


def _missing(error: Any) -> str:
    if error.param.param_type_name == "argument":
        return _("{name} is missing.").format(name=error.param.display_name_raw)
    sentence = _(
        "{option} is missing: give it here, or start in the folder of your crmexport.toml (“crmexport init” writes it) "
        "with “{key}” in it."
    )
    return sentence.format(option=error.param.opts[0], key=error.param.opts[0].lstrip("-"))


def _reject_empty(parameter: Any, value: Any) -> None:
    """A script's variable that is not set must not mean “here”, or “none”: a report of less would look like the one meant."""
    given = value if isinstance(value, list | tuple) else [value]
    if any(isinstance(word, str) and not word.strip() for word in given):
        name = parameter.opts[0] if parameter.param_type_name == "option" else parameter.display_name_raw
        raise ConfigurationError(
            _("{option} is given, and there is nothing in it. Is a variable of your script empty?").format(
                option=name
            )
        )


def _is_listed(ctx: Any, parameter: Any) -> bool:
    """Whether `parameter` takes several values, and was typed."""
    is_typed = ctx.get_parameter_source(parameter.name)
    return getattr(parameter, "multiple", False) and is_typed and is_typed.name == "COMMANDLINE"


def _reject(words: list[str], listed: list[Any]) -> None:
    """`listed` are the options that may have been meant to take these words, too."""
    if not words:
        return
    told = [
        _("“{words}” is too much here: values belong right after their option.").format(words=" ".join(words))
    ]
    for option in listed:
        several = _("Of several values each has its option before it: {option} … {option} …")
        told.append(several.format(option=option.opts[0]))
    raise ConfigurationError(" ".join(told))


def too_long(error: OSError) -> str:
    """A name of Cyrillic letters is twice as long to most disks as it looks."""
    return _(
        "The path {path} is too long for this disk, whole or in one of its names. Give a shorter one."
    ).format(path=error.filename)
