"""Checks of signing in, and of secrets: they are sent where they must be, and kept nowhere."""

from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from sqlalchemy import select

from crmexport.archive import Archive, schema
from crmexport.archive.packing import DamagedError, unpack
from crmexport.conformance.asking import shown
from crmexport.conformance.bench import Bench, Played, once
from crmexport.conformance.check import Complaints, NotApplicableError, check
from crmexport.conformance.entering import entered
from crmexport.conformance.lines import ask, response_of
from crmexport.conformance.repeating import on_a_page, refusing, refusing_all, told
from crmexport.errors import CrmExportError, SignInRefusedError
from crmexport.sandbox.rehearsal import Rehearsal
from crmexport.source import FILES, Credentials, Response
from crmexport.transport.blanks import spellings

GROUP = "sign-in and secrets"
SHORTEST = 4
ECHOED = ": where it is the source that repeats it, name it in `Grant.blanked`"
WRONG = "wrong-secret-of-nobody"


def ways(rehearsal: Rehearsal) -> list[Credentials]:
    """Every way to sign in that the rehearsal has."""
    other = rehearsal.other_credentials()
    return [rehearsal.credentials, *([other] if other else [])]


def secrets_of(played: Played) -> set[str]:
    """All that must not be met: what the person gave, what the source gave, in every spelling that addresses and JSON have for it."""
    given = {text for one in ways(played.rehearsal) for text in (one.token, one.password) if text}
    known = {one for one in {*given, *played.rehearsal.secrets()} if len(one) >= SHORTEST}
    return {spelt for one in known for spelt in spellings(one)}


def _plays(bench: Bench) -> Iterator[Played]:
    """A pull for every way to sign in, the sessions of the second one dying on the way."""
    yield bench.clean
    other = bench.stage().other_credentials()
    if other is not None:
        account = bench.stage()
        yield bench.play(account, credentials=other, meddle=once(6, lambda: account.expire()))


def _troubled_plays(bench: Bench) -> Iterator[Played]:
    """The same, and pulls from a source that shows in its refusals what it was asked."""
    yield from _plays(bench)
    for way in ways(bench.stage()):
        yield bench.play(refusing(bench.stage(), _doors(bench)), credentials=way)


def _doors(bench: Bench) -> set[str]:
    """The paths at which one signs in."""
    sign_in = bench.connector().sign_in()
    asking = (one for one in ways(bench.stage()) if sign_in.ready(one) is None)
    return {sign_in.request(one).path.partition("?")[0] for one in asking}


@check(GROUP)
def secrets_are_in_no_request(bench: Bench) -> Complaints:
    """No token and no password is in a path, body, header or context that the connector makes: requests are kept for ever."""
    for played in _plays(bench):
        secrets = secrets_of(played)
        for one in played.exchanges:
            if not bench.is_sign_in(one.request) and _is_kept(bench, one.request.stream):
                text = one.request.dump()
                if any(secret in text for secret in secrets):
                    yield f"{shown(one.request)} holds a secret: what a sign-in puts into addresses is for its `Grant` (`prefix`, `query`)"


def _is_kept(bench: Bench, stream: str) -> bool:
    """Whether requests of this stream go through the frontier; those of the sign-in (no stream, or renewal) do not."""
    return stream in {one.name for one in bench.about.streams} | {FILES}


@check(GROUP)
def secrets_are_never_kept(bench: Bench) -> Complaints:
    """No token and no password is anywhere in the archive: in no answer, no request, no text, no file name.

    Nor where the source shows in a refusal what it was asked: records alone are kept as they come.
    """
    for played in _troubled_plays(bench):
        secrets = [secret.encode() for secret in secrets_of(played)]
        for place, text in _kept(played.folder):
            if any(secret in text for secret in secrets):
                yield f"a secret is kept in {place}{ECHOED if place == 'responses.body' else ''}"


