"""Checks of answers that are none: refusals, failures and pages of HTML never become records, and never silence."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from crmexport.conformance.asking import shown
from crmexport.conformance.bench import Answered, Bench
from crmexport.conformance.check import Complaints, NotApplicableError, check
from crmexport.conformance.lines import response_of
from crmexport.conformance.mutations import replaced
from crmexport.errors import CrmExportError
from crmexport.sandbox.faults import LOGIN_PAGE
from crmexport.source import Connector, Reading, Request, Response, Verdict
from crmexport.transport.linked import LINK

GROUP = "refusals"
GOOD = 200
PLAIN = b'{"error":"refused"}'
PAGE = b"<!DOCTYPE html><html><body>Bad gateway</body></html>"
HTML = {"content-type": "text/html; charset=utf-8"}
JSON = {"content-type": "application/json"}
PASSING = frozenset({Verdict.TRANSIENT, Verdict.THROTTLED, Verdict.FAULTY, Verdict.EXPIRED})
FINAL = frozenset({Verdict.REFUSED, Verdict.VANISHED})


def examples(bench: Bench) -> list[Answered]:
    """One request of each sort that is sent, with what it was answered; and one of a file."""
    files = [
        Answered(one.request, one.response)
        for one in bench.clean.exchanges
        if one.request.is_file and one.response is not None
    ]
    return bench.examples + files[:3]


def given(bench: Bench) -> list[Answered]:
    """The examples that were given with status 200: a mended refusal has nothing in its body."""
    return [one for one in bench.examples if one.response.status == GOOD]


def taught(connector: Connector, request: Request, response: Response) -> Reading | None:
    """What the connector reads in an answer, or None when it says that this is no answer."""
    if connector.verdict(request, response) is not Verdict.ANSWER:
        return None
    try:
        return connector.read(request, response)
    except (ValueError, CrmExportError):
        return None


def _mended(reading: Reading) -> bool:
    """Whether a refusal was taken up: asked otherwise, or told as a gap or a count."""
    return not reading.records and bool(reading.requests or reading.gaps or reading.announced)


def _swallowed(
    bench: Bench, statuses: Iterable[int], right: frozenset[Verdict], *, or_instead: bool = False
) -> Complaints:
    """Complaints about answers with these statuses whose verdict is not `right`, unless reading mends them.

    With `or_instead` it may be that of what is asked in place of a request that was refused. A page that refuses may be one of
    the web server alone, and be asked for a few times more: what does not come then is a gap as well. What the rehearsal tells of
    pages of that status is right, too: a firewall may say so that it was too much.
    """
    connector, meant = bench.connector(), _pages_told_of(bench)
    of_page = right | {Verdict.FAULTY} if right <= FINAL else right
    for one in examples(bench):
        for status, response in _answers(statuses):
            verdict = connector.verdict(one.request, response)
            believed = of_page | meant.get(status, frozenset()) if response.is_page else right
            if verdict in believed or (or_instead and _instead(connector, one.request, response) in right):
                continue
            reading = None if one.request.is_file else taught(connector, one.request, response)
            if verdict is not Verdict.ANSWER or (reading is not None and not _mended(reading)):
                yield f"{status} to {shown(one.request)} is {verdict.value!r}"
            elif one.request.is_file:
                yield f"{status} to {shown(one.request)} is taken for the file"


def _pages_told_of(bench: Bench) -> dict[int, frozenset[Verdict]]:
    """By their statuses, what the web pages mean that the rehearsal tells of."""
    meant: dict[int, frozenset[Verdict]] = {}
    for _name, answer, right in bench.stage().failures():
        if response_of(answer).is_page:
            meant[answer.status] = meant.get(answer.status, frozenset()) | right
    return meant


def _instead(connector: Connector, request: Request, response: Response) -> Verdict | None:
    """The verdict on the same answer to what is asked instead, if a refusal leads to anything."""
    if connector.verdict(request, response) is not Verdict.REFUSED:
        return None
    return next((connector.verdict(other, response) for other in connector.instead(request)), None)


def _answers(statuses: Iterable[int]) -> Iterator[tuple[int, Response]]:
    for status in statuses:
        yield status, Response(status, JSON, PLAIN)
        yield status, Response(status, HTML, PAGE)


@check(GROUP)
def refusals_are_no_answers(bench: Bench) -> Complaints:
    """400, 403 and 405 are refusals (or asked otherwise, or named as gaps), and 400 and 403 no deletions: what is not given must be known to be missing."""
    yield from _swallowed(bench, (400, 403), frozenset({Verdict.REFUSED}))
    yield from _swallowed(bench, (405,), FINAL)


@check(GROUP)
def what_is_gone_is_no_answer(bench: Bench) -> Complaints:
    """404 and 410 say that it is gone: taken for an empty list, records would vanish without a word."""
    yield from _swallowed(bench, (404, 410), FINAL)


@check(GROUP)
def throttling_is_waited_for(bench: Bench) -> Complaints:
    """429 means later, never no: taken for a refusal, a busy hour would cost records."""
    yield from _swallowed(bench, (429,), frozenset({Verdict.THROTTLED}))


@check(GROUP)
def an_expired_sign_in_is_renewed(bench: Bench) -> Complaints:
    """401 means to sign in again, for every request (or for what is asked instead): as a refusal, it would cost all that follows."""
    yield from _swallowed(bench, (401,), frozenset({Verdict.EXPIRED}), or_instead=True)


@check(GROUP)
def server_trouble_passes(bench: Bench) -> Complaints:
    """500, 502, 503 and 504 are asked again: a server that stumbles has not refused anything."""
    yield from _swallowed(bench, (500, 502, 503, 504), PASSING)


@check(GROUP)
def a_refusal_holds_no_records(bench: Bench) -> Complaints:
    """Records within an answer of status 403 or 500 are not read: a cached page of another reader is nobody's data."""
    connector = bench.connector()
    for one in bench.examples:
        for status in (403, 500):
            response = replace(one.response, status=status)
            reading = taught(connector, one.request, response)
            if connector.rows(*one) and reading is not None and reading.records:
                yield f"{status} to {shown(one.request)} gives {len(reading.records)} records"


