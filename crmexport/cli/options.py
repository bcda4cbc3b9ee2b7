"""Options that several commands share, and the reading of what was typed into them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin

import typer

from crmexport.cli.words import Command, Group
from crmexport.errors import ConfigurationError
from crmexport.text import _

if TYPE_CHECKING:
    from crmexport.archive.place import Place
    from crmexport.source import Connector
    from crmexport.source.options import Known, OptionError


Function = TypeVar("Function", bound=Callable[..., Any])


def command(
    app: typer.Typer, name: str, meaning: str, epilog: str | None = None
) -> Callable[[Function], Function]:
    """The decorator that makes a function the command `name` of `app`."""
    return app.command(name, cls=Command, help=meaning, short_help=_first_sentence(meaning), epilog=epilog)


def group(app: typer.Typer, name: str, meaning: str) -> typer.Typer:
    """A group of commands, `name`, in `app`. Its line in the list of commands is the whole first sentence: typer cuts longer ones."""
    made = typer.Typer(cls=Group, rich_markup_mode=None, no_args_is_help=True, help=meaning)
    app.add_typer(made, name=name, no_args_is_help=True, short_help=_first_sentence(meaning))
    return made


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].rstrip(".")


def source() -> Any:
    """`--source`: the connector."""
    return typer.Option(
        "--source",
        metavar=_("NAME"),
        help=_("The CRM you leave: megaplan, odoo, … (see: crmexport connectors)."),
    )


def url() -> Any:
    """`--url`: the account."""
    return typer.Option(
        "--url",
        metavar=_("ADDRESS"),
        help=_("The address of your account, such as https://mycompany.megaplan.ru"),
    )


def archive() -> Any:
    """`--archive`: the folder, or the PostgreSQL database, that holds all that was pulled."""
    return typer.Option(
        "--archive",
        metavar=_("DIR"),
        help=_("The folder that keeps everything pulled (or a database: postgresql://…)."),
    )


def target() -> Any:
    """`--to`: the one layout that is looked at."""
    return typer.Option(
        "--to",
        metavar=_("TARGET"),
        help=_("excel, csv, bitrix24, … (see: crmexport targets) or your own mapping file."),
    )


def out(meaning: str) -> Any:
    """`--out`: where to write."""
    return typer.Option("--out", metavar=_("DIR"), help=meaning)


def share_option() -> Any:
    """`--share`: how much of the source's limit to use."""
    return typer.Option(
        "--share",
        metavar=_("PERCENT"),
        help=_("How much of the permitted request rate to use; the rest is left to your colleagues."),
    )


def rate_option() -> Any:
    """`--rate`: the permitted request rate, when it is not the connector's."""
    return typer.Option(
        "--rate",
        metavar=_("NUMBER"),
        help=_(
            "Requests a second the source permits, if it told you another figure than usual (0: as fast as it answers)."
        ),
    )


def settings_option() -> Any:
    """`--set`: the connector's own options."""
    return typer.Option(
        "--set",
        metavar=_("NAME=VALUE"),
        help=_("An option of the connector, such as database=crm; may be repeated."),
    )


def api_option() -> Any:
    """`--api`: which of a system's APIs to speak."""
    return typer.Option(
        "--api",
        metavar=_("NAME"),
        help=_(
            "Which API to speak, of a CRM that has several (see: crmexport connectors); chosen by itself if not given."
        ),
    )


def lang() -> Any:
    """`--lang` of a command that writes for people."""
    return typer.Option("--lang", metavar="ru|en", help=_("Language of headings and reports."))


def share(text: str) -> float:
    """“50%” as 0.5. Raises ConfigurationError outside 1% to 100%."""
    number = _number(text.strip().removesuffix("%"))
    if not text.strip().endswith("%") or number is None or not 1 <= number <= 100:
        raise ConfigurationError(
            _("--share takes a percentage from 1% to 100%, not “{text}”.").format(text=text)
        )
    return number / 100


def rate(text: str | None) -> float | None:
    """Requests a second, or None when nothing was said."""
    if text is None:
        return None
    number = _number(text)
    if number is None or number < 0:
        raise ConfigurationError(
            _("--rate takes a number of requests a second from 0 up, not “{text}”.").format(text=text)
        )
    return number


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if number < float("inf") else None


