"""The sample compares what the archive holds with what the source says now, and states what that proves of the whole."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from crmexport.archive import Archive
from crmexport.errors import SignInRefusedError, SourceError
from crmexport.proof.confidence import error_rate
from crmexport.proof.page import sampled
from crmexport.proof.report import Report, Sample
from crmexport.proof.sample import sample
from crmexport.source import Credentials, Gap, GapKind, Reading, Request, Response, Row
from crmexport.transport.coats import Coats
from crmexport.transport.failures import ThrottledError, TransientError
from crmexport.transport.patience import Waiting
from tests.pull.test_sealing import Company
from tests.toy import Toy, fault, toy


class Asking:
    """Samples a company's archive over the company's own line."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.company = Company(folder)
        self.company.pull()
        monkeypatch.setattr("crmexport.proof.sample.Coats", self._coats)

    def _coats(self, *given: object, **options: object) -> Coats:
        return Coats(*given, **{**options, "line": self.company.server, "clock": self.company.clock})  # type: ignore[arg-type]

    def sample(self, size: int = 300, **wishes: Waiting) -> Sample:
        with Archive.open(self.company.folder) as archive:
            return sample(archive, toy(), Credentials(token="secret-token"), size, **wishes)


@pytest.fixture
def asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asking:
    return Asking(tmp_path / "archive", monkeypatch)


def test_what_is_unchanged_is_the_same(asking: Asking) -> None:
    found = asking.sample()
    assert (found.asked, found.same, found.changed, found.gone, found.different) == (24, 24, 0, 0, [])


def test_only_as_many_are_asked_as_wished(asking: Asking) -> None:
    assert asking.sample(5).asked == 5


def test_what_says_something_else_is_named_with_its_fields(asking: Asking) -> None:
    asking.company.server.things["7"]["name"] = "something else"
    found = asking.sample()
    assert found.different == ["thing 7: name"] and found.same == 23


def test_what_is_gone_is_counted(asking: Asking) -> None:
    asking.company.delete("9")
    found = asking.sample()
    assert (found.gone, found.same) == (1, 23)


def test_a_sign_in_that_is_refused_is_no_sample(asking: Asking) -> None:
    asking.company.server.faults.append(lambda request: Response(401, {}, b"{}"))
    with pytest.raises(SignInRefusedError, match="does not accept the sign-in"):
        asking.sample()


def test_a_source_that_is_down_is_not_waited_for_long(asking: Asking) -> None:
    asking.company.server.faults.append(fault("", TransientError("no line"), 10_000))
    since = asking.company.clock.time()
    with pytest.raises(SourceError, match="no line"):
        asking.sample()
    assert asking.company.clock.time() - since < 5 * 60


def test_a_long_wait_is_told(asking: Asking) -> None:
    """Right after a pull the requests of the hour may be spent."""
    waits: list[tuple[float, str]] = []
    asking.company.server.faults.append(fault("", ThrottledError("429 Too Many Requests", 1800.0)))
    assert asking.sample(waiting=lambda seconds, reason: waits.append((seconds, reason))).asked == 24
    assert waits == [(1800.0, "429 Too Many Requests")]


def test_one_card_that_is_refused_hinders_nothing(asking: Asking) -> None:
    asking.company.server.faults.append(fault("/thing/7", Response(403, {}, b"{}"), 10_000))
    found = asking.sample()
    assert (found.same, found.unread) == (23, 1)
    report = cast("Report", SimpleNamespace(sample=found, error_rate=1.0))
    assert sampled(report).endswith("; 1 more could not be read")


def test_records_of_a_damaged_answer_are_left_out(asking: Asking) -> None:
    """The check of the archive has named them already: a report of the rest is worth more than none."""
    with Archive.open(asking.company.folder, alone=True) as archive, archive.database.transaction():
        archive.database.connection.exec_driver_sql(
            "UPDATE responses SET body = zeroblob(100)"
            " WHERE id = (SELECT response FROM records WHERE stream = 'thing' AND id = '7')"
        )
    found = asking.sample()
    assert 0 < found.asked == found.same < 24 and found.unread == 0


def test_where_every_card_is_refused_there_is_no_sample(asking: Asking) -> None:
    asking.company.server.faults.append(fault("/thing/", Response(403, {}, b"{}"), 10_000))
    with pytest.raises(SourceError):
        asking.sample()


