"""Each command hands exactly what was typed to the library, and turns its result into words and an exit code."""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, ClassVar

import pytest

import crmexport.archive
import crmexport.mapping
import crmexport.proof
import crmexport.pull
import crmexport.source
import crmexport.target
from crmexport.archive import equation, pulls
from crmexport.archive.news import News
from crmexport.cli import options
from crmexport.cli import plan as plan_command
from crmexport.cli.export import told
from crmexport.errors import ConfigurationError, ExitCode, SignInRefusedError
from crmexport.proof.report import Sample
from crmexport.pull.events import Event, PullResult
from crmexport.source import Limits, Standing
from crmexport.source.options import Options
from crmexport.target import Output
from crmexport.target.file_tree import Listed, write_tree
from crmexport.text import language
from crmexport.watch import Watch
from tests.cli.conftest import Run


class Settings(Options):
    database: str = ""


class FakeConnector:
    about = SimpleNamespace(
        name="megaplan",
        options=Settings,
        titles={"unit": "Units"},
        limits=Limits(per_second=3, per_hour=3000),
    )

    def __init__(self, account: Any) -> None:
        self.account = account
        self.options = Settings.read(account.options)


def told_of(**more: Any) -> SimpleNamespace:
    """A report as far as the command tells of it."""
    return SimpleNamespace(
        **{
            "source": {},
            "losses": [],
            "not_offered": 0,
            "only_differs": False,
            "only_accepted": False,
            "only_parts": False,
            "sample": None,
            "has_ended": True,
            "unsampled": None,
            "unasked": {},
            "streams": {},
            "titles": {"deal": "Deals"},
            "damages": [],
            "mismatches": [],
            "outputs": [],
            "outdated": (),
            "foreign": (),
            "deltas": (),
            "has_accepted": lambda gap: False,
            "behind": False,
            "folder": Path("o"),
            **more,
        }
    )


class Calls(list[dict[str, Any]]):
    """What the library was asked to do."""

    result = PullResult(complete=True, records={"deal": 1200, "task": 34}, gaps=0, requests=20, seconds=5.0)
    report: ClassVar[Any] = told_of(complete=True)
    standing = Standing()

    def pull(self, folder: Path, connector: Any, credentials: Any, **given: Any) -> PullResult:
        watch = given.pop("watch")
        self.append({"folder": folder, "url": connector.account.url, "token": credentials.token, **given})
        watch(Event("started", {"records": {}}))
        watch(Event("gap", {"stream": "deal", "id": "5", "kind": "refused", "reason": "no right"}))
        return self.result

    def plan(self, connector: Any, credentials: Any, *, share: float, rate: float | None, watch: Any) -> Any:
        watch(Event("progress", {"what": "First pages", "done": 3}))
        watch(Event("waiting", {"seconds": 1800, "reason": "429"}))
        self.append({"url": connector.account.url, "share": share, "rate": rate})
        return SimpleNamespace(
            requests_low=10,
            requests_high=20,
            seconds_low=60,
            seconds_high=120,
            records={"deal": 7},
            unknown=("payer",),
            titles={"deal": "Deals"},
            standing=self.standing,
        )

    def verify(self, folder: Path, out: Path | None, **given: Any) -> Any:
        given.pop("watch")("Every byte", 1200, 4000)
        given.pop("waiting")(1800, "429")
        self.append({"folder": folder, "out": out, "lang": language(), **given})
        return self.report


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    calls = Calls()
    module = ModuleType("crmexport.pull.plan")
    module.plan = calls.plan  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "crmexport.pull.plan", module)
    monkeypatch.setattr(crmexport.pull, "pull", calls.pull)
    monkeypatch.setattr(crmexport.proof, "verify", calls.verify, raising=False)
    monkeypatch.setattr(crmexport.proof, "look_ahead", lambda archive, out: None)
    monkeypatch.setattr(crmexport.source, "connector_class", lambda name: FakeConnector)
    yield calls