def whole(option: str, text: str | None, least: int = 0) -> int | None:
    """The whole number typed after `option`, or None when nothing was said."""
    if text is None:
        return None
    if text.isascii() and text.isdigit() and int(text) >= least:
        return int(text)
    raise ConfigurationError(
        _("{option} takes a whole number from {least} up, not “{text}”.").format(
            option=option, least=least, text=text
        )
    )


def language_of(text: str | None) -> str:
    """The language of what is written: as asked, else the one in use."""
    from crmexport.text import LANGUAGES, language

    if text is not None and text not in LANGUAGES:
        raise ConfigurationError(_("--lang takes “ru” or “en”, not “{word}”.").format(word=text))
    return text or language()


def pairs(texts: Sequence[str] | None) -> dict[str, str]:
    """`name=value` texts as a dictionary."""
    found: dict[str, str] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise ConfigurationError(_("--set takes name=value, not “{text}”.").format(text=text))
        found[name.strip()] = value.strip()
    return found


def with_api(settings: Mapping[str, str], api: str | None) -> dict[str, str]:
    """The connector's options with what `--api` says, which is short for `--set api=…`."""
    return {**settings, **({"api": api} if api else {})}


def connector(source: str, url: str, settings: Mapping[str, str]) -> "Connector":
    """The connector `source` for the account at `url`. Raises ConfigurationError for a wrong name, address or setting."""
    from crmexport.cli.sign_in import account_url
    from crmexport.source import Account, connector_class
    from crmexport.source.options import OptionError

    kind = connector_class(source)
    account = Account(account_url(url), settings)
    try:
        return kind(account)
    except OptionError as error:
        raise _wrong_setting(kind, error) from error


def setting(kind: "type[Connector]", name: str, text: str) -> str:
    """What was typed for the connector's option `name` (may be nothing). Raises ConfigurationError when it is not understood."""
    from crmexport.source.options import OptionError

    known = kind.about.options.known()[name]
    try:
        if text or known.is_required:
            known.read(name, text or None)
    except OptionError as error:
        raise _wrong_setting(kind, error) from error
    return text


def values(known: "Known") -> str:
    """What an option of a connector may be, in signs that need no translation: “yes|no”, “v3|v1”, “…”."""
    words = [word for kind in (known.type, *get_args(known.type)) for word in _words(kind)]
    return "|".join(dict.fromkeys(words)) or "…"


def _words(kind: Any) -> Sequence[str]:
    if kind is bool:
        return ("yes", "no")
    return [str(word) for word in get_args(kind)] if get_origin(kind) is Literal else ()


def _wrong_setting(kind: "type[Connector]", error: "OptionError") -> ConfigurationError:
    from crmexport.cli.words import nearest

    options, name = kind.about.options.known(), error.name
    if not error.known:
        known = nearest(name, list(options)) or "—"
        return ConfigurationError(
            _("{source} has no option “{name}”. It has: {known}").format(
                source=kind.about.name, name=name, known=known
            )
        )
    meaning = _(options[name].option.description or name)
    if error.value is not None:
        words = _("{source} does not understand --set {name}={value} ({meaning}).").format(
            source=kind.about.name, name=name, value=error.value, meaning=meaning
        )
        allowed = values(options[name])
        told = str(error) or (_("It takes: {words}.").format(words=allowed) if "|" in allowed else "")
        return ConfigurationError(f"{words} {told}".rstrip())
    return ConfigurationError(
        _("{source} needs --set {name}=… ({meaning}).").format(
            source=kind.about.name, name=name, meaning=meaning
        )
    )


def place(text: str) -> "Place":
    """Where the archive is: a folder, or a PostgreSQL database; its password is never written anywhere from here on."""
    from crmexport.archive.place import Server, place_of
    from crmexport.cli.sign_in import keep_secret

    found = place_of(text)
    if isinstance(found, Server):
        keep_secret(*found.secrets)
    return found


def folder(text: str) -> Path:
    """The folder named, with `~` understood."""
    from crmexport.disk import typed

    return typed(text)
