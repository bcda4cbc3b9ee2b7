"""The page for people: what is missing stands first, with what to do about it, and it can be read on any screen and on paper."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from crmexport import __version__
from crmexport.archive.equation import Balance
from crmexport.proof.page import page
from crmexport.proof.remarks import remarks
from crmexport.proof.report import Report
from crmexport.proof.style import CSS
from crmexport.source import Gap, GapKind
from crmexport.target import Delta

RUN = {
    "started": "2026-11-27T02:00:00+00:00",
    "ended": "2026-11-27T02:04:31+00:00",
    "outcome": "gaps",
    "consistent_as_of": "2026-11-27T02:03:58+00:00",
}
WHOLE = Balance(3, 3, 0, 0, 0)
GONE = Gap("user", "9", GapKind.VANISHED, "404")


def shown(streams: dict[str, Balance], *gaps: Gap, outcome: str = "gaps") -> str:
    return page(reported(streams, *gaps, outcome=outcome))


def reported(
    streams: dict[str, Balance], *gaps: Gap, outcome: str = "gaps", deltas: tuple[Delta, ...] = ()
) -> Report:
    source = {"title": "Toy", "url": "https://toy.example"}
    titles = {"user": "Employees", "deal": "Deals", "note": "Comments"}
    files = {"known": 0, "held": 0, "bytes": 0}
    run = RUN | {"outcome": outcome}
    return Report(Path(), source, run, streams, titles, list(gaps), [], files, deltas=deltas)


def test_the_page_says_when_it_was_verified_and_by_which_version() -> None:
    """It may be asked for in court, years after the pull, and by another version than that."""
    report = replace(
        reported({"user": WHOLE}), verified={"at": "2029-03-01T09:30:00+00:00", "program": "7.0"}
    )
    assert "<dt>Verified</dt><dd>2029-03-01 09:30:00 UTC, crmexport 7.0</dd>" in page(report)
    told = reported({"user": WHOLE}).as_dict()["verified"]
    assert told["at"] > RUN["ended"] and told["program"] == __version__


def test_an_archive_without_a_record_is_not_praised_without_a_word() -> None:
    """All lists are hidden from a sign-in with few rights, and a report that is only green would prove that there was nothing."""
    (words,) = remarks(reported({"deal": Balance(0, 0, 0, 0, 0)}, outcome="complete"))
    assert words.startswith("Not one record is held.")
    assert not remarks(reported({"deal": WHOLE}, outcome="complete"))


def test_a_folder_of_what_is_new_says_so_at_the_top() -> None:
    delta = Delta("csv", "2026-11-20T02:00:00+00:00", 3, 50, 0, 0, is_alike=True, path="csv/changed.csv")
    (words,) = remarks(reported({"deal": WHOLE}, outcome="complete", deltas=(delta,)))
    assert words.startswith("csv: these files hold only what is new since 2026-11-20 02:00:00")


def test_the_verdict_says_how_much_of_what_is_missing_and_the_reasons_stand_before_the_long_table() -> None:
    streams = {"user": WHOLE, "deal": Balance(50, 3, 47, 0, 0), "note": Balance(99, 9, 60, 0, 30)}
    told = shown(streams, *(Gap("deal", str(id), GapKind.REFUSED, "403") for id in range(47)))
    assert "Missing, wholly or in part. Comments: 90; Deals: 47." in told.partition("</header>")[0]
    assert told.index("What is missing, and why") < told.index("What was to be exported")


def test_of_many_kinds_the_verdict_names_those_that_miss_most() -> None:
    told = shown({f"kind{number}": Balance(number + 9, 9, number, 0, 0) for number in range(1, 8)})
    assert "part. kind7: 7; kind6: 6; kind5: 5; kind4: 4; kind3: 3; other kinds: 2." in told


@pytest.mark.parametrize("id", ["", "deal/7", "sent"])
def test_a_list_that_was_refused_is_not_called_one_record(id: str) -> None:
    """Nothing says how many stand in it: “Deals: 1” would be believed."""
    told = shown(
        {"user": Balance(4, 3, 1, 0, 0), "deal": Balance(None, 3, 2, 0, 0)},
        Gap("deal", id, GapKind.REFUSED, "403"),
        Gap("deal", "5", GapKind.BROKEN, "500"),
        Gap("user", "7", GapKind.REFUSED, "403"),
    )
    assert "in part. Deals: how many, nobody knows; Employees: 1." in told


@pytest.mark.parametrize("id", ["7/canSeeFull", "/SdfFileM/File/7.png", "BumsCommonApiV01/File/7.png"])
def test_a_record_that_is_held_in_part_and_a_file_that_lies_in_a_folder_are_counted(id: str) -> None:
    told = shown({"note": Balance(4, 3, 1, 0, 0)}, Gap("note", id, GapKind.REFUSED, "403"))
    assert "in part. Comments: 1." in told


def test_a_list_that_was_refused_has_no_number_in_the_table_either() -> None:
    told = shown({"deal": Balance(None, 3, 1, 0, 0)}, Gap("deal", "", GapKind.REFUSED, "403"))
    assert '<tr><td>Deals</td><td class="n">—</td>' in told


def test_what_a_refused_list_announced_is_told() -> None:
    told = shown({"deal": Balance(50, 3, 47, 0, 0)}, Gap("deal", "", GapKind.REFUSED, "403"))
    assert "in part. Deals: 47." in told


def test_the_rows_of_what_is_missing_can_be_told_from_the_others() -> None:
    told = shown({"user": WHOLE, "deal": Balance(50, 3, 47, 0, 0)})
    assert re.findall(r'<tr class="short"><td>([^<]*)', told) == ["Deals (deal)"]


@pytest.mark.parametrize(
    ("balance", "kind", "words"),
    [
        (Balance(4, 3, 1, 0, 0), GapKind.REFUSED, "sign in as an administrator"),
        (Balance(4, 3, 1, 0, 0), GapKind.BROKEN, "on another day"),
        (Balance(4, 3, 0, 0, 1), None, "pull --full"),
    ],
)
def test_what_to_do_is_told_where_it_helps(balance: Balance, kind: GapKind | None, words: str) -> None:
    told = shown({"deal": balance}, *([Gap("deal", "7", kind, "5xx")] if kind else []))
    assert re.findall("What to do[^<]*", told) == [re.search("What to do[^<]*", told).group()]  # type: ignore[union-attr]
    assert words in told


def test_what_is_complete_does_not_speak_of_missing() -> None:
    told = shown({"user": Balance(4, 3, 0, 1, 0)}, GONE, outcome="complete")
    assert "<h1>Complete</h1>" in told and "issing" not in told
    assert "What is no loss: the source had deleted it before" in told


def test_of_a_pull_that_has_not_ended_nobody_knows_what_is_missing() -> None:
    told = shown({"deal": Balance(50, 3, 0, 0, 47)}, outcome="interrupted")
    assert "wholly or in part" not in told and "What to do" not in told


def test_every_condition_of_the_style_is_one_that_browsers_know() -> None:
    """What they cannot parse they take for “never” (Media Queries 4, section 3.2): the dark page was never dark."""
    conditions = re.findall(r"@media ([^{]*) \{", CSS)
    assert conditions and all(
        re.fullmatch(r"(screen|print)( and \([\w-]+: \w+\))*", one) for one in conditions
    )


def test_no_word_however_long_makes_the_page_wider_than_the_screen() -> None:
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", CSS)
    broken = {
        name.strip()
        for names, rule in rules
        if "overflow-wrap: anywhere" in rule
        for name in names.split(",")
    }
    assert {"td", "li", "p", "dd", "pre"} <= broken
    assert "section { overflow-x: auto; }" in CSS


def test_where_records_are_unexplained_is_told_as_people_call_it() -> None:
    told = shown({"note": Balance(9, 7, 0, 0, 2, short_at=("deal/77", "deal/78"))})
    assert "under these records: Deals 77, Deals 78." in told


def test_every_column_has_a_heading_for_who_hears_the_page_read_aloud() -> None:
    headings = re.findall("<th[^>]*>(.*?)</th>", shown({"deal": WHOLE}))
    assert len(headings) > 7 and all(headings)
