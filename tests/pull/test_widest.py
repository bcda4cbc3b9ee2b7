"""A list that is refused night after night is asked for once more since the first of them, and not once for each."""

from pathlib import Path

import pytest
from crmexport_megaplan.sandbox import MegaplanSandbox

from crmexport.pull.widest import widest
from crmexport.source import Request
from tests.faults.holding import wrong
from tests.faults.kinds import WAYS
from tests.megaplan.nightly import Nightly

FIRST, LATER = "2026-11-01T02:00:00+00:00", "2026-11-02T02:00:00+00:00"
ASKED = Request(
    "deal", f"/deal?since={FIRST}", context={"list": "deal", "since": FIRST, "page": {"at": FIRST, "from": 0}}
)
SAME = ASKED.replace(path=f"/deal?since={LATER}", context={"list": "deal", "since": LATER, "page": {"at": LATER, "from": 0}})  # fmt: skip


def test_the_earliest_of_questions_that_differ_in_the_moment_alone_stands_for_all() -> None:
    assert widest([ASKED, SAME]) == widest([SAME, ASKED]) == [ASKED]
    assert widest([]) == []


@pytest.mark.parametrize(
    "other",
    [
        SAME.replace(
            path=f"/deal?names=Category&since={LATER}"
        ),  # it names a field that the first did not know
        SAME.replace(context={**SAME.context, "page": {"at": LATER, "from": 100}}),
        SAME.replace(context={**SAME.context, "list": "another"}),
        SAME.replace(goes_on=True),
        SAME.replace(owed=7),
        SAME.replace(context={"list": "deal"}),
        SAME.replace(stream="task", subject=("task", "")),
    ],
)
def test_questions_that_differ_otherwise_are_all_asked(other: Request) -> None:
    assert widest([ASKED, other]) == [ASKED, other]


def test_moments_may_stand_anywhere_in_what_a_question_carries() -> None:
    night, later = (
        ASKED.replace(context={"since": at, "left": [["changed", at], ("page", 5)]}) for at in (FIRST, LATER)
    )
    assert widest([later, night]) == [night]
    other = later.replace(context={**later.context, "left": [["changed", LATER], ("page", 6)]})
    assert widest([night, other]) == [night, other]


def test_what_is_owed_is_not_dropped_for_the_same_question_that_is_not() -> None:
    """It asks for no moment, was lost in a pass for changes, and then in one that reaches behind another person's."""
    asked = ASKED.replace(context={"of": ["deal", "5"]})
    assert widest([asked, asked.replace(owed=7), asked]) == [asked, asked.replace(owed=7)]


def test_nights_of_a_refused_list_cost_no_more_and_more(tmp_path: Path) -> None:
    office = Nightly(tmp_path / "archive", MegaplanSandbox(cards=30, tasks=20, comments=30))
    refused = ["/deal", "/task"]
    office.adapter.strikes.append(
        lambda _number, asked, line: (
            WAYS["403"](asked, line) if any(map(asked.path.endswith, refused)) else None
        )
    )
    refused.clear()
    assert office.pulled().complete
    refused += ["/deal", "/task"]
    deals, asked = [line["id"] for line in office.box.truth(["deal"])], []
    for night in range(6):
        office.box.edits.change("deal", deals[night], name=f"ночь {night}")
        asked.append(office.pulled().requests)
    assert max(asked[3:]) == min(asked[3:]), asked
    refused.clear()
    assert office.pulled().complete
    assert wrong(office.folder, office.box) == []
