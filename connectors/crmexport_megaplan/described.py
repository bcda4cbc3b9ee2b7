"""What an account says of its own API: kinds of records and fields that this version does not know, and so does not ask for.

Every account publishes the description of just the version it runs (Megaplan reference, §0). A list gives only the fields that
are asked for by name, so what a newer Megaplan has added would be missing without a word: it is named in the report, and `--set
fields=…` asks for it. Without a description nothing is lost but this; that it is not known is told.
"""

import re
from collections.abc import Iterator

from crmexport.source import Gap, GapKind, Reading, Request, Response
from crmexport.text import N_, _
from crmexport_megaplan.kinds import OWNER_OF, WORTH
from crmexport_megaplan.lists import LISTS
from crmexport_megaplan.query import API, query_of, with_query
from crmexport_megaplan.unasked import EVERYWHERE, FIELDS, KINDS

SUBJECT = ("extraField", N_("description of the API"))
KIND = "description"
COUNTER = "Count"  # how many of something there are, which is told by these themselves
CUSTOM = "CustomField"  # the account's own, which its definitions tell
MOST = 40  # names told of fields or kinds
ASKED = {
    stream: frozenset(name for spec in LISTS.values() if spec.stream == stream for name in spec.fields)
    for stream in OWNER_OF.values()
}
# It is made by a program, in one form, and has megabytes: a reader of YAML would take seconds for it, and much memory.
_type = re.compile(rb"^ {4}([A-Za-z]\w*):\s*\n {8}type: (\w+)", re.MULTILINE).finditer
_property = re.compile(rb"^ {12}([A-Za-z]\w*):\s*$", re.MULTILINE).findall
_routes = re.compile(rb"^'?/", re.MULTILINE).search
_NAME = re.compile(r"([A-Za-z]\w*)\.([A-Za-z]\w*)")


def question() -> Request:
    """The request for the description."""
    return Request("extraField", API, worth=WORTH["extraField"], subject=SUBJECT, context={"kind": KIND})


def is_description(body: bytes) -> bool:
    """Whether a body is a description, as it says itself."""
    return body.lstrip().startswith(b"#%RAML")


def read(response: Response, besides: frozenset[str]) -> Reading:
    """What the description names that nobody asks for, as a gap that is no loss; none where all is known, or wanted `besides`."""
    found = kinds_in(response.body)
    words = " ".join(_news(found, besides)) if found else _unknown()
    return Reading(gaps=[Gap(*SUBJECT, GapKind.NOT_GIVEN, words)] if words else [])


def kinds_in(body: bytes) -> dict[str, list[str]]:
    """The kinds of records that a description has, each with the names of its fields; none where it is no description."""
    if not is_description(body):
        return {}
    routes = _routes(body)
    end = routes.start() if routes else len(body)
    types = list(_type(body, 0, end))
    ends = [*(one.start() for one in types[1:]), end]
    return {
        one[1].decode(): [name.decode() for name in _property(body, one.end(), last)]
        for one, last in zip(types, ends, strict=False)
        if one[2] == b"BaseEntity"
    }


def _news(kinds: dict[str, list[str]], besides: frozenset[str]) -> Iterator[str]:
    if new := sorted(kinds.keys() - KINDS):
        words = _("The account's API describes kinds of records that this version does not know: {names}.")
        yield words.format(names=_listed(new))
    found = [f"{stream}.{name}" for kind, stream in OWNER_OF.items() for name in _new_in(kind, kinds)]
    if fields := [one for one in found if one not in besides]:
        words = _(
            "It describes fields that this version does not ask for: {names}. Should you need them: --set fields={example}"
        )
        yield words.format(names=_listed(fields), example=",".join(fields[:2]))


def _new_in(kind: str, kinds: dict[str, list[str]]) -> list[str]:
    known = ASKED[OWNER_OF[kind]]
    told = {name for name in kinds.get(kind, ()) if not name.endswith(COUNTER) and CUSTOM not in name}
    return sorted(told - known - FIELDS.get(kind, EVERYWHERE)) if known else []


def _listed(names: list[str]) -> str:
    return ", ".join(names[:MOST]) + (", …" if len(names) > MOST else "")


def _unknown() -> str:
    return _(
        "The account does not show the description of its API, so nobody knows whether it has kinds of records or fields that this "
        "version does not ask for."
    )


def names(text: str | None) -> frozenset[str]:
    """The single fields that the option `fields` names."""
    return frozenset(filter(None, (one.strip() for one in (text or "").split(","))))


def wanted(text: str) -> str:
    """`text` itself, if it names fields as deal.name, with commas between them. Raises ValueError with a sentence."""
    for one in sorted(names(text)):
        found = _NAME.fullmatch(one)
        if not found or not ASKED.get(found[1]):
            known = ", ".join(sorted(stream for stream, fields in ASKED.items() if fields))
            sentence = _("“{text}” is no field. Write deal.fieldName; kinds are: {known}.")
            raise ValueError(sentence.format(text=one, known=known))
    return text


def with_wanted(request: Request, besides: frozenset[str]) -> Request:
    """A list's first page with those of the fields wanted `besides` that are its own. Only once, for some may have been refused since."""
    context = request.context
    if context.get("kind") != "list" or context.get("besides") or not LISTS[context["list"]].fields:
        return request
    pairs = [one.partition(".") for one in sorted(besides)]
    own = [name for stream, _dot, name in pairs if stream == request.stream]
    query = query_of(request.path)
    if not own or "fields" not in query:
        return request
    path = with_query(request.path, {**query, "fields": list(dict.fromkeys([*query["fields"], *own]))})
    return request.replace(path=path, context={**context, "besides": True})
