"""Which API is spoken: the newer one where it is there, else the older one; the archive remembers; a person may say."""

from pathlib import Path
from typing import Any

import pytest
from crmexport_megaplan import Megaplan
from crmexport_megaplan.choice import PROBES, api_of
from crmexport_megaplan.query import API
from crmexport_megaplan.sandbox import MegaplanSandbox, MegaplanV1Sandbox
from crmexport_megaplan.sign_in import PATH

from crmexport.archive import Archive
from crmexport.cli import options, plan
from crmexport.cli import pull as pull_command
from crmexport.errors import ConfigurationError, ExitCode, SourceError
from crmexport.pull import look_ahead, pull
from crmexport.pull.events import Event
from crmexport.pull.plan import plan as estimate
from crmexport.sandbox import faults
from crmexport.sandbox.faults import Fault
from crmexport.source import Account, Credentials, Response
from tests.megaplan_v1.truths import SIZES, differences
from tests.memory import in_memory
from tests.toy import TestClock

RAML = Response(200, {}, b"#%RAML 1.0\ntitle: Megaplan\n")
OAUTH = Response(400, {}, b'{"error":"unsupported_grant_type"}')
ENVELOPE = Response(401, {}, b'{"status":{"code":"error","message":"Wrong signature"},"params":{},"data":[]}')
PAGE = Response(200, {}, b"<!DOCTYPE html><html>Please sign in</html>")
NOTHING = Response(404, {}, b"<html>404</html>")
NO_CLOCK = Response(
    404, {}, b'{"status":{"code":"error","message":"Action not found"},"params":{},"data":[]}'
)
URL = "https://acme.example.test"


@pytest.fixture(autouse=True)
def private_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMEXPORT_STATE", str(tmp_path / "state"))


@pytest.mark.parametrize(
    ("answers", "api"),
    [
        ((OAUTH,), "v3"),
        ((PAGE, RAML), "v3"),
        ((), None),
        ((PAGE,), None),
        ((NOTHING, RAML), None),
        ((NOTHING, NOTHING, ENVELOPE), "v1"),
        ((NOTHING, NOTHING, NO_CLOCK), "v1"),
        ((PAGE, PAGE, ENVELOPE), "v1"),
        ((NOTHING, RAML, ENVELOPE), "v1"),
        ((NOTHING, Response(200, {}, b"Welcome"), ENVELOPE), "v1"),
    ],
)
def test_the_newer_api_is_spoken_where_it_is_there(answers: tuple[Response, ...], api: str | None) -> None:
    """Its sign-in alone tells it; whatever hides that makes more be asked."""
    assert api_of(answers, URL) == api


@pytest.mark.parametrize("other", [PAGE, NOTHING, Response(200, {}, b'{"hello": "world"}')])
def test_where_neither_is_there_a_sentence_says_so(other: Response) -> None:
    with pytest.raises(SourceError, match="no Megaplan at https://acme"):
        api_of((other, other, other), URL)


def test_a_person_who_says_which_is_believed_where_anything_answers() -> None:
    for api, name in (("v1", "megaplan_v1"), ("v3", "megaplan")):
        connector = Megaplan(Account(URL, {"api": api}))
        assert connector.suited(()) == connector.suited((PAGE,)) == name
        assert api == "v3" or connector.suited((NO_CLOCK,)) == name
        assert connector.probes() and all(probe in PROBES for probe in connector.probes())
    assert Megaplan(Account(URL)).probes() == PROBES


@pytest.mark.parametrize("api", ["v3", "v1"])
def test_an_api_that_is_not_there_is_not_waited_for(api: str, tmp_path: Path) -> None:
    """Each of many requests would be answered with 404, and be tried again."""
    box = MegaplanV1Sandbox(*SIZES) if api == "v3" else MegaplanSandbox(*SIZES, api="v3")
    with in_memory(box) as url, pytest.raises(ConfigurationError, match=f"{api} does not answer at http"):
        begun(url, tmp_path / "archive", box, api=api)
    assert len(box.ledger.entries) == (2 if api == "v3" else 1)
    assert not (tmp_path / "archive").exists()


def test_an_archive_that_is_begun_is_not_asked_for_its_api_again(tmp_path: Path) -> None:
    box = MegaplanSandbox(*SIZES, api="both")
    with in_memory(box) as url:
        begun(url, tmp_path / "archive", box, api="v3")
        box.ledger.clear()
        begun(url, tmp_path / "archive", box, api="v3")
    assert [entry.path for entry in box.ledger.entries].count(PATH) <= 1, "the sign-in itself"


def test_what_a_person_said_by_mistake_is_not_remembered_where_nobody_came_in(tmp_path: Path) -> None:
    """A token of the newer API is none of the older one; said without `--api`, the account was still called one with the older."""
    box = MegaplanSandbox(*SIZES, api="both")
    credentials = Credentials(token=box.token)
    with in_memory(box) as url:
        with pytest.raises(ConfigurationError, match="AccessId:SecretKey"):
            pull(tmp_path / "a", Megaplan(Account(url, {"api": "v1"})), credentials, clock=TestClock())
        look_ahead(tmp_path / "a", Megaplan(Account(url)))
        assert begun(url, tmp_path / "a", box, api="v3") == "megaplan"
    with pytest.raises(ConfigurationError, match="belongs to http.*, not to https://other.example"):
        look_ahead(tmp_path / "a", Megaplan(Account("https://other.example")))


