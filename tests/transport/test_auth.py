"""Sign-in is renewed once for all threads, kept on disk before it is used, and never asked for in vain."""

import json
import os
import stat
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from crmexport.errors import ConfigurationError, OutputError, SignInRefusedError
from crmexport.source import Credentials, Grant, Request, Response, SignIn
from crmexport.transport.auth import APART, Auth, Steady
from crmexport.transport.blanks import Blanks
from crmexport.transport.dressing import PATH
from crmexport.transport.failures import (
    AgainError,
    ExpiredError,
    StoppedError,
    ThrottledError,
    TransientError,
)
from crmexport.transport.incoming import FileResponse
from crmexport.transport.line import Transport
from crmexport.transport.tokens import Tokens, default_folder
from tests.toy import TestClock

ASK = Request("thing", "/things")
NOW = TestClock().time
LOGIN = Credentials(login="manager@example.test", password="pa55word")


class Rotating(SignIn):
    """OAuth as Megaplan does it: every renewal gives a new pair and kills the old one."""

    def ready(self, credentials: Credentials) -> Grant | None:
        return Grant({"Authorization": credentials.token}) if credentials.token else None

    def request(self, credentials: Credentials) -> Request:
        return Request("", "/token", "POST", body=f"password={credentials.password}")

    def renewal(self, grant: Grant) -> Request | None:
        return Request("", "/token", "POST", body=f"refresh={grant.renewal}")

    def granted(self, response: Response) -> Grant:
        if response.status != 200:
            raise SignInRefusedError("no")
        number = json.loads(response.body)
        return Grant({"Authorization": f"access-{number}"}, expires_in=100.0, renewal=f"refresh-{number}")


class Server(Transport):
    """Accepts only the newest access token; a refresh token works once."""

    def __init__(self) -> None:
        self.number = 0
        self.bodies: list[str] = []
        self.trouble = 0
        self.asked_to_sign_in = 0
        self.page: Response | None = None
        self.refuses = False
        self.lock = threading.Lock()

    def send(self, request: Request, headers: object = None) -> Response:
        with self.lock:
            if request.path != "/token":
                if dict(headers or {}).get("Authorization") != f"access-{self.number}":  # type: ignore[call-overload]
                    raise ExpiredError("401")
                return Response(200, {}, b"{}")
            self.asked_to_sign_in += 1
            if self.page:
                return self.page
            if self.refuses:
                return Response(400, {}, b'{"error": "invalid_grant"}')
            if self.trouble:
                self.trouble -= 1
                return Response(502, {}, b"bad gateway")
            self.bodies.append(str(request.body))
            if request.body.startswith("refresh") and request.body != f"refresh=refresh-{self.number}":  # type: ignore[union-attr]
                return Response(400, {}, b'{"error": "invalid_grant"}')
            self.number += 1
            return Response(200, {}, str(self.number).encode())


class Answering(Transport):
    """Gives one answer to everything."""

    def __init__(self, answer: Response) -> None:
        self._answer = answer

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        return self._answer


class Stopped(Transport):
    """Waits when the run ends."""

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        raise StoppedError("the run has ended")


@pytest.fixture
def server() -> Server:
    return Server()


def auth(
    server: Server,
    folder: Path,
    clock: TestClock | None = None,
    credentials: Credentials = LOGIN,
    renewed: Callable[[], None] = lambda: None,
) -> Auth:
    tokens = Tokens(folder, "https://a.example", "manager")
    return Auth(server, Steady(server, NOW), Rotating(), credentials, tokens, clock or TestClock(), renewed)


def test_expiry_in_mid_run_is_renewed_by_the_refresh_token(server: Server, tmp_path: Path) -> None:
    coat = auth(server, tmp_path)
    coat.send(ASK)
    server.number = 7  # the source forgot the token
    server.number, coat._grant = 1, Grant({"Authorization": "access-0"}, 100.0, "refresh-1")
    assert coat.send(ASK).status == 200
    assert server.bodies == ["password=pa55word", "refresh=refresh-1"]