@pytest.fixture(autouse=True)
def signed_in(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMEXPORT_TOKEN", "secret-token")


FILE = {"path": "csv/deal.csv", "rows": 1, "sha256": "", "target": "csv"}
CARD = {"lang": "en", "source": {"url": ""}, "targets": [{"name": "csv", "outputs": [FILE]}]}
PULL = ("pull", "--source", "megaplan", "--url", "crm.example.com", "--archive", "a")


def test_pull_hands_on_what_was_typed(run: Run, calls: Calls) -> None:
    code, out, err = run(*PULL, "--share", "50%", "--rate", "2.5", "--full")
    assert code == 0
    assert calls == [
        {
            "folder": Path("a"),
            "url": "https://crm.example.com",
            "token": "secret-token",
            "share": 0.5,
            "rate": 2.5,
            "full": True,
            "believe_deletions": False,
        }
    ]
    assert out == "Held: 1\u00a0234 records; 20 requests in 5 s. Nothing is missing.\n"
    assert "not obtained: deal 5: no right" in err
    assert "secret-token" not in out + err


def test_at_a_terminal_a_pull_says_what_comes_next(
    run: Run, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulling = ("pull", "--source", "megaplan", "--url", "https://acme.megaplan.ru", "--archive", "наш архив")
    assert "Next" not in run(*pulling).err
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    said = run(*pulling).err
    assert 'crmexport export --archive "наш архив" --to excel --out export' in said


def test_pull_takes_everything_from_the_file(run: Run, calls: Calls, tmp_path: Path) -> None:
    text = '[pull]\nsource = "megaplan"\nurl = "https://crm.example.com"\narchive = "b"\nshare = "25%"\n'
    (tmp_path / "crmexport.toml").write_text(text, encoding="utf-8")
    assert run("pull", "--archive", "typed").code == 0
    assert (calls[0]["folder"], calls[0]["share"]) == (Path("typed"), 0.25)


def test_with_json_standard_output_holds_events_only(run: Run, calls: Calls) -> None:
    code, out, err = run(*PULL, "--json")
    assert code == 0
    assert [json.loads(line)["event"] for line in out.splitlines()] == ["started", "gap"]
    assert "Held:" in err


def test_a_later_pull_says_what_it_brought(run: Run, calls: Calls) -> None:
    news = {"deal": News(new=1, changed=2), "task": News(changed=1200, deleted=3)}
    calls.result = PullResult(complete=True, records={"deal": 5}, gaps=0, requests=1, seconds=1, news=news)
    assert "in 1 s. Since the pull before: 1 new, 1\u00a0202 changed, 3 deleted. Nothing is" in run(*PULL).out
    calls.result = PullResult(complete=True, records={"deal": 5}, gaps=0, requests=1, seconds=1, news={})
    assert "Since the pull before: 0 new, 0 changed, 0 deleted." in run(*PULL).out


def test_gaps_have_their_exit_code(run: Run, calls: Calls) -> None:
    calls.result = PullResult(complete=False, records={}, gaps=3, requests=1, seconds=1)
    code, out, _ = run(*PULL)
    assert code == 3
    assert "Not obtained: 3." in out
    calls.result = PullResult(complete=False, records={}, gaps=1203, requests=1, seconds=1, new_gaps=2)
    assert "Not obtained: 1\u00a0203, new of these: 2." in run(*PULL).out


def test_a_pull_stopped_by_ctrl_c_can_go_on(run: Run, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any, **__: Any) -> PullResult:
        raise KeyboardInterrupt

    monkeypatch.setattr(crmexport.pull, "pull", stopped)
    code, _, err = run(*PULL)
    assert code == 130
    assert "the same command goes on" in err


def test_a_value_that_an_option_does_not_take_is_not_called_missing() -> None:
    with pytest.raises(ConfigurationError, match="does not understand --set zone=wrong"):
        options.connector("megaplan", "https://crm.example.com", {"zone": "wrong"})


WRONG = [
    (["--share", "0%"], "--share takes a percentage"),
    (["--share", "101%"], "--share takes a percentage"),
    (["--share", "half"], "--share takes a percentage"),
    (["--share", "nan%"], "--share takes a percentage"),
    (["--rate", "-1"], "--rate takes a number"),
    (["--rate", "inf"], "--rate takes a number"),
    (["--set", "database"], "--set takes name=value"),
    (["--set", "databse=x"], "megaplan has no option “databse”. It has: database"),
    (["--url", "http://crm.example.com"], "readable by anyone"),
]


@pytest.mark.parametrize(("typed", "said"), WRONG)
def test_a_wrong_value_is_refused_before_anything_is_asked(
    run: Run, calls: Calls, typed: list[str], said: str
) -> None:
    code, _, err = run(*PULL, *typed)
    assert (code, calls) == (2, [])
    assert said in err


def test_a_setting_that_takes_certain_words_names_them() -> None:
    for name, typed, words in (("history", "нет", "yes|no"), ("api", "v2", "v3|v1")):
        with pytest.raises(ConfigurationError, match=re.escape(f"It takes: {words}.")):
            options.connector("megaplan", "https://crm.example.com", {name: typed})


def test_without_credentials_and_terminal_the_variables_are_named(
    run: Run, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRMEXPORT_TOKEN")
    monkeypatch.setattr("sys.stdin", None)
    code, _, err = run(*PULL)
    assert (code, calls) == (2, [])
    assert "CRMEXPORT_TOKEN" in err


def test_plan_tells_how_long(run: Run, calls: Calls) -> None:
    code, out, _ = run("plan", "--source", "megaplan", "--url", "crm.example.com")
    assert (code, calls[0]["share"], calls[0]["rate"]) == (0, 1.0, None)
    assert out.splitlines() == [
        "The account announces:",
        "  Deals: 7",
        "Not counted by the source: payer",
        "A pull needs 10 to 20 requests: 1 min 0 s to 2 min 0 s. Files that no list names come on top of that.",
        "Reckoned with what this CRM is known to permit: 3 requests a second, 3\u00a0000 an hour. If the vendor permits you more, say so "
        "with --rate.",
    ]
    told = run("plan", "--source", "megaplan", "--url", "crm.example.com", "--rate", "7")[1]
    assert "Reckoned" not in told, "that is what the person said"


@pytest.mark.parametrize(("end", "said"), [(2999, "It fits"), (2020, "That day is past")])
def test_plan_tells_who_is_signed_in_and_what_the_account_says_of_its_end(
    run: Run, calls: Calls, end: int, said: str
) -> None:
    calls.standing = Standing("Anna, director (7)", datetime(end, 1, 1, tzinfo=UTC))
    code, out, _ = run("plan", "--source", "megaplan", "--url", "crm.example.com")
    lines = out.splitlines()[5:]
    assert code == 0 and "Anna, director (7)" in lines[0] and f"{end}-01-01" in lines[1]
    assert lines[2].startswith(said) and len(lines) == 3


@pytest.mark.parametrize(
    ("until", "code", "said"), [("2999-01-01", 0, "It fits"), (date.today().isoformat(), 5, "does not fit")]
)
def test_plan_judges_the_deadline(run: Run, calls: Calls, until: str, code: int, said: str) -> None:
    outcome = run("plan", "--source", "megaplan", "--url", "crm.example.com", "--until", until)
    assert outcome.code == code
    assert "First pages, done: 3" in outcome.err and "waiting for the source (429): 30 min" in outcome.err
    assert said in outcome.out


def test_a_deadline_is_a_day() -> None:
    noon = datetime(2026, 12, 3, 12)
    for day in ("2026-12-04", "04.12.2026", "4.12.2026"):
        assert plan_command.seconds_until(day, noon) == 12 * 3600
    with pytest.raises(ConfigurationError, match="2026-12-04"):
        plan_command.seconds_until("12/4/2026")
    with pytest.raises(ConfigurationError, match="past: 2025-12-04"):
        plan_command.seconds_until("2025-12-04", datetime(2026, 12, 3, 12))


def test_verify_offline_asks_for_no_credentials(
    run: Run, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CRMEXPORT_TOKEN")
    code, out, err = run("verify", "--archive", "a", "--out", "o", "--offline", "--lang", "ru")
    assert code == 0
    assert calls == [{"folder": Path("a"), "out": Path("o"), "lang": "ru", "credentials": None, "size": 300}]
    assert f"Отчёт: {Path('o') / 'report.html'}" in out
    assert "Проверка: " in err and "Every byte, сделано: 1 200 из 4 000" in err.replace("\xa0", " ")
    assert "ждём источник (429): 30 мин" in err


def test_verify_with_the_source_has_credentials(run: Run, calls: Calls) -> None:
    assert run("verify", "--archive", "a").code == 0
    assert (calls[0]["out"], calls[0]["credentials"].token) == (None, "secret-token")


def test_the_report_speaks_the_language_of_the_files(run: Run, calls: Calls, tmp_path: Path) -> None:
    (tmp_path / "crmexport.toml").write_text('[export]\nlang = "ru"\n', "utf-8")
    assert run("verify", "--archive", "a", "--offline").code == 0
    assert calls[0]["lang"] == "ru"


def test_the_folder_of_an_export_that_is_still_to_come_is_not_borrowed(
    run: Run, calls: Calls, tmp_path: Path
) -> None:
    """Before the first export there is the archive alone to verify; a folder that somebody typed is another matter."""
    (tmp_path / "crmexport.toml").write_text('[export]\nout = "o"\n', "utf-8")
    typed = ("verify", "--archive", "a", "--offline")
    assert run(*typed).code == 0
    assert run(*typed, "--out", "o").code == 0
    (tmp_path / "o").mkdir()
    assert run(*typed).code == 0
    (tmp_path / "o/export.json").write_text(json.dumps(CARD), "utf-8")
    assert run(*typed).code == 0
    (tmp_path / "crmexport.toml").write_text('[export]\nout = "o"\n[verify]\nout = "elsewhere"\n', "utf-8")
    assert run(*typed).code == 0
    assert [call["out"] and call["out"].name for call in calls] == [None, "o", None, "o", "elsewhere"]


def test_a_sample_that_could_not_be_asked_for_hides_neither_verdict_nor_report(
    run: Run, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    failure = SignInRefusedError("The account is closed.")
    monkeypatch.setattr(Calls, "report", told_of(complete=True, unsampled=failure))
    code, out, err = run("verify", "--archive", "a")
    assert code == 4
    assert "Complete: everything the source announced is held.\n" in out and "report.html" in out
    assert "could not be asked for: The account is closed. With --offline it is left out." in err


def test_an_incomplete_report_has_its_exit_code(
    run: Run, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Calls, "report", told_of(complete=False, losses=["one"]))
    code, out, _ = run("verify", "--archive", "a", "--offline")
    assert code == 3
    assert "Not complete: 1 gap." in out


def test_what_the_source_does_not_offer_is_told_beside_the_verdict(
    run: Run, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Calls, "report", told_of(complete=True, not_offered=2))
    code, out, _ = run("verify", "--archive", "a", "--offline")
    assert code == 0
    assert "Complete: " in out and "2 things that the source does not offer are named in the report." in out


def test_a_version_that_would_ask_for_more_is_told_beside_the_verdict(
    run: Run, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Calls, "report", told_of(complete=True, behind=True))
    code, out, _ = run("verify", "--archive", "a", "--offline")
    assert code == 0
    assert "asks the source for more than the one that pulled" in out


def test_a_sample_that_differs_is_told_with_what_to_do(
    run: Run, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Sample(asked=300, same=298, different=["deal 1: name", "deal 2: name"])
    more = {"sample": found, "error_rate": 0.02, "differing": found.different, "only_differs": True}
    monkeypatch.setattr(Calls, "report", told_of(complete=False, **more))
    code, out, _ = run("verify", "--archive", "a")
    assert code == 3
    assert "Not complete: 2 of 300 records asked for again say something else" in out and "pull --full" in out


def test_a_pull_that_has_not_ended_is_told_before_its_gaps(
    run: Run, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        Calls, "report", told_of(complete=False, losses=["one"], unasked={"deal": 2, "task": 1})
    )
    code, out, _ = run("verify", "--archive", "a", "--offline")
    assert code == 3
    assert "the pull has not ended, at least 3 requests are still to make" in out and "crmexport pull" in out


def test_a_pull_that_stopped_with_nothing_in_line_is_said_not_to_have_ended(
    run: Run, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Calls, "report", told_of(complete=False, has_ended=False))
    code, out, _ = run("verify", "--archive", "a", "--offline")
    assert code == 3
    assert "Not complete: the last pull has not ended. “crmexport pull” goes on with it." in out


def test_the_first_of_what_does_not_agree_is_told_for_whoever_has_only_the_log(
    run: Run, calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    more = {
        "streams": {
            "deal": SimpleNamespace(held=1, unexplained=7),
            "task": SimpleNamespace(held=1, unexplained=0),
        },
        "damages": ["The bytes of file 711 are missing."],
        "mismatches": ["csv/deal.csv: one", "csv/task.csv: two", "csv/user.csv: three"],
    }
    monkeypatch.setattr(Calls, "report", told_of(complete=False, **more))
    code, out, _ = run("verify", "--archive", "a", "--offline")
    assert code == 3
    assert "The source announces more than it gave: Deals 7. Ask for everything again with --full" in out
    assert "  The bytes of file 711 are missing.\n  csv/deal.csv: one\n  … and 2 more.\n" in out
    monkeypatch.setattr(Calls, "report", told_of(complete=False, unasked={"deal": 2}, **more))
    assert "announces more" not in run("verify", "--archive", "a", "--offline").out


def test_files_that_are_not_there_are_not_said_to_read_back(run: Run, calls: Calls) -> None:
    _code, out, _ = run("verify", "--archive", "a", "--offline")
    assert "Complete: everything the source announced is held.\n" in out


class FakeArchive:
    damages: ClassVar[list[str]] = []
    unasked: ClassVar[int] = 0
    lost: ClassVar[int] = 0
    lacks: ClassVar[dict[str, int]] = {}
    source = SimpleNamespace(name="megaplan", url="https://crm.example.com", options={})

    @classmethod
    @contextmanager
    def open(cls, folder: Path) -> Iterator["FakeArchive"]:
        yield cls()

    def check(self, watch: Watch) -> Iterator[str]:
        watch("stored answers", 2, 9)
        yield from self.damages

    def waiting(self) -> int:
        return self.unasked

    def counts(self) -> dict[str, int]:
        return {"deal": 5, "unit": 1200}

    def runs(self) -> list[dict[str, Any]]:
        return []

    def state(self) -> str:
        return ""


class FakeMapping(str):
    __slots__ = ()

    def raw_only(self, held: dict[str, int]) -> dict[str, int]:
        return {"unit": held["unit"]}


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> type[FakeArchive]:
    monkeypatch.setattr(crmexport.archive, "Archive", FakeArchive)
    monkeypatch.setattr(FakeArchive, "damages", [])
    return FakeArchive


def test_a_sound_archive(run: Run, archive: type[FakeArchive]) -> None:
    code, out, _ = run("archive", "check", "--archive", "a")
    assert code == 0
    assert "sound" in out


def test_a_damaged_archive_is_a_failure_with_every_damage_named(run: Run, archive: type[FakeArchive]) -> None:
    archive.damages.extend(["Answer 5 is damaged.", "Answer 7 is damaged."])
    code, out, err = run("archive", "check", "--archive", "a")
    assert code == 1
    assert out.splitlines() == archive.damages
    assert "Answer 5 is damaged. All damages are named at the end.\n" in err, "said when it is found"
    assert "Answer 7" not in err
    assert "2 damages found." in err and "stored answers, done: 2 of 9" in err


@pytest.fixture
def exported(archive: type[FakeArchive], calls: Calls, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    done: list[Any] = []

    def export(
        held: Any,
        connector: Any,
        mapping: Any,
        targets: list[Any],
        out: Path,
        *,
        lang: str,
        watch: Any,
        new_since: Any,
    ) -> list[Any]:
        assert new_since is None
        watch("csv", 3, None)
        done.append((mapping, targets, out, lang, connector.account.url))
        notes = {"lost_files": archive.lost} if archive.lost else {}
        return [
            SimpleNamespace(path=f"csv/{name}.csv", rows=600, target="csv", notes=told)
            for name, told in (("a", {}), ("b", notes))
        ]

    monkeypatch.setattr(
        crmexport.target,
        "load_target",
        lambda name, excel, zone, substitutes: (name, excel, zone),
        raising=False,
    )
    monkeypatch.setattr(crmexport.target, "export", export, raising=False)
    monkeypatch.setattr(crmexport.target, "outdated", lambda archive, out: [])
    monkeypatch.setattr(equation, "lacking", lambda _held: archive.lacks)
    monkeypatch.setattr(pulls, "true_as_of", lambda _held, _pulls: datetime(2026, 11, 27, 3, tzinfo=UTC))
    monkeypatch.setattr(crmexport.mapping, "load_source_mapping", lambda name: FakeMapping(f"from {name}"))
    return done


def test_singer_messages_are_handed_on_and_nothing_else(
    run: Run, exported: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stream(
        archive: Any, connector: Any, mapping: Any, put: Any, *, lang: str, watch: Any
    ) -> Counter[str]:
        put(b'{"type": "STATE"}\n')
        return Counter(loose_links=2)

    monkeypatch.setattr(crmexport.target, "stream", stream)
    outcome = run("export", "--archive", "a", "--to", "singer", "--out", "-")
    assert (outcome.code, outcome.out) == (0, '{"type": "STATE"}\n')
    assert "loose links: 2" in outcome.err
    outcome = run("export", "--archive", "a", "--to", "singer", "--to", "csv", "--out", "-")
    assert (outcome.code, outcome.out) == (2, "")
    assert "--to singer" in outcome.err
    assert exported == []


def test_export_writes_every_target_asked_for(run: Run, exported: list[Any]) -> None:
    targets = ("--to", "excel", "--to", "my.yaml")
    code, out, _ = run(
        "export", "--archive", "a", *targets, "--out", "o", "--lang", "en", "--excel", "--zone", "+03:00"
    )
    assert code == 0
    assert exported == [
        (
            "from megaplan",
            [("excel", True, "+03:00"), ("my.yaml", True, "+03:00")],
            Path("o"),
            "en",
            "https://crm.example.com",
        )
    ]
    assert out == f"csv: files: 2, rows: 1\u00a0200, in {Path('o') / 'csv'}\n"


def test_of_attachments_their_number_is_told_and_not_that_of_the_lists_of_them(tmp_path: Path) -> None:
    """“files: 3” beside a thousand attachments reads as if all but three were lost."""
    listed = [Listed(f"deal/{number} A/a.txt", "0" * 64) for number in range(1200)]
    (tmp_path / "files").mkdir()
    paths = [tmp_path / "files" / "index.csv", *write_tree(tmp_path / "files", lambda: listed, "en")]
    lists = [Output(f"files/{path.name}", 2500, "…", "files") for path in paths]
    folder = tmp_path / "files"
    assert told(lists, tmp_path) == [
        f"files: attachments: 1\u00a0200, in {folder}; index.html leads to all of them"
    ]


def test_kinds_that_no_table_has_are_named(
    run: Run, exported: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = ("export", "--archive", "a", "--to", "csv", "--out", "o")
    assert "in no table; “--to raw” writes them as they came: Units 1\u00a0200." in run(*typed).err
    earlier = [SimpleNamespace(target="raw")]
    monkeypatch.setattr(crmexport.target, "exported", lambda out: earlier)
    assert "Units" not in run(*typed).err


def test_the_language_of_the_files_may_stand_in_the_settings(
    run: Run, exported: list[Any], tmp_path: Path
) -> None:
    (tmp_path / "crmexport.toml").write_text(
        '[export]\nto = "csv"\nout = "o"\nlang = "ru"\n[pull]\narchive = "a"\n', "utf-8"
    )
    assert run("export").code == 0
    assert exported[0][3] == "ru"
    assert run("export", "--lang", "en").code == 0
    assert exported[1][3] == "en"


def test_a_report_of_earlier_files_is_not_taken_for_theirs(
    run: Run, exported: list[Any], tmp_path: Path
) -> None:
    command = ("export", "--archive", "a", "--to", "csv", "--out", "files")
    assert "SHA256SUMS" not in run(*command).err
    (tmp_path / "files").mkdir(exist_ok=True)
    (tmp_path / "files" / "report.html").touch()
    assert run(*command).err.endswith("Make them anew: crmexport verify --archive a --out files\n")


def test_the_command_told_is_of_the_folders_typed(run: Run, exported: list[Any], tmp_path: Path) -> None:
    (tmp_path / "Мой экспорт").mkdir()
    (tmp_path / "Мой экспорт" / "report.html").touch()
    told = run("export", "--archive", "crm(1)", "--to", "csv", "--out", "Мой экспорт").err
    assert told.endswith('crmexport verify --archive "crm(1)" --out "Мой экспорт"\n')


def test_a_map_that_the_files_before_were_written_with_is_not_forgotten(
    run: Run, exported: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    maps = {"csv": {"people": "мои люди.yaml", "stages": "s.yaml"}, "excel": {"people": "p.yaml"}}
    monkeypatch.setattr(crmexport.target, "maps_of", lambda out: maps)
    Path("s.yaml").write_text("others: Первая", encoding="utf-8")
    typed = ("export", "--archive", "a", "--to", "csv", "--out", "o")
    told = run(*typed).err
    assert (
        'csv: the files that these replace were written with --people "мои люди.yaml" --stages s.yaml, these were'
        in told
    )
    assert "p.yaml" not in told
    assert (
        "with --people" in (one := run(*typed, "--stages", "s.yaml").err)
        and 'with --people "мои люди.yaml", these' in one
    )


def test_a_part_is_exported_with_a_word_of_warning(
    run: Run, exported: list[Any], archive: type[FakeArchive], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "unasked", 54)
    monkeypatch.setattr(pulls, "true_as_of", lambda _held, _pulls: None)
    code, _out, err = run("export", "--archive", "a", "--to", "excel", "--out", "o")
    assert code == 0
    assert "has not ended: at least 54 requests are still to make. What is written now is a part." in err


def test_an_archive_into_which_no_pull_has_ended_is_not_taken_for_a_whole(
    run: Run, exported: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor one into which nothing was ever pulled: its files are there, and empty."""
    command = ("export", "--archive", "a", "--to", "excel", "--out", "o")
    assert "No pull" not in run(*command).err
    monkeypatch.setattr(pulls, "true_as_of", lambda _held, _pulls: None)
    assert (
        "No pull into this archive has ended yet: what is written now is a part, or nothing."
        in run(*command).err
    )


def test_a_whole_archive_that_is_being_renewed_is_no_part(
    run: Run, exported: list[Any], archive: type[FakeArchive], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "unasked", 1)
    monkeypatch.setattr(pulls, "true_as_of", lambda _held, _pulls: datetime(2026, 11, 27, 3, tzinfo=UTC))
    err = run("export", "--archive", "a", "--to", "excel", "--out", "o").err
    assert "at least 1 request is still to make. All that was there on 2026-11-27" in err
    assert "is a part" not in err


def test_attachments_that_the_archive_has_lost_are_told_after_all_else_is_written(
    run: Run, exported: list[Any], archive: type[FakeArchive], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "lost", 2)
    code, out, err = run("export", "--archive", "a", "--to", "excel", "--out", "o")
    assert code == ExitCode.FAILED and "csv: files: 2" in out
    assert "without 2 attachments that are lost or damaged in the archive" in err and "pull --full" in err


def test_messages_on_the_standard_output_need_no_earlier_export(run: Run, exported: list[Any]) -> None:
    code, out, err = run("export", "--archive", "a", "--to", "singer", "--out", "-", "--new-since", "o")
    assert (code, out) == (2, "")
    assert "--new-since" in err


def test_a_wrong_language_in_the_settings_is_named(run: Run, exported: list[Any], tmp_path: Path) -> None:
    (tmp_path / "crmexport.toml").write_text(
        '[export]\nto = "csv"\nout = "o"\nlang = "de"\n[pull]\narchive = "a"\n', "utf-8"
    )
    code, _, err = run("export")
    assert code == 2
    assert "not “de”" in err
