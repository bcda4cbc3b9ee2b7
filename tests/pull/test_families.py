"""A family of requests is given up once it is clear that the source gives none of it, and not a moment before."""

from crmexport.pull.families import ENOUGH, Families
from crmexport.source import Gap, GapKind, Request
from crmexport.transport.failures import FaultyError, PageError, RefusedError, TransientError, VanishedError


def request(number: int, family: str = "deal") -> Request:
    return Request("history", f"/deal/{number}/history", family=family)


def fail(families: Families, failure: Exception, *numbers: int, for_good: bool = False) -> list[Gap | None]:
    return [families.failed(request(one), failure, for_good=for_good) for one in numbers]  # type: ignore[arg-type]


def test_several_failures_and_no_answer_end_it() -> None:
    families = Families()
    assert fail(families, FaultyError("500"), *range(99)) == [None] * 99, "a moment's trouble fails a batch"
    gaps = fail(families, FaultyError("500"), *range(ENOUGH))
    assert gaps == [None] * (ENOUGH - 1) + [Gap("history", "deal", GapKind.NOT_GIVEN, "500")]
    assert families.fate(request(99)) is GapKind.NOT_GIVEN
    assert families.fate(request(99, "task")) is None
    assert families.fate(request(99, "")) is None


def test_the_same_request_failing_again_and_again_proves_nothing() -> None:
    families = Families()
    assert fail(families, FaultyError("500"), *[1] * 9) == [None] * 9


def test_what_the_archive_holds_shows_that_the_route_is_there() -> None:
    """After a kill, or on the next night, nothing has been answered yet."""
    families = Families(is_held=lambda stream, parent: (stream, parent) == ("history", "deal"))
    assert fail(families, FaultyError("500"), *range(9), for_good=True) == [None] * 9
    assert families.fate(request(99)) is None


def test_one_answer_makes_every_failure_its_own() -> None:
    families = Families()
    families.answered(request(0))
    assert fail(families, FaultyError("500"), *range(9), for_good=True) == [None] * 9
    assert families.fate(request(99)) is None


def test_a_bad_line_is_not_the_routes_fault() -> None:
    families = Families()
    assert fail(families, TransientError("reset"), *range(9), for_good=True) == [None] * 9


def test_a_missing_route_is_known_at_once() -> None:
    assert fail(Families(), VanishedError("404"), 1, for_good=True) == [
        Gap("history", "deal", GapKind.NOT_GIVEN, "404")
    ]
    whole = Request("payer", "/payer", family="list /payer", subject=("payer", ""))
    gap = Families().failed(whole, VanishedError("404"), for_good=True)
    assert gap == Gap("payer", "list /payer", GapKind.NOT_GIVEN, "404")


def test_a_list_that_gave_records_is_lost_when_it_is_not_there() -> None:
    whole = Request("payer", "/payer", family="list /payer", subject=("payer", ""))
    families = Families(ever_gave=lambda stream, family: (stream, family) == ("payer", "list /payer"))
    assert families.failed(whole, VanishedError("404"), for_good=True) == Gap(
        "payer", "", GapKind.REFUSED, "404"
    )
    assert families.fate(whole) is None


def test_a_missing_part_of_one_record_proves_nothing() -> None:
    """Not even when it is asked again: the record itself may be gone, or the answer another's."""
    families = Families()
    parts = [
        Request("history", f"/deal/{id}/history", family="deal", subject=("history", f"deal/{id}"))
        for id in range(ENOUGH)
    ]
    gaps = [families.failed(part, VanishedError("404"), for_good=True) for part in parts]
    assert gaps == [None] * (ENOUGH - 1) + [Gap("history", "deal", GapKind.NOT_GIVEN, "404")]


def test_what_an_earlier_pull_found_out_need_not_be_found_out_again() -> None:
    """Else each night in which one or two records changed would tell of their losses."""
    families = Families(was_absent=lambda stream, family: (stream, family) == ("history", "deal"))
    assert fail(families, FaultyError("500"), 1) == [None], "nor is it more than a moment's trouble"
    (gap,) = fail(families, FaultyError("500"), 1, for_good=True)
    assert gap == Gap("history", "deal", GapKind.NOT_GIVEN, "500")
    families = Families(was_absent=lambda stream, family: True)
    assert fail(families, RefusedError("403"), 1, for_good=True) == [None], "that is another thing"
    families = Families(is_held=lambda stream, parent: True, was_absent=lambda stream, family: True)
    assert fail(families, FaultyError("500"), 1, for_good=True) == [None], "something was given since"


def test_what_was_given_up_before_the_family_was_is_told_once() -> None:
    families = Families()
    fail(families, FaultyError("500"), 1, 2, for_good=True)
    fail(families, FaultyError("500"), 3, 4)
    assert families.given_up_before(request(9)) == [request(1), request(2)]
    assert families.given_up_before(request(9)) == []


def test_a_lack_of_rights_is_a_loss_but_told_once_too() -> None:
    families = Families()
    gaps = fail(families, RefusedError("403"), *range(ENOUGH), for_good=True)
    assert gaps[-1] == Gap("history", "deal", GapKind.REFUSED, "403")
    assert families.fate(request(99)) is GapKind.REFUSED


def test_a_page_is_nobodys_word_that_there_is_no_such_thing() -> None:
    """A web server or a firewall shows it, whatever the source has: a loss, told once."""
    families = Families()
    gaps = fail(families, PageError("404 Not Found"), *range(ENOUGH), for_good=True)
    assert gaps == [None] * (ENOUGH - 1) + [Gap("history", "deal", GapKind.REFUSED, "404 Not Found")]
    assert families.fate(request(99)) is GapKind.REFUSED


def test_requests_without_a_family_are_never_given_up_together() -> None:
    families = Families()
    alone = [families.failed(request(one, ""), VanishedError("404"), for_good=True) for one in range(9)]
    assert alone == [None] * 9
