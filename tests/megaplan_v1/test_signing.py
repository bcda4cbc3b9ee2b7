"""Signatures are those of the vendor's own client; pairs come by every known way of signing in and show themselves nowhere."""

import base64
import hashlib
import hmac
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from crmexport_megaplan.sandbox import MegaplanV1Sandbox
from crmexport_megaplan.v1 import MegaplanV1
from crmexport_megaplan.v1.query import encoded, posted, question
from crmexport_megaplan.v1.signing import headers, signature
from urllib3 import connection_from_url

from crmexport.archive import Archive, schema
from crmexport.archive.packing import unpack
from crmexport.errors import ConfigurationError, SignInRefusedError, SourceError
from crmexport.source import Account, Credentials, Grant, Response
from tests.megaplan_v1.truths import pulled, sandbox

# Megaplan reference, §14.
SECRET = "S3cretKeyForTestsOnly0123456789abcdef"
DATE = "Thu, 02 Oct 2025 09:15:30 +0300"
FORM = "application/x-www-form-urlencoded"
TASKS = "demo.megaplan.ru/BumsTaskApiV01/Task/list.api?Folder=all&Status=any&Limit=100&Offset=0"
DEALS = "demo.megaplan.ru/BumsTradeApiV01/Deal/list.api"
VECTORS = {
    "GET": ("GET", "", TASKS, "OTAwMmQ1YTE2YTk5MGZlYWI0MmU1YTQxNGJiZTU2ODIyZTI3NjBmZQ=="),
    "GET, form type signed": ("GET", FORM, TASKS, "ZjhmNmYxOWI1YmIzMzFlOWRhZjY1ZTE5NzFkZWQxYWE0MzBjMTBhZQ=="),
    "POST": ("POST", FORM, DEALS, "MWRhOGZiNDViZjNjNDkyMmY5OTk5NDBmMWUwMjg0ZDhlMWJkYTljNw=="),
    "GET, encoded query": (
        "GET",
        "",
        f"{DEALS}?FilterFields%5BProgram%5D=13&RequestedFields%5B0%5D=Id&Limit=100",
        "NjhmODA4MzQzZWFiZmNkYWExMjBjMTY1ZWYxMzRiOTBlZGNhNzI4ZQ==",
    ),
}

LOGIN = Credentials(login="anna@example.test", password="pa55word")
SIGN_IN = MegaplanV1(Account("https://demo.megaplan.ru")).sign_in()


@pytest.mark.parametrize(("method", "kind", "address", "expected"), VECTORS.values(), ids=VECTORS)
def test_the_signature_is_that_of_the_test_vectors(
    method: str, kind: str, address: str, expected: str
) -> None:
    assert signature(SECRET, method, kind, DATE, address) == expected
    assert len(expected) == 56


def test_the_raw_digest_in_base64_is_not_the_signature() -> None:
    """The negative control: what a careless reader of “base64 of HMAC-SHA1” would send."""
    text = f"GET\n\n\n{DATE}\n{TASKS}".encode()
    raw = base64.b64encode(hmac.new(SECRET.encode(), text, hashlib.sha1).digest()).decode()
    assert raw == "kALVoWqZD+q0LlpBS75Wgi4nYP4="
    assert signature(SECRET, "GET", "", DATE, TASKS) != raw


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://demo.megaplan.ru:443", "demo.megaplan.ru"),
        ("https://crm.example.test:8443", "crm.example.test:8443"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("https://компания.рф", "xn--80aqeigdi5k.xn--p1ai"),
        ("https://demo.megaplan.ru.", "demo.megaplan.ru"),
    ],
)
def test_the_host_that_is_signed_is_the_one_that_requests_name(url: str, host: str) -> None:
    """Installations of one's own have names in Cyrillic letters; and whoever copies an address may copy its port."""
    connection = connection_from_url(url)._new_conn()
    assert (
        connection.host + (f":{connection.port}" if connection.port != connection.default_port else "")
        == host
    )
    asked = posted("", "BumsCommonApiV01/UserInfo/id", {})
    sign_in = MegaplanV1(Account(url)).sign_in()
    dressed = sign_in.dress(Grant({}, key=("Id", SECRET)), asked, 1_759_385_730.0)
    told = signature(SECRET, "POST", FORM, dressed["Date"], host + asked.path)
    assert dressed["X-Authorization"] == f"Id:{told}"


def test_what_is_signed_is_what_is_sent() -> None:
    asked = question(
        "Deal", "BumsTradeApiV01/Deal/list", {"FilterFields": {"Program": 13}, "ExtraFields": ["A b"]}
    )
    assert asked.path == (
        "/BumsTradeApiV01/Deal/list.api?FilterFields%5BProgram%5D=13&ExtraFields%5B0%5D=A%20b"
    )
    worn = headers("demo.megaplan.ru", ("Id", SECRET), asked, 1_759_385_730.9)
    assert worn["Date"] == "Thu, 02 Oct 2025 06:15:30 +0000"
    expected = signature(SECRET, "GET", "", worn["Date"], "demo.megaplan.ru" + asked.path)
    assert worn["X-Authorization"] == f"Id:{expected}"