def test_all_that_is_probed_only_reads() -> None:
    reads = Megaplan.about.reads
    assert all(any(rule.allows(probe) for rule in reads) for probe in PROBES)


def begun(url: str, folder: Path, box: MegaplanSandbox, **settings: str) -> str:
    """Pull as a person would, without saying which API; the name of the connector that the archive remembers."""
    credentials = Credentials(login=box.login, password=box.password)
    result = pull(folder, Megaplan(Account(url, settings)), credentials, rate=0, clock=TestClock())
    assert result.complete
    with Archive.open(folder) as archive:
        return archive.source.name


@pytest.mark.parametrize("api", ["both", "v3"])
def test_the_newer_one_is_chosen_by_itself(api: Any, tmp_path: Path) -> None:
    box = MegaplanSandbox(*SIZES, api=api)
    with in_memory(box) as url:
        assert begun(url, tmp_path / "archive", box) == "megaplan"
    first, second, third, *rest = [entry.path for entry in box.ledger.entries]
    assert first == second == PATH, "one probe, and the sign-in itself"
    assert third != API and not [path for path in rest if "Bums" in path]


def test_the_older_one_is_chosen_by_itself_and_remembered(tmp_path: Path) -> None:
    box = MegaplanV1Sandbox(*SIZES)
    with in_memory(box) as url:
        assert begun(url, tmp_path / "archive", box) == "megaplan_v1"
        assert differences(tmp_path / "archive", box, url) == []
        box.ledger.clear()
        assert begun(url, tmp_path / "archive", box) == "megaplan_v1"
    assert not [entry.path for entry in box.ledger.entries if "/api/v3" in entry.path]


def test_the_older_one_is_spoken_where_both_are_there_and_a_person_says_so(tmp_path: Path) -> None:
    box = MegaplanSandbox(*SIZES, api="both")
    with in_memory(box) as url:
        assert begun(url, tmp_path / "archive", box, api="v1", zone="+05:00") == "megaplan_v1"
        with Archive.open(tmp_path / "archive") as archive:
            assert archive.source.options == {"zone": "+05:00"}
        with pytest.raises(ConfigurationError, match="belongs to megaplan_v1, not to megaplan"):
            begun(url, tmp_path / "archive", box, api="v3")
    assert not [entry.path for entry in box.ledger.entries if "/api/v3" in entry.path]


def test_a_server_in_trouble_is_no_answer_to_the_question_which(tmp_path: Path) -> None:
    box = MegaplanV1Sandbox(*SIZES)
    box.faults.add(faults.unavailable(), path="/api/v3", times=2)
    with in_memory(box) as url:
        assert begun(url, tmp_path / "archive", box) == "megaplan_v1"
        box.faults.add(faults.unavailable(), path="/api/v3", times=None)
        with pytest.raises(SourceError, match="does not answer"):
            begun(url, tmp_path / "other", box)


@pytest.mark.parametrize(
    ("fault", "is_doubtful"), [(faults.unavailable(), True), (faults.throttled_bare(), False)]
)
def test_what_the_very_first_question_waits_for_is_told_at_once(
    tmp_path: Path, fault: Fault, is_doubtful: bool
) -> None:
    """Nothing else is to be seen at the terminal by then, and the address may be wrong, unless it says that we are too fast."""
    box, clock = MegaplanSandbox(*SIZES), TestClock()
    told: list[float] = []
    reasons: list[str] = []
    box.faults.add(fault, times=6)
    since = clock.monotonic()

    def watch(event: Event) -> None:
        if event.kind == "waiting":
            told.append(clock.monotonic() - since)
            reasons.append(event.values["reason"])

    with in_memory(box) as url:
        secrets = Credentials(login=box.login, password=box.password)
        pull(tmp_path / "archive", Megaplan(Account(url)), secrets, rate=0, clock=clock, watch=watch)
    assert told and told[0] == 0
    assert ("is the address right" in reasons[0]) == is_doubtful


def test_a_plan_speaks_the_same_api(tmp_path: Path) -> None:
    box = MegaplanV1Sandbox(*SIZES)
    with in_memory(box) as url:
        found = estimate(Megaplan(Account(url)), Credentials(token=box.token), rate=0, clock=TestClock())
    assert found.requests_low > 100
    assert "Task" in found.unknown


def test_the_command_line_takes_api_as_an_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = MegaplanSandbox(*SIZES, api="both")
    monkeypatch.setenv("CRMEXPORT_TOKEN", ":".join(box.pair))
    with in_memory(box) as url:
        settings = options.with_api({}, "v1")
        assert plan.run("megaplan", url, settings, 1.0, 0, None) == ExitCode.COMPLETE
        account = options.connector("megaplan", url, settings)
        code = pull_command.run(account, str(tmp_path / "archive"), {"rate": 0}, False)
    assert code == ExitCode.COMPLETE
    with Archive.open(tmp_path / "archive") as archive:
        assert archive.source.name == "megaplan_v1"
    with pytest.raises(ConfigurationError, match="v3 or v1"):
        options.connector("megaplan", url, {"api": "v2"})