def test_many_threads_renew_once(server: Server, tmp_path: Path) -> None:
    coat = auth(server, tmp_path)
    coat.send(ASK)
    coat._grant = Grant({"Authorization": "stale"}, 100.0, "refresh-1")
    threads = [threading.Thread(target=coat.send, args=(ASK,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.bodies == ["password=pa55word", "refresh=refresh-1"]


def test_who_comes_late_with_a_grant_that_was_renewed_meanwhile_renews_nothing(
    server: Server, tmp_path: Path
) -> None:
    """The refresh token of the old one is spent: to use it again would end the sign-in."""
    coat = auth(server, tmp_path)
    coat.send(ASK)
    stale = coat._grant
    assert stale is not None
    coat._after(stale)
    coat._after(stale)
    assert server.bodies == ["password=pa55word", "refresh=refresh-1"]


def test_the_new_pair_is_on_disk_before_it_is_used(server: Server, tmp_path: Path) -> None:
    auth(server, tmp_path).send(ASK)
    kept = Tokens(tmp_path, "https://a.example", "manager").load()
    assert kept is not None
    assert kept[0].renewal == "refresh-1"
    again = auth(server, tmp_path)
    assert again.send(ASK).status == 200
    assert server.bodies == ["password=pa55word"], "a second process goes on with the kept sign-in"


def test_a_spent_refresh_token_falls_back_to_the_password(server: Server, tmp_path: Path) -> None:
    coat = auth(server, tmp_path)
    coat.send(ASK)
    coat._grant = Grant({"Authorization": "stale"}, 100.0, "refresh-of-long-ago")
    assert coat.send(ASK).status == 200
    assert server.bodies[-1] == "password=pa55word"


def test_a_sign_in_that_is_refused_is_not_kept(server: Server, tmp_path: Path) -> None:
    """Nor tried again by every process that comes after."""
    auth(server, tmp_path).send(ASK)
    server.refuses = True
    coat = auth(server, tmp_path)
    server.number = 7  # the source forgot the token
    with pytest.raises(SignInRefusedError):
        coat.send(ASK)
    assert Tokens(tmp_path, "https://a.example", "manager").load() is None


def test_at_half_of_its_life_the_grant_is_renewed_ahead(server: Server, tmp_path: Path) -> None:
    clock = TestClock()
    coat = auth(server, tmp_path, clock)
    coat.send(ASK)
    clock.sleep(51)
    coat.send(ASK)
    assert server.bodies == ["password=pa55word", "refresh=refresh-1"]


def test_a_kept_sign_in_is_renewed_ahead_before_anything_is_asked(server: Server, tmp_path: Path) -> None:
    clock = TestClock()
    auth(server, tmp_path, clock).send(ASK)
    clock.sleep(51)
    auth(server, tmp_path, clock).start(lambda seconds, reason: None, 0.0)
    assert server.bodies == ["password=pa55word", "refresh=refresh-1"]


@pytest.mark.parametrize(
    "trouble", [Response(503, {}, b"Repairs"), Response(429, {"retry-after": "3600"}, b"Wait")]
)
def test_while_a_grant_holds_nothing_waits_for_its_renewal(
    server: Server, tmp_path: Path, trouble: Response
) -> None:
    """It is tried again in a while: half of the life of a grant is a day, and who asks before every request is in the way."""
    clock = TestClock()
    coat = auth(server, tmp_path, clock)
    coat.send(ASK)
    coat._grant = Grant({"Authorization": "access-1"}, 48 * 3600.0, "refresh-1")
    clock.sleep(25 * 3600)
    server.page = trouble
    assert [coat.send(ASK).status for _time in range(20)] == [200] * 20
    assert server.asked_to_sign_in == 2
    clock.sleep(APART + 1)
    coat.send(ASK)
    assert server.asked_to_sign_in == 3
    server.page = None
    clock.sleep(APART + 1)
    coat.send(ASK)
    assert server.bodies == ["password=pa55word", "refresh=refresh-1"]


def test_what_holds_no_more_is_not_gone_on_with(server: Server, tmp_path: Path) -> None:
    clock = TestClock()
    coat = auth(server, tmp_path, clock)
    coat.send(ASK)
    clock.sleep(101)
    server.trouble = 1
    with pytest.raises(TransientError):
        coat.send(ASK)
    assert coat.send(ASK).status == 200


def test_a_renewal_ahead_is_tried_once(server: Server, tmp_path: Path) -> None:
    """All threads stand still for it."""
    clock = TestClock()
    tried, untried = Steady(server, NOW), Steady(Answering(Response(503, {}, b"Repairs")), NOW)
    coat = Auth(server, tried, Rotating(), LOGIN, None, clock, untried=untried)
    coat.send(ASK)
    clock.sleep(51)
    coat.send(ASK)
    assert server.bodies == ["password=pa55word"]


def test_a_run_that_ends_is_no_trouble_of_the_source(server: Server, tmp_path: Path) -> None:
    clock = TestClock()
    coat = Auth(server, Steady(server, NOW), Rotating(), LOGIN, None, clock, untried=Stopped())
    coat.send(ASK)
    clock.sleep(51)
    with pytest.raises(StoppedError):
        coat.send(ASK)


class Lasting(Rotating):
    """Its grants tell as much as they are told to."""

    def __init__(self, expires_in: float | None, renewal: str | None) -> None:
        self._told = (expires_in, renewal)

    def granted(self, response: Response) -> Grant:
        return Grant({"Authorization": "access-1"}, *self._told)


@pytest.mark.parametrize(
    ("expires_in", "renewal"),
    [(None, "refresh-1"), (100.0, None), (None, None)]
    + [(nonsense, "refresh-1") for nonsense in (0.0, -1.0, 1.0, float("nan"), float("inf"))],
)
def test_what_tells_no_end_or_has_no_renewal_is_used_as_long_as_it_holds(
    server: Server, expires_in: float | None, renewal: str | None
) -> None:
    clock = TestClock()
    coat = Auth(server, Steady(server, NOW), Lasting(expires_in, renewal), LOGIN, None, clock)
    for _time in range(3):
        assert coat.send(ASK).status == 200
        clock.sleep(51)
    assert server.bodies == ["password=pa55word"]


class Busy(Server):
    """What is asked first waits its turn, and the source forgets the token just as it leaves."""

    def __init__(self, clock: TestClock) -> None:
        super().__init__()
        self.clock = clock
        self.forgets = True

    def send(self, request: Request, headers: object = None) -> Response:
        if request.path == "/token" or not self.forgets:
            return super().send(request, headers)
        self.clock.sleep(51)
        worn = dict(headers or {})  # type: ignore[call-overload]
        self.number, self.forgets = 7, False
        return super().send(request, worn)


def test_a_sign_in_that_was_renewed_as_the_request_left_is_renewed_once_more_when_that_is_forgotten(
    tmp_path: Path,
) -> None:
    clock = TestClock()
    server = Busy(clock)
    assert auth(server, tmp_path, clock).send(ASK).status == 200
    assert server.bodies[:3] == ["password=pa55word", "refresh=refresh-1", "refresh=refresh-2"]


class Lost(Server):
    """One where files lie nowhere any more: a page to sign in at is shown for them, whoever asks."""

    def __init__(self) -> None:
        super().__init__()
        self.files = 0
        self.meanwhile: Callable[[], object] = lambda: None

    def send(self, request: Request, headers: object = None) -> Response:
        if not request.is_file:
            return super().send(request, headers)
        self.files += 1
        dict(headers or {})  # type: ignore[call-overload]
        self.meanwhile()
        raise ExpiredError("please sign in")


FILE = Request("files", "/film.avi", is_file=True)


def lost(coat: Auth) -> None:
    with pytest.raises(ExpiredError):
        coat.send(FILE)


def test_for_files_that_stay_shut_a_sign_in_is_renewed_once_in_a_while(tmp_path: Path) -> None:
    server, clock = Lost(), TestClock()
    coat = auth(server, tmp_path, clock)
    for _file in range(5):
        lost(coat)
    assert (server.files, len(server.bodies)) == (2 + 4, 2)
    clock.sleep(APART)
    lost(coat)
    assert (server.files, len(server.bodies)) == (8, 3 + 1), "half of its life is over, and then in vain"


def test_whatever_files_show_other_questions_renew_a_sign_in_that_holds_no_more(tmp_path: Path) -> None:
    server = Lost()
    coat = auth(server, tmp_path)
    lost(coat)
    server.number = 7  # the source forgot the token
    assert coat.send(ASK).status == 200


def test_a_file_is_asked_for_with_what_another_thread_has_renewed_meanwhile(tmp_path: Path) -> None:
    server = Lost()
    coat = auth(server, tmp_path)
    lost(coat)
    server.files, server.number = 0, 7

    def renewed() -> None:
        server.meanwhile = lambda: None
        coat.send(ASK)

    server.meanwhile = renewed
    lost(coat)
    assert server.files == 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_in_trouble_gives_no_answer(status: int) -> None:
    with pytest.raises(AgainError, match=f"{status} No"):
        Steady(Answering(Response(status, {}, b"No")), NOW).send(ASK)


@pytest.mark.parametrize(("told", "wait"), [({}, None), ({"retry-after": "90"}, 90.0)])
def test_a_server_that_has_too_many_of_us_says_how_long_to_wait(
    told: dict[str, str], wait: float | None
) -> None:
    """Signing in again before that, as for any trouble, may lock the person out."""
    with pytest.raises(ThrottledError) as caught:
        Steady(Answering(Response(429, told, b"No")), NOW).send(ASK)
    assert caught.value.wait == wait
    with pytest.raises(TransientError) as trouble:
        Steady(Answering(Response(503, told, b"No")), NOW).send(ASK)
    assert trouble.value.wait == wait


@pytest.mark.parametrize("status", [200, 302, 401, 428, 430, 499])
def test_whatever_else_it_says_is_one(status: int) -> None:
    assert Steady(Answering(Response(status, {}, b"No")), NOW).send(ASK).status == status


def test_a_server_in_trouble_is_no_refusal(server: Server, tmp_path: Path) -> None:
    server.trouble = 1
    coat = auth(server, tmp_path)
    with pytest.raises(TransientError):
        coat.send(ASK)
    assert coat.send(ASK).status == 200


@pytest.mark.parametrize("status", [200, 403, 404])
def test_a_page_is_no_word_about_the_sign_in(server: Server, tmp_path: Path, status: int) -> None:
    """It is shown by a firewall, or while a source is under repair: for that no kept sign-in is dropped, and no pull ends."""
    coat = auth(server, tmp_path)
    coat.send(ASK)
    server.page = Response(status, {"content-type": "text/html"}, b"<html>Technical works</html>")
    coat._grant = Grant({"Authorization": "stale"}, 100.0, "refresh-1")
    with pytest.raises(TransientError, match=f"signing in: {status} Technical works"):
        coat.send(ASK)
    server.page = None
    assert coat.send(ASK).status == 200
    assert server.bodies[-1] == "refresh=refresh-1"


def test_a_page_may_say_that_the_sign_in_is_refused(server: Server, tmp_path: Path) -> None:
    server.page = Response(401, {"content-type": "text/html"}, b"<html>401 Unauthorized</html>")
    with pytest.raises(SignInRefusedError):
        auth(server, tmp_path).send(ASK)


def test_only_a_renewal_is_told_as_one(server: Server, tmp_path: Path) -> None:
    told: list[str] = []
    coat = auth(server, tmp_path, renewed=lambda: told.append("renewed"))
    coat.send(ASK)
    server.number = 7  # the source forgot the token
    coat.send(ASK)
    assert told == ["renewed"]
    wrong = auth(
        server, tmp_path, credentials=Credentials(token="wrong"), renewed=lambda: told.append("token")
    )
    with pytest.raises(ExpiredError):
        wrong.send(ASK)
    assert told == ["renewed"]


def test_an_application_token_is_never_stored(server: Server, tmp_path: Path) -> None:
    server.number = 1
    coat = auth(server, tmp_path, credentials=Credentials(token="access-1"))
    assert coat.send(ASK).status == 200
    assert list(tmp_path.rglob("*.json")) == []


def test_an_application_token_that_is_refused_is_not_stored_either(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ExpiredError):
        auth(server, tmp_path, credentials=Credentials(token="of long ago", login="manager")).send(ASK)
    assert list(tmp_path.rglob("*.json")) == []


def test_a_sign_in_is_on_the_disk_before_it_replaces_the_last(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut between the two would leave neither: the old one is spent."""
    synced: list[tuple[str, list[Path]]] = []

    def fsync(handle: int) -> None:
        (new,) = tmp_path.rglob("*.new")
        synced.append(
            (json.loads(new.read_text(encoding="utf-8"))["renewal"], list(tmp_path.rglob("*.json")))
        )

    monkeypatch.setattr("crmexport.transport.tokens.os.fsync", fsync)
    auth(server, tmp_path).send(ASK)
    assert synced == [("refresh-1", [])]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows protects the profile folder instead")
def test_the_kept_sign_in_is_private(server: Server, tmp_path: Path) -> None:
    auth(server, tmp_path).send(ASK)
    (path,) = tmp_path.rglob("*.json")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_where_it_is_kept_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path))
    assert default_folder() == tmp_path
    monkeypatch.delenv("CRMEXPORT_STATE")
    assert default_folder().name == "crmexport"


@pytest.mark.parametrize("place", [RuntimeError("could not determine the home directory"), Path("~/.local")])
def test_without_a_home_it_must_be_named(monkeypatch: pytest.MonkeyPatch, place: Path | RuntimeError) -> None:
    """Some versions of platformdirs say so, others name a folder that is called “~”."""

    def homeless(*_args: object) -> Path:
        if isinstance(place, RuntimeError):
            raise place
        return place

    monkeypatch.delenv("CRMEXPORT_STATE", raising=False)
    monkeypatch.setattr("crmexport.transport.tokens.user_state_path", homeless)
    with pytest.raises(ConfigurationError, match="no home folder.*CRMEXPORT_STATE"):
        default_folder()


def test_a_dead_sign_in_that_cannot_be_dropped_is_no_trouble(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path) -> None:
        raise PermissionError(13, "in use", str(path))

    monkeypatch.setattr("crmexport.transport.tokens.remove", denied)
    Tokens(tmp_path, "https://a.example", "manager").forget()


def test_a_sign_in_that_cannot_be_kept_is_told(server: Server, tmp_path: Path) -> None:
    """A service without a home of its own has nowhere to keep it: the place can be named."""
    (tmp_path / "sign-ins").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="sign-ins.*CRMEXPORT_STATE"):
        auth(server, tmp_path).send(ASK)


@pytest.mark.parametrize(
    "torn",
    [
        '{"headers": {"Auth',
        "",
        "[]",
        "{}",
        '{"headers": {}, "expires_in": null, "renewal": null, "at": null}',
        '{"headers": {}, "expires_in": null, "renewal": null, "key": 1, "at": 1}',
    ],
)
def test_a_torn_file_is_no_sign_in(server: Server, tmp_path: Path, torn: str) -> None:
    auth(server, tmp_path).send(ASK)
    (path,) = tmp_path.rglob("*.json")
    path.write_text(torn, encoding="utf-8")
    assert auth(server, tmp_path).send(ASK).status == 200


def test_secrets_do_not_show_in_representations() -> None:
    shown = (
        repr(LOGIN)
        + repr(Grant({"Authorization": "access-1"}, 1.0, "refresh-1"))
        + repr(Credentials(token="app"))
    )
    assert not any(secret in shown for secret in ("pa55word", "access-1", "refresh-1", "manager", "app'"))


class Signing(Rotating):
    """Two steps to a key, with which each request is signed as it leaves."""

    def request(self, credentials: Credentials) -> Request:
        return Request("", "/once", "POST", body=f"password={credentials.password}")

    def following(self, credentials: Credentials, asked: Request, response: Response) -> Request | None:
        again = f"password={credentials.password}&key={response.body.decode()}"
        return Request("", "/pair", "POST", body=again) if asked.path == "/once" else None

    def granted(self, response: Response) -> Grant:
        return Grant({}, key=("name", response.body.decode()))

    def dress(self, grant: Grant, request: Request, now: float) -> dict[str, str]:
        assert grant.key is not None
        return {"Signature": f"{grant.key[1]} {request.path} {now:.0f}"}


class Signed(Transport):
    """Answers each step with its body, and everything else with the signature it came with, after some waiting."""

    def __init__(self, clock: TestClock) -> None:
        self.clock = clock

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        if request.method == "POST":
            return Response(200, {}, (request.body or "").encode())
        self.clock.sleep(100)  # as the pace makes a request wait its turn
        return Response(200, {}, dict(headers or {})["Signature"].encode())


def test_signing_in_may_take_two_steps_and_every_request_is_signed_as_it_leaves(tmp_path: Path) -> None:
    clock = TestClock()
    line = Signed(clock)
    tokens = Tokens(tmp_path, "https://acme.example.test", "manager")
    auth = Auth(line, line, Signing(), LOGIN, tokens, clock)
    key = "password=pa55word&key=password=pa55word"
    assert auth.send(ASK).body.decode() == f"{key} /things 1700000100"
    assert auth.send(ASK).body.decode() == f"{key} /things 1700000200"
    kept = tokens.load()
    assert kept is not None and kept[0].key == ("name", key)


class InTheAddress(Rotating):
    """A webhook: the sign-in is the beginning of every address. It tries to send its requests elsewhere, too."""

    def ready(self, credentials: Credentials) -> Grant | None:
        return Grant({}, prefix=f"/rest/{credentials.token}", query="auth=2", blanked=("secret-of-webhook",))

    def dress(self, grant: Grant, request: Request, now: float) -> dict[str, str]:
        return {PATH: "/delete"}


class Echo(Transport):
    """Answers with the headers that came."""

    def send(self, request: Request, headers: Mapping[str, str] | None = None) -> Response:
        return Response(200, {}, dict(headers or {}).get(PATH, request.path).encode())


def test_only_the_grant_makes_another_address_of_a_path(tmp_path: Path) -> None:
    """Else a sign-in could lead a read to what writes, past the list of reads."""
    credentials = Credentials(token="1/secret-of-webhook")
    coat = Auth(Echo(), Echo(), InTheAddress(), credentials, None, TestClock())
    assert coat.send(ASK).body == b"/rest/1/secret-of-webhook/things?auth=2"
    assert coat.send(Request("thing", "/things?a=1")).body.endswith(b"/things?a=1&auth=2")


class Elsewhere(Rotating):
    """A token, and an address of its own making."""

    def dress(self, grant: Grant, request: Request, now: float) -> dict[str, str]:
        return {PATH: "/delete"}


def test_nor_does_a_sign_in_that_is_no_part_of_the_address(tmp_path: Path) -> None:
    coat = Auth(Echo(), Echo(), Elsewhere(), Credentials(token="t"), None, TestClock())
    assert coat.send(ASK).body == b"/things"


@pytest.mark.parametrize(
    "given",
    [{"prefix": "/1/a?b="}, {"prefix": "1/a"}, {"prefix": "/1/a/"}, {"query": "a=1#"}, {"query": "?a=1"}],
)
def test_a_sign_in_that_would_make_another_address_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(SignInRefusedError, match="Copy it once more"):
        Grant({}, **given)


def test_secrets_that_answers_repeat_are_blanked(tmp_path: Path) -> None:
    """Answers are kept as they come, for ever: a webhook stands in the address of every file."""
    blanks = Blanks(Echo())
    used = InTheAddress().ready(Credentials(token="1/secret-of-webhook"))
    assert used is not None
    coat = Auth(
        blanks,
        Echo(),
        InTheAddress(),
        Credentials(token="1/secret-of-webhook"),
        None,
        TestClock(),
        used=blanks.learn,
    )
    assert coat.send(ASK).body == b"/rest/1/*****************/things?auth=2"


@pytest.mark.parametrize(
    "spelt", ["1/secret+key==", r"1\/secret+key==", "1/secret%2Bkey%3D%3D", "1%2Fsecret%2Bkey%3D%3D"]
)
def test_however_they_are_spelt(spelt: str) -> None:
    """Files have addresses, and many a source writes a slash in JSON as PHP does."""
    blanks = Blanks(Answering(Response(200, {}, f"at {spelt}, and".encode())))
    blanks.learn(Grant({}, blanked=("1/secret+key==",)))
    assert blanks.send(ASK).body == f"at {'*' * len(spelt)}, and".encode()


def test_of_a_secret_that_begins_like_another_nothing_is_left() -> None:
    secrets = [f"secret-of-webhook{'-and-more' * number}" for number in range(8)]
    blanks = Blanks(Answering(Response(200, {}, " ".join(secrets).encode())))
    blanks.learn(Grant({}, blanked=tuple(secrets)))
    assert set(blanks.send(ASK).body) == set(b"* ")


def test_a_file_is_left_as_it_is(tmp_path: Path) -> None:
    """Somebody wrote it; and its first bytes are to be those of the whole."""
    file = FileResponse(200, {}, b"/rest/1/secret-of-webhook", path=tmp_path / "file", size=25)
    blanks = Blanks(Answering(file))
    blanks.learn(Grant({}, blanked=("secret-of-webhook",)))
    assert blanks.send(ASK) is file


def test_a_short_word_is_never_blanked() -> None:
    blanks = Blanks(Echo())
    blanks.learn(Grant({}, blanked=("thing",)))
    assert blanks.send(ASK).body == b"/things"


def test_every_part_of_a_sign_in_outlives_the_process(tmp_path: Path) -> None:
    tokens = Tokens(tmp_path, "https://a.example", "manager")
    grant = Grant({"A": "b"}, 1.0, "r", ("key", "secret"), "/rest/1", "auth=2", ("secret-of-webhook",))
    assert all(getattr(grant, part.name) for part in fields(grant)), "give the new part a value here"
    tokens.save(grant, 3.0)
    assert tokens.load() == (grant, 3.0)


def test_a_sign_in_within_one_thing_is_none_within_another(tmp_path: Path) -> None:
    """A session of one database would bring the records of that one to whoever asks for those of another at the same address."""
    whose = (tmp_path, "https://a.example", "manager")
    Tokens(*whose, "firm").save(Grant({"A": "b"}), 3.0)
    assert Tokens(*whose, "firm").load() == (Grant({"A": "b"}), 3.0)
    assert (Tokens(*whose, "branch").load(), Tokens(*whose).load()) == (None, None)


def test_a_sign_in_is_kept_in_a_folder_that_is_not_there_yet_and_over_what_a_killed_process_left(
    tmp_path: Path,
) -> None:
    """Another process may have the number of that one, as it does in each new container."""
    folder = tmp_path / "state" / "crmexport"
    tokens = Tokens(folder, "https://a.example", "manager")
    tokens.save(Grant({}), 3.0)
    (kept,) = (folder / "sign-ins").iterdir()
    kept.with_suffix(f".{os.getpid()}.new").write_text(" " * 1000 + "{", encoding="utf-8")
    tokens.save(Grant({"A": "b"}), 4.0)
    assert tokens.load() == (Grant({"A": "b"}), 4.0)


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "[]",
        '{"at": 1}',
        '{"headers": {"A": 1}, "at": 1}',
        '{"headers": {"A": "b"}}',
        '{"headers": {"A": "b"}, "key": ["name"], "at": 1}',
        '{"headers": {"A": "b"}, "expires_in": "soon", "at": 1}',
        '{"headers": {"A": "b"}, "at": "noon"}',
    ],
)
def test_a_kept_sign_in_that_cannot_be_read_is_none(tmp_path: Path, kept: str) -> None:
    tokens = Tokens(tmp_path, "https://a.example", "manager")
    tokens.save(Grant({}), 3.0)
    (file,) = (tmp_path / "sign-ins").iterdir()
    file.write_text(kept, encoding="utf-8")
    assert tokens.load() is None
