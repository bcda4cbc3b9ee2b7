"""Thousands of gaps are few reasons: a person reads one row for each."""

from crmexport.proof.missing import NAMELESS, Missing, grouped
from crmexport.source import Gap, GapKind
from crmexport.text import use_language

TITLES = {"deal": "Deals", "comment": "Comments"}


def test_what_is_missing_for_one_reason_stands_in_one_row() -> None:
    gaps = [Gap("deal", f"{id}/canSeeFull", GapKind.NOT_GIVEN, "in part only") for id in (7, 8)]
    assert grouped(gaps, TITLES) == [Missing("deal", GapKind.NOT_GIVEN, "in part only", ["7", "8"])]


def test_a_reason_that_quotes_the_number_is_the_same_for_all() -> None:
    gaps = [Gap("deal", id, GapKind.VANISHED, f"404 no deal {id}") for id in ("4", "40")]
    assert grouped(gaps, TITLES) == [Missing("deal", GapKind.VANISHED, "404 no deal …", ["4", "40"])]


def test_a_single_gap_keeps_the_words_of_the_source() -> None:
    (one,) = grouped([Gap("deal", "404", GapKind.VANISHED, "404 no deal 404")], TITLES)
    assert one.reason == "404 no deal 404"


def test_losses_stand_first_then_the_kinds_in_their_order_then_what_is_much() -> None:
    gaps = [
        Gap("other", "1", GapKind.VANISHED, "gone"),
        Gap("comment", "deal/9", GapKind.VANISHED, "gone"),
        Gap("deal", "1", GapKind.VANISHED, "gone"),
        *(Gap("deal", id, GapKind.VANISHED, "purged") for id in "23"),
        Gap("other", "", GapKind.REFUSED, "403"),
    ]
    found = [(one.stream, one.reason, one.whose) for one in grouped(gaps, TITLES)]
    assert found == [
        ("other", "403", ["—"]),
        ("deal", "purged", ["2", "3"]),
        ("deal", "gone", ["1"]),
        ("comment", "gone", ["Deals 9"]),
        ("other", "gone", ["1"]),
    ]


def test_what_a_connector_names_by_words_is_told_in_the_persons_language() -> None:
    gaps = [Gap("deal", id, GapKind.NOT_GIVEN, "hidden") for id in ("other models", "5", "RU-new", "")]
    use_language("ru")
    try:
        (one,) = grouped(gaps, TITLES)
    finally:
        use_language("en")
    assert one.whose == ["другие модели", "5", "RU-new", NAMELESS]
