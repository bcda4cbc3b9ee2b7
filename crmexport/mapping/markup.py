"""HTML as plain text: line breaks, list marks, link addresses and the words of mentions stay; everything else goes.

Regular expressions on purpose: a CRM's editor writes simple markup, and a parser costs six times as much (the originals are
kept in the fields of type HTML).
"""

import re
from collections.abc import Iterator
from html import unescape

_TAG = re.compile(r"( ?)<(/?)([a-zA-Z][\w-]*(?::[\w-]+)?)(?=[\s/>])[^<>]*>( ?)")
_RARE = re.compile(r"<(?:a|script|style|head|title)\b|<!--", re.IGNORECASE)
# Between these marks nothing is shown. Each is looked for by itself: one pattern for a whole link or script would read all that
# follows anew for each one that is never closed, for hours if somebody pastes thousands of them.
_hides = re.compile(r"<(script|style|head|title)\b|<!--", re.IGNORECASE).search
_links = re.compile(r"<a\b", re.IGNORECASE).search
_attributes = re.compile(r"\shref\s*=\s*", re.IGNORECASE).finditer
_value = re.compile(r"""(?:"([^"]*)"|'([^']*)'|([^"'\s>]+))""").match
_CLOSING = {
    name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("a", "script", "style", "head", "title")
}
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
        markup = "".join(_with_addresses("".join(_shown(markup))))
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


def _shown(markup: str) -> Iterator[str]:
    """The pieces between what is hidden. Where an end was looked for in vain, there is none further on either."""
    place, since, endless = 0, 0, set[str]()
    while begun := _hides(markup, place):
        place = begun.end()
        name = (begun[1] or "").lower()
        end = -1 if name in endless else _end(markup, place, name)
        if end < 0:
            endless.add(name)
        else:
            yield markup[since : begun.start()]
            place = since = end
    yield markup[since:]


def _end(markup: str, place: int, name: str) -> int:
    """Where the element `name` ends, or a comment (""), that began before `place`; -1 where it does not."""
    if not name:
        end = markup.find("-->", place)
        return end if end < 0 else end + len("-->")
    opened = markup.find(">", place)
    closed = None if opened < 0 else _CLOSING[name].search(markup, opened + 1)
    return closed.end() if closed else -1


def _with_addresses(markup: str) -> Iterator[str]:
    """The pieces of `markup`, each link with its address behind its words."""
    place, since = 0, 0
    while begun := _links(markup, place):
        place = begun.end()
        end = markup.find(">", place)
        if end < 0:
            break
        value = next(
            filter(None, (_value(markup, one.end()) for one in _attributes(markup, place, end))), None
        )
        place = end + 1 if value is None else markup.find(">", value.end()) + 1
        if value is None:
            continue
        closed = _CLOSING["a"].search(markup, place) if place else None
        if closed is None:
            break
        yield markup[since : begun.start()]
        yield _told(value[1] or value[2] or value[3] or "", markup[place : closed.start()])
        place = since = closed.end()
    yield markup[since:]


def _told(address: str, words: str) -> str:
    """The words of a link, and its address where they do not say it."""
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
