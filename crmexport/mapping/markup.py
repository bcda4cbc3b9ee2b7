"""HTML as plain text: line breaks, list marks, link addresses and the words of mentions stay; everything else goes.

Regular expressions on purpose: a CRM's editor writes simple markup, and a parser costs six times as much (the originals are
kept in the fields of type HTML).
"""

import re
from html import unescape

_TAG = re.compile(r"( ?)<(/?)([a-zA-Z][\w-]*(?::[\w-]+)?)(?=[\s/>])[^<>]*>( ?)")
_RARE = re.compile(r"<(?:a|script|style|head|title)\b|<!--", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style|head|title)\b[^>]*>.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(
    r"""<a\b[^>]*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^"'\s>]+))[^>]*>(.*?)</a\s*>""",
    re.DOTALL | re.IGNORECASE,
)
# What stands in angle brackets in a text that is no markup (an address, a name) is kept.
_NAMES = """a abbr acronym address applet area article aside audio b base basefont bdi bdo big blockquote body br button canvas
    caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption
    figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label
    legend li link main map mark marquee menu meta meter nav nobr noscript object ol optgroup option output p param picture
    pre progress q rp rt ruby s samp script search section select small source span strike strong style sub summary sup svg
    table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr"""
_ELEMENTS = frozenset(_NAMES.split())
_BLOCKS = "p div ul ol table tr h1 h2 h3 h4 h5 h6 blockquote pre section article hr"
_SIGNS = {"br": "\n", "li": "\n• ", "/td": "\t", "/th": "\t", "/li": ""}
_SIGNS |= {mark + name: "\n" for name in _BLOCKS.split() for mark in ("", "/")}


def text_of(markup: str) -> str:
    """The text of `markup`; a text without any tags keeps its own line breaks, only its entities are decoded."""
    if "<" not in markup or not any(map(_is_markup, _TAG.finditer(markup))):
        return unescape(markup).strip() if "&" in markup else markup.strip()
    if _RARE.search(markup):
        markup = _LINK.sub(_with_address, _HIDDEN.sub("", markup))
    text = _TAG.sub(_sign, " ".join(markup.split()))
    if "&" in text:
        text = unescape(text).replace("\u00a0", " ")
    return _trimmed(text) if "\n" in text else text.strip()


def _is_markup(tag: re.Match[str]) -> bool:
    """Whether this is an element of HTML, or one that an editor made for itself."""
    name = tag[3].lower()
    return name in _ELEMENTS or ":" in name


def _sign(tag: re.Match[str]) -> str:
    """What stands for a tag in the text; around a tag without a sign the blanks stay."""
    before, slash, name, after = tag.groups()
    if not _is_markup(tag):
        return tag[0]
    sign = _SIGNS.get(slash + name.lower())
    return before + after if sign is None else sign


def _trimmed(text: str) -> str:
    """Without blanks around lines, and with at most one empty line between two others."""
    lines = "\n".join(line.strip(" ") for line in text.split("\n")).strip()
    while "\n\n\n" in lines:
        lines = lines.replace("\n\n\n", "\n\n")
    return lines


def _with_address(link: re.Match[str]) -> str:
    address, words = link[1] or link[2] or link[3] or "", link[4]
    shown = unescape(_TAG.sub("", words)).strip()
    bare = unescape(address)
    if not address:
        return words
    if not shown:
        return f"{words} {address}"
    return (
        words
        if shown in (bare, bare.removeprefix("mailto:"), bare.removeprefix("tel:"))
        else f"{words} ({address})"
    )
