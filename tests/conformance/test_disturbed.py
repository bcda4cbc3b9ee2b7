"""What is deleted between two pages of a list draws the next row forward: whoever counts rows then passes one over."""

from pathlib import Path

from crmexport.conformance import Check, Outcome, all_checks, checked
from crmexport.conformance.bench import Bench
from crmexport.sandbox.exchange import Answer, Asked
from crmexport.sandbox.rehearsal import Rehearsal
from crmexport.source import Key, Reading, Request, Response, Row
from tests.acme import Acme, AcmeRehearsal


class Noted(AcmeRehearsal):
    """Gives notes one by one where it is asked to; one of them is deleted, and its deal does not show it."""

    def remove(self) -> set[Key]:
        self.notes["2"].pop(0)
        return {("note", "20")}

    def answer(self, asked: Asked) -> Answer:
        if not asked.query.startswith("from="):
            return super().answer(asked)
        deal, start = asked.path.split("/")[3], int(asked.query.removeprefix("from="))
        return self._json({"items": self.notes[deal][start : start + 1]})


class Uncounted(Acme):
    """Believes no record that tells how many notes it has."""

    def follow(self, row: Row, reading: Reading) -> None:
        super().follow(row, reading)
        reading.announced.clear()


class ByOffset(Uncounted):
    """Reads notes by counting those that it has."""

    def notes(self, deal: str, start: int = 0) -> Request:
        request = super().notes(deal)
        context = {**request.context, "start": start}
        return request.replace(path=f"{request.path}?from={start}", bulk=False, context=context)

    def read(self, request: Request, response: Response) -> Reading:
        reading = super().read(request, response)
        if "start" in request.context and reading.records:
            reading.ended.clear()
            reading.requests.append(self.notes(request.context["deal"], request.context["start"] + 1))
        return reading


def complaints(kind: type[Acme]) -> str:
    meant: list[Check] = [
        one for one in all_checks() if one.name == "rows_removed_between_pages_hide_no_others"
    ]
    (result,) = checked(kind, Noted, checks=meant)
    return result.words


def test_a_pull_that_is_not_complete_says_of_what(tmp_path: Path) -> None:
    """Not of the person who is gone, which is no loss, but of the note that was announced."""
    bench = Bench(Acme, Noted, tmp_path)
    account = Noted()
    account.remove()
    assert bench.play(account).ending == (
        "the pull is not complete: note: 1 more announced than held or named as gaps"
    )


def test_a_note_that_slips_between_two_pages_is_told() -> None:
    assert "note 21 is missing" in complaints(ByOffset)


def test_who_reads_whole_lists_loses_none() -> None:
    assert complaints(Uncounted) == ""


class Lasting(AcmeRehearsal):
    """Brings nothing back."""

    restore = Rehearsal.restore


def test_a_rehearsal_that_brings_nothing_back_is_no_fault_of_the_connector() -> None:
    (meant,) = (one for one in all_checks() if one.name == "rows_inserted_between_pages_are_found")
    (result,) = checked(Acme, Lasting, checks=[meant])
    assert result.outcome is Outcome.NOT_APPLICABLE
    assert result.words == "the rehearsal restores nothing"