def test_more_than_are_asked_for_together_are_asked_for(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crmexport.proof.sample.TOGETHER", 5)
    assert asking.sample().same == 24


def test_only_what_both_say_is_compared(asking: Asking) -> None:
    """A card says more than a row of a list, or less."""
    asking.company.server.things["7"]["more"] = "only in the card"
    del asking.company.server.things["7"]["link"]
    assert asking.sample().same == 24


class Telling(Toy):
    """Gives another record first, and what is to be made of the seventh."""

    def __init__(self, what: GapKind | Exception | None) -> None:
        super().__init__(toy().account)
        self.what = what

    def rows(self, request: Request, response: Response) -> list[Row]:
        rows = super().rows(request, response)
        if not request.path.endswith("/7"):
            return [Row("thing", "0", {"name": "another"}, 0, 1), *rows]
        if isinstance(self.what, Exception):
            raise self.what
        return []

    def read(self, request: Request, response: Response) -> Reading:
        is_seventh = request.path.endswith("/7") and isinstance(self.what, GapKind)
        gaps = [Gap("thing", "0", GapKind.VANISHED, "another")]
        return Reading(gaps=[*gaps, *([Gap("thing", "7", self.what, "so")] if is_seventh else [])])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("what", "gone", "unread"),
    [
        (GapKind.VANISHED, 1, 0),
        (GapKind.REFUSED, 0, 1),
        (GapKind.BROKEN, 0, 1),
        (ValueError("no envelope"), 0, 1),
        (None, 0, 1),
    ],
)
def test_an_answer_without_the_record_tells_what_became_of_it(
    asking: Asking, what: GapKind | Exception | None, gone: int, unread: int
) -> None:
    """What is refused is not gone: whoever reads that it is would not ask why."""
    with Archive.open(asking.company.folder) as archive:
        found = sample(archive, Telling(what), Credentials(token="secret-token"))
    assert (found.same, found.gone, found.unread, found.different) == (23, gone, unread, [])


class Marked(Toy):
    """Its answers within a batch are told from others by a mark that `split` puts into the context."""

    def split(self, request: Request, response: Response) -> list[tuple[Request, Response]]:
        return [
            (one.replace(context={"within": True}), answer)
            for one, answer in super().split(request, response)
        ]

    def rows(self, request: Request, response: Response) -> list[Row]:
        if request.path.startswith("/thing/") and "within" not in request.context:
            raise ValueError("the answer has no envelope")
        return super().rows(request, response)

    def card(self, stream: str, id: str) -> Request | None:
        card = super().card(stream, id)
        return card and card.replace(bulk=True)


def test_answers_within_a_batch_are_read_with_what_split_says_of_them(asking: Asking) -> None:
    with Archive.open(asking.company.folder) as archive:
        found = sample(archive, Marked(toy().account), Credentials(token="secret-token"))
    assert (found.asked, found.same) == (24, 24)


def test_what_is_gone_is_counted_within_a_batch_too(asking: Asking) -> None:
    asking.company.delete("9")
    with Archive.open(asking.company.folder) as archive:
        found = sample(archive, Marked(toy().account), Credentials(token="secret-token"))
    assert (found.same, found.gone, found.unread) == (23, 1, 0)


class Unsplit(Toy):
    """Cannot make anything of what a batch is answered with."""

    def split(self, request: Request, response: Response) -> list[tuple[Request, Response]]:
        raise ValueError("questions were asked, but other answers came")

    def card(self, stream: str, id: str) -> Request | None:
        card = super().card(stream, id)
        return card and card.replace(bulk=True)


def test_where_a_batch_cannot_be_taken_apart_each_is_asked_for_alone(asking: Asking) -> None:
    with Archive.open(asking.company.folder) as archive:
        found = sample(archive, Unsplit(toy().account), Credentials(token="secret-token"))
    assert (found.asked, found.same) == (24, 24)


def test_a_sample_of_nothing_says_so() -> None:
    report = cast("Report", SimpleNamespace(sample=Sample(), error_rate=1.0))
    assert sampled(report) == "no record could be asked for once more"


def test_a_report_tells_the_bound_of_all_that_was_compared() -> None:
    report = Report(Path(), {}, {}, {}, {}, [], [], {})
    assert report.error_rate is None
    found = Sample(asked=330, same=299, changed=20, gone=10, different=["thing 7: name"])
    assert replace(report, sample=found).error_rate == pytest.approx(error_rate(1, 300), abs=0.0001)


def test_the_bound_is_the_exact_one_of_a_binomial_share() -> None:
    """None of 300 is the rule of three; one of 100 is from the tables (Clopper and Pearson, one-sided)."""
    assert error_rate(0, 300) == pytest.approx(1 - 0.05 ** (1 / 300))
    assert error_rate(0, 300) < 0.01
    assert error_rate(1, 100) == pytest.approx(0.0466, abs=0.0001)
    assert error_rate(0, 0) == 1.0