def test_a_question_too_long_for_an_address_is_a_form_and_its_type_is_signed() -> None:
    names = [f"Category1000060CustomField{place}" for place in range(300)]
    asked = question("Deal", "BumsTradeApiV01/Deal/list", {"ExtraFields": names})
    assert (asked.method, asked.path) == ("POST", "/BumsTradeApiV01/Deal/list.api")
    assert asked.body == encoded({"ExtraFields": names})
    worn = headers("demo.megaplan.ru", ("Id", SECRET), asked, 0)
    expected = signature(SECRET, "POST", FORM, worn["Date"], DEALS)
    assert worn["X-Authorization"] == f"Id:{expected}"
    assert posted("Deal", "BumsTradeApiV01/Deal/list", {}).headers["Content-Type"] == FORM


def answer(body: str, status: int = 200) -> Response:
    return Response(status, {}, body.encode())


def test_the_password_goes_as_its_md5_with_the_one_time_key() -> None:
    first = SIGN_IN.request(LOGIN)
    assert first.path == "/BumsCommonApiV01/User/createOneTimeKeyAuth.api"
    told = answer('{"status":{"code":"ok","message":null},"data":{"OneTimeKey":"once"}}')
    second = SIGN_IN.following(LOGIN, first, told)
    assert second is not None and second.path == "/BumsCommonApiV01/User/authorize.api"
    assert parse_qs(second.body or "") == {
        "Login": ["anna@example.test"],
        "Password": ["a17a41337551d6542fd005e18b43afd4"],
        "OneTimeKey": ["once"],
    }
    assert SIGN_IN.following(LOGIN, second, told) is None


@pytest.mark.parametrize(
    "told",
    [
        answer("<html>404</html>", 404),
        answer('{"status":{"code":"error","message":"Action not found"},"data":[]}'),
    ],
)
def test_an_older_install_is_signed_in_to_without_a_key(told: Response) -> None:
    second = SIGN_IN.following(LOGIN, SIGN_IN.request(LOGIN), told)
    assert second is not None and "OneTimeKey" not in (second.body or "")


def test_the_pair_is_read_and_never_shown() -> None:
    told = '{"status":{"code":"ok","message":null},"data":{"UserId":1,"AccessId":"Id","SecretKey":"hush"}}'
    grant = SIGN_IN.granted(answer(told))
    assert grant == Grant({}, key=("Id", "hush"))
    assert "hush" not in repr(grant)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ('{"status":{"code":"error","message":{"msg":"Incorrect login or password"}},"data":[]}', 200),
        ('{"status":{"code":"error","message":"no"},"data":[]}', 403),
        ("", 401),
    ],
)
def test_a_refused_sign_in_says_so(body: str, status: int) -> None:
    with pytest.raises(SignInRefusedError):
        SIGN_IN.granted(answer(body, status))


def test_a_page_instead_of_a_pair_is_no_refusal() -> None:
    with pytest.raises(SourceError, match="address"):
        SIGN_IN.granted(answer("<html>Welcome</html>"))


def test_an_application_gives_its_pair_as_the_token() -> None:
    assert SIGN_IN.ready(Credentials(token="Id:hush:hush")) == Grant({}, key=("Id", "hush:hush"))
    assert SIGN_IN.ready(LOGIN) is None
    with pytest.raises(ConfigurationError, match="AccessId:SecretKey"):
        SIGN_IN.ready(Credentials(token="a-bearer-token"))
    with pytest.raises(ConfigurationError, match="login"):
        SIGN_IN.request(Credentials(login="anna"))


def everything_written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_neither_password_nor_pair_is_in_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))
    box = sandbox()
    with box.running() as url:
        pulled(tmp_path / "archive", box, url)
    (issued,) = [name for name in box.v1.keys._pairs if name.startswith("Access")]
    secrets = [
        box.password,
        hashlib.md5(box.password.encode()).hexdigest(),
        issued,
        box.v1.keys._pairs[issued].secret,
        "X-Authorization",
    ]
    with Archive.open(tmp_path / "archive") as archive:
        rows = archive.database.connection.execute(schema.responses.select()).all()
        held = b"".join(unpack(row.request) + unpack(row.body) for row in rows)
    held += everything_written(tmp_path / "archive")
    assert not [secret for secret in secrets if secret.encode() in held]


def test_a_wrong_pair_stops_the_pull_with_a_sentence(tmp_path: Path) -> None:
    box: MegaplanV1Sandbox = sandbox()
    with box.running() as url, pytest.raises(SignInRefusedError, match="does not accept the sign-in"):
        pulled(tmp_path / "archive", box, url, by=Credentials(token="SandboxApplication1:wrong"))


def test_an_applications_pair_pulls_everything(tmp_path: Path) -> None:
    box = sandbox()
    with box.running() as url:
        assert pulled(tmp_path / "archive", box, url, by=Credentials(token=box.token)).complete
    assert not [entry for entry in box.ledger.entries if "/User/" in entry.path]