@check(GROUP)
def a_login_page_is_no_answer(bench: Bench) -> Complaints:
    """A login page of status 200 means that the sign-in has died; kept as a file or an empty list, it hides a loss."""
    connector = bench.connector()
    for one in examples(bench):
        response = Response(200, {**HTML, "content-length": str(len(LOGIN_PAGE))}, LOGIN_PAGE)
        if one.request.is_file and not _reads_as_file(connector, one.request):
            continue
        if taught_or_kept(connector, one.request, response):
            yield f"a login page is an answer to {shown(one.request)}"


def _reads_as_file(connector: Connector, request: Request) -> bool:
    """Whether the bytes themselves are asked for: wrapped or linked ones are looked for by the engine, which needs no verdict."""
    return not {"decode", LINK} & {*request.context}


def taught_or_kept(connector: Connector, request: Request, response: Response) -> bool:
    """Whether something would be read, or kept as a file, from this answer."""
    if request.is_file:
        return connector.verdict(request, response) is Verdict.ANSWER
    return taught(connector, request, response) is not None


@check(GROUP)
def an_empty_body_is_no_answer(bench: Bench) -> Complaints:
    """Status 200 with nothing in it is a failure: taken for an empty list, it ends a stream in silence."""
    yield from _other_bodies(bench, [b"", b" \r\n "])


@check(GROUP)
def a_wrong_envelope_is_no_answer(bench: Bench) -> Complaints:
    """JSON that is not what was asked for raises ValueError: the source has changed, and a pull must say so."""
    yield from _other_bodies(bench, [b'{"unheard_of":1}', b'"text"', b"null", b"[[[]]]"])


def _other_bodies(bench: Bench, bodies: list[bytes]) -> Complaints:
    connector = bench.connector()
    for one in given(bench):
        for body in bodies:
            if taught(connector, one.request, replaced(one.response, body)) is not None:
                yield f"{body.decode()!r} is an answer to {shown(one.request)}"


@check(GROUP)
def a_cut_answer_is_no_answer(bench: Bench) -> Complaints:
    """Half a body raises ValueError wherever it is cut: the records in the lost half exist, too."""
    connector = bench.connector()
    for one in given(bench):
        body = one.response.body
        for end in {len(body) // 4, len(body) // 2, len(body) - len(body) // 8, len(body.rstrip()) - 1}:
            response = replaced(one.response, body[:end])
            if len(body) > 2 and taught(connector, one.request, response) is not None:
                yield f"{end} of {len(body)} bytes are an answer to {shown(one.request)}"


@check(GROUP)
def failures_within_answers_are_seen(bench: Bench) -> Complaints:
    """Failures that the source hides in answers of status 200 are recognised, for every sort of request."""
    connector, known = bench.connector(), list(bench.stage().failures())
    if not known:
        raise NotApplicableError("the rehearsal knows of no failures that hide")
    for one in bench.examples:
        for name, answer, right in known:
            response = response_of(answer)
            verdict = connector.verdict(one.request, response)
            if verdict in right:
                continue
            reading = taught(connector, one.request, response)
            if verdict is not Verdict.ANSWER or (reading is not None and not _mended(reading)):
                yield f"{name} to {shown(one.request)} is {verdict.value!r}"
