"""Checks of what a connector declares of itself. They need no rehearsal."""

import re
from collections import Counter

from crmexport.conformance.bench import Bench
from crmexport.conformance.check import Complaints, check
from crmexport.source import Credentials, Request
from crmexport.source.options import Options

GROUP = "declarations"
WRITING = ("PUT", "PATCH", "DELETE")
VERBS = ("add", "create", "update", "write", "delete", "remove", "unlink")
# the last word of a path: "list" in /crm.deal.list and in /deals/list.json?x=1
_last = re.compile(r"[^/.?]+(?=(?:\.json|\.xml)?/?(?:\?|$))")
_named = re.compile(r'("(?:method|action|command|operation|function)"\s*:\s*")[^"]*')
SECRET = re.compile(r"token|password|secret|api_?key", re.IGNORECASE)
HOSTILE_IDS = ('"><script>alert(1)</script>', "../../x", "1 2", "a\r\nb", "д?x#y")


@check(GROUP)
def it_has_a_name_and_a_title(bench: Bench) -> Complaints:
    """A name of lower-case letters, digits and underscores, and a title for people: archives are tied to the name for ever."""
    about = bench.about
    if not re.fullmatch(r"[a-z][a-z0-9_]*", about.name):
        yield f"{about.name!r} is no plain name"
    if not about.title.strip():
        yield "there is no title"


@check(GROUP)
def streams_are_declared_once(bench: Bench) -> Complaints:
    """Every stream has a name and a title, and no two have the same name: else two kinds of records become one."""
    streams = bench.about.streams
    if not streams:
        yield "there are no streams"
    yield from (f"a stream has no title: {one.name!r}" for one in streams if not (one.name and one.title))
    yield from (
        f"{name} is declared twice" for name, n in Counter(one.name for one in streams).items() if n > 1
    )


@check(GROUP)
def limits_are_sensible(bench: Bench) -> Complaints:
    """A rate above nothing, a page and a batch of at least one: with a wrong rate the source locks us out in mid-pull."""
    limits = bench.about.limits
    if not limits.per_second > 0:
        yield f"{limits.per_second} requests a second is no limit"
    if limits.per_hour is not None and limits.per_hour < 1:
        yield f"{limits.per_hour} requests an hour is no limit"
    if limits.page < 1 or limits.bulk_calls < 1:
        yield f"a page of {limits.page} rows, a batch of {limits.bulk_calls} calls"


@check(GROUP)
def options_are_explained(bench: Bench) -> Complaints:
    """Every option has a description and works unset: it is the only documentation that a person at the keyboard gets."""
    for name, option in bench.about.options.known().items():
        if not option.option.description:
            yield f"the option {name} has no description"
        if option.is_required:
            yield f"the option {name} has no default"


@check(GROUP)
def options_hold_no_secret(bench: Bench) -> Complaints:
    """Options are kept in the archive in plain words, so that credentials must come by SignIn and never as an option."""
    found = [name for name in bench.about.options.known() if SECRET.search(name)]
    yield from (f"the option {name} sounds like a secret" for name in found)
    if not issubclass(bench.about.options, Options):
        yield "options is no class of Options"


@check(GROUP)
def only_reads_are_declared(bench: Bench) -> Complaints:
    """No rule lets a PUT, PATCH or DELETE through, and none for POST takes any path whatever: the source is never written to."""
    if not bench.about.reads:
        yield "no reads are declared, so nothing can be asked"
    for rule in bench.about.reads:
        if rule.method in WRITING:
            yield f"{rule.method} {rule.path.pattern} is allowed"
        if rule.method == "POST" and rule.body is None and rule.path.fullmatch("/any/where"):
            yield f"POST is allowed anywhere: {rule.path.pattern}"


@check(GROUP)
def swept_streams_have_cards(bench: Bench) -> Complaints:
    """What a sweep does not show is asked for by card before it is marked as deleted: without a card it would stay for ever."""
    declared = {stream.name for stream in bench.about.streams}
    ids = bench.ids
    for name in (*bench.about.swept, *bench.about.relisted):
        if name not in declared:
            yield f"{name} is swept or relisted, but no stream of its own"
        elif bench.connector().card(name, ids.get(name, "1")) is None:
            yield f"{name} is swept or relisted, but has no card"
    both = set(bench.about.swept) & set(bench.about.relisted)
    yield from (f"{name} is both swept and relisted" for name in sorted(both))


@check(GROUP)
def missing_credentials_are_told(bench: Bench) -> Complaints:
    """Without credentials nothing is sent: a ConfigurationError says what is missing, and no request holds the word None."""
    from crmexport.errors import ConfigurationError

    sign_in = bench.connector().sign_in()
    if sign_in.ready(Credentials()) is not None:
        yield "it is signed in without any credentials"
        return
    try:
        request = sign_in.request(Credentials())
    except ConfigurationError:
        return
    yield f"it would sign in without credentials, by {request.method} {request.path}"


@check(GROUP)
def source_addresses_are_safe(bench: Bench) -> Complaints:
    """`source_url` leads to the account's own host and is encoded, whatever an id looks like: reports make links of it."""
    connector = bench.connector()
    for stream in connector.about.streams:
        for id in HOSTILE_IDS:
            url = connector.source_url(stream.name, id)
            if url is not None and not _is_safe(url, connector.account.url):
                yield f"{stream.name} {id!r} is said to be at {url!r}"


def _is_safe(url: str, home: str) -> bool:
    return url.startswith(f"{home}/") and not re.search(r"[^\x21-\x7e]|[\"<>\\]|\.\./", url)


@check(GROUP)
def unknown_records_have_no_card(bench: Bench) -> Complaints:
    """`card` gives None for a stream it does not know, and the same question for the same record each time."""
    connector = bench.connector()
    if connector.card("no such stream", "1") is not None:
        yield "there is a card for a stream that does not exist"
    for stream in connector.about.streams:
        card, again = connector.card(stream.name, "1"), bench.connector().card(stream.name, "1")
        if (card and card.key) != (again and again.key):
            yield f"the card of {stream.name} 1 is another question each time"
        if card is not None and card.subject != (stream.name, "1"):
            yield f"the card of {stream.name} 1 names {card.subject} as its subject"


def writing_forms(request: Request) -> list[Request]:
    """The same request as something that writes: by another method, or, where all is asked by POST, by another name."""
    by_method = [request.replace(method=method) for method in WRITING]
    if request.method != "POST":
        return by_method
    by_path = [request.replace(path=_last.sub(verb, request.path, count=1)) for verb in VERBS]
    by_body = [request.replace(body=_named.sub(rf"\g<1>{verb}", request.body or "")) for verb in VERBS]
    return by_method + [one for one in by_path + by_body if one.key != request.key]