def _kept(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Everything an archive holds in its tables, unpacked, and the names of its files."""
    with Archive.open(folder) as archive:
        for table in schema.metadata.sorted_tables:
            for row in archive.database.connection.execute(select(table)):
                for column, value in zip(table.columns, row, strict=True):
                    yield f"{table.name}.{column.name}", _bytes(value)
    for path in folder.rglob("*"):
        yield "a file name", path.name.encode()


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        return str(value).encode()
    try:
        return unpack(value)
    except DamagedError:
        return value


@check(GROUP)
def secrets_are_never_told(bench: Bench) -> Complaints:
    """No token and no password is in an event, an error or the representation of an object: logs are passed on."""
    for played in _troubled_plays(bench):
        said = f"{played.events!r} {played.error!r} {played.error} {bench.connector().__dict__!r}"
        yield from (
            "a secret is told in an event or error" for secret in secrets_of(played) if secret in said
        )


@check(GROUP)
def a_refused_sign_in_repeats_no_secret(bench: Bench) -> Complaints:
    """Where a refused sign-in is answered by all that was sent with it, the error has no token and no password in it."""
    for right in ways(bench.stage()):
        for way, status in ((told, 400), (told, 401), (told, 403), (on_a_page, 401), (on_a_page, 500)):
            played = bench.play(refusing_all(bench.stage(), way, status), credentials=right)
            said = f"{played.events!r} {played.error!r} {played.error}"
            if any(secret in said for secret in secrets_of(played)):
                yield f"refused by {status}: a secret is told in an event or error"


@check(GROUP)
def wrong_credentials_are_told(bench: Bench) -> Complaints:
    """Wrong credentials end in SignInRefusedError, which names no secret: never in an empty archive that looks complete."""
    for right in ways(bench.stage()):
        wrong = Credentials(right.token and right.token + WRONG, right.login, right.password and WRONG)
        played = bench.play(credentials=wrong)
        if not isinstance(played.error, SignInRefusedError):
            yield f"with wrong credentials {played.ending}"
        elif WRONG in str(played.error):
            yield f"the refusal repeats the secret: {played.error}"


@check(GROUP)
def the_other_way_in_gives_the_same(bench: Bench) -> Complaints:
    """Signed in by login and password instead of a token (or the other way round), the archive is the same."""
    other = bench.stage().other_credentials()
    if other is None:
        raise NotApplicableError("there is one way to sign in")
    yield from bench.lost(bench.play(credentials=other))


@check(GROUP)
def a_dead_session_is_renewed_once(bench: Bench) -> Complaints:
    """When the session dies in mid-pull, it is renewed once, and nothing is lost: nights are longer than tokens live."""
    for credentials in ways(bench.stage()):
        account = bench.stage()
        died: list[bool] = []
        played = bench.play(
            account,
            credentials=credentials,
            meddle=once(6, lambda a=account, d=died: d.append(a.expire())),  # type: ignore[misc]
        )
        if not any(died):
            continue
        yield from bench.lost(played)
        steps, times = _sign_ins(bench, played)
        if times > max(steps, 1) * 2:
            yield f"after one death, {times} requests signed in"
        return
    raise NotApplicableError("no session of the rehearsal dies")


def _sign_ins(bench: Bench, played: Played) -> tuple[int, int]:
    """How many requests the first sign-in took, and how many signed in or renewed in all; probes and greetings do not count."""
    connector = bench.connector()
    others = {one.key for one in (*connector.probes(), *connector.greetings())}
    sent = [one.request for one in played.exchanges if one.request.key not in others]
    signs = [not _is_kept(bench, one.stream) and not bench.connector().is_bulk(one) for one in sent]
    return len(list(takewhile(bool, signs))), sum(signs)


@check(GROUP)
def rotated_tokens_are_handed_on(bench: Bench) -> Complaints:
    """The token that renews is taken out of every answer anew: a used one is dead, and the night's pull with it."""
    sign_in = bench.connector().sign_in()
    for credentials in ways(bench.stage()):
        account = bench.stage()
        if sign_in.ready(credentials) is not None:
            continue
        grant = entered(account, bench.connector(), credentials)
        for _times in range(3):
            renewal = sign_in.renewal(grant)
            if renewal is None:
                raise NotApplicableError("sign-ins are not renewed, but made anew")
            try:
                grant = sign_in.granted(response_of(ask(account, renewal, {})))
            except SignInRefusedError as refused:
                yield f"a renewed sign-in cannot be renewed again: {refused}"
                return
        return
    raise NotApplicableError("sign-ins are not renewed")


@check(GROUP)
def a_strange_sign_in_is_an_error(bench: Bench) -> Complaints:
    """Whatever answers the sign-in instead of a grant ends in an error with a sentence: an odd page is no permission."""
    sign_in = bench.connector().sign_in()
    bodies = (b"", b"{}", b"[]", b"<html></html>", b'{"error":"invalid_grant"}')
    for status in (200, 400, 401, 403):
        for body in bodies:
            try:
                sign_in.granted(Response(status, {}, body))
            except CrmExportError:
                continue
            except Exception as error:
                yield f"{status} {body!r} ends in {type(error).__name__}"
            else:
                yield f"{status} {body!r} is taken for a grant"
