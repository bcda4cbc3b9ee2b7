"""The words a person reads, in the language the person reads.

English sentences in the code are the keys; `locale/ru/LC_MESSAGES/crmexport.po` holds the Russian ones. `_()` translates
at once, `N_()` only marks a text that is translated later, and `NC_()` a word that Russian says differently of different
things. The language is chosen once, before the commands are built.
"""

import gettext as _gettext
import locale
import os
import re
from pathlib import Path

DOMAIN = "crmexport"
FOLDER = Path(__file__).parent / "locale"
LANGUAGES = ("en", "ru")

_OF = "\x04"  # what gettext's own catalogues have between a context and its message
_steering = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class _Plain(_gettext.NullTranslations):
    """The sentences of the code as they stand, without the contexts that only translators need."""

    def gettext(self, message: str) -> str:
        return message.rpartition(_OF)[2]


_current: _gettext.NullTranslations = _Plain()
_language = "en"


def use_language(language: str) -> None:
    """Speak `language` ("en" or "ru") from now on; typer's and click's own texts follow."""
    global _current, _language
    _language = language
    _current = translations(language)
    os.environ["LANGUAGE"] = language
    _gettext.bindtextdomain(DOMAIN, str(FOLDER))
    _gettext.textdomain(DOMAIN)


def translations(language: str) -> _gettext.NullTranslations:
    """The catalogue of `language`; English needs none, its sentences are the keys."""
    if language == "en":
        return _Plain()
    found = _gettext.translation(DOMAIN, FOLDER, [language], fallback=True)
    found.add_fallback(_Plain())
    return found


def language() -> str:
    """The language in use: "en" or "ru"."""
    return _language


def preferred_language() -> str:
    """The language of the person's system: CRMEXPORT_LANG, else the locale; "en" when it is neither of ours."""
    names = [os.environ.get(name, "") for name in ("CRMEXPORT_LANG", "LC_ALL", "LC_MESSAGES", "LANG")]
    chosen = next((name for name in names if name), "") or locale.getlocale()[0] or ""
    return "ru" if chosen.lower().startswith("ru") else "en"


def _(message: str) -> str:
    """`message` in the language in use."""
    return _current.gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """`one` or `many` by `number`, in the language in use (Russian has three forms)."""
    return _current.ngettext(one, many, number)


def spaced(number: float) -> str:
    """A whole number with gaps between thousands, as both languages read it: 12 345."""
    return f"{int(number):,}".replace(",", "\u00a0")


def decimal(number: float, digits: int = 1) -> str:
    """A number with so many digits behind the point, which is a comma in Russian: 99.9 or 99,9."""
    text = f"{number:.{digits}f}"
    return text.replace(".", ",") if _language == "ru" else text


def cited(words: str) -> str:
    """Somebody else's words between the quotation marks of the language in use."""
    return _("“{text}”").format(text=words)


def size(count: int) -> str:
    """Bytes as a person says them."""
    amount = float(count)
    for unit in (_("bytes"), _("KB"), _("MB"), _("GB")):
        if amount < 1000 or unit == _("GB"):
            break
        amount /= 1000
    return f"{spaced(amount)} {unit}" if unit == _("bytes") else f"{decimal(amount)} {unit}"


def instant(told: str | None) -> str:
    """An instant as the archive notes it (ISO 8601, UTC), as a person reads it; “?” for none.

    In English that is 2026-12-12 07:34:18 UTC, in Russian 12.12.2026 07:34:18 UTC.
    """
    if not told:
        return "?"
    day, _t, time = told.partition("T")
    return f"{as_day(day)} {time}".replace("+00:00", " UTC").rstrip()


def as_day(told: str, tongue: str = "") -> str:
    """A day written as ISO 8601 has it, as a person reads it: 2026-12-12 or 12.12.2026. `tongue` for another language than the one in use."""
    return ".".join(reversed(told.split("-"))) if (tongue or _language) == "ru" else told


def encodable(text: str) -> str:
    """`text` with halves of letters, left where something was cut in mid emoji, as escapes: no file or database takes them.

    JSON text stays the same JSON.
    """
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def visible(text: str) -> str:
    """`text` with signs that a terminal obeys instead of showing them, or that turn the order of others around, as escapes.

    A name may begin a sequence that clears the screen, sets the title of the window or writes another word over “not complete”
    (ECMA-48); the marks of direction are those of CVE-2021-42574. Line ends and tabs stay. JSON text stays the same JSON.
    """
    return _steering.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


not_in_xml = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Signs that XML 1.0 (§2.2) cannot have, and so no workbook; joiners, soft hyphens and the like are letters of names."""


def in_words(id: str) -> str:
    """An id as a person reads it: what the source has no number for, such as “other models”, is called so by the connector, marked
    for the catalogue.
    """
    return _(id) if id and not any(map(str.isdigit, id)) else id


def N_(message: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark `message` for the catalogue; it is translated where it is shown."""
    return message


def NC_(context: str, message: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark `message` as it is said of a `context`: an invoice is «отклонён», a task «отклонена»."""
    return f"{context}{_OF}{message}"
