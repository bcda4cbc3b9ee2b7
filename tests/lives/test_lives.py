"""Three sources are lived with at random: people work between any two answers, servers fail, processes are killed, lists are refused.

After each pull the archive is as promised (see `lived.py`); after two undisturbed ones it is the account, and nothing is missing.
"""

import gc
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lives import odoo, v1, v3
from tests.lives.life import MASS, Deed, Life, Night, Trouble, life
from tests.lives.lived import Living, least, lived

FIRST = int(os.environ.get("CRMEXPORT_LIVES_FROM", "0"))
"""The first hundred of lives of the long form: whoever has lived these can live others."""
Make = Callable[[Path, Life], Living]
SOURCES: dict[str, tuple[Make, tuple[object, ...]]] = {
    "odoo": (odoo.firm, (odoo.HABITS, odoo.WHAT, odoo.REFUSABLE, odoo.CLOSABLE)),
    "megaplan": (v3.company, (v3.HABITS, v3.WHAT, v3.REFUSABLE, v3.CLOSABLE)),
    "megaplan_v1": (v1.company, (v1.HABITS, v1.WHAT, v1.REFUSABLE, v1.CLOSABLE)),
}
WERE_WRONG = {
    "contacts are merged when a sweep has seen the message that hung on one, and not yet that this one is gone": (
        odoo.firm,
        Life(
            None,
            60.0,
            [
                Night(
                    False,
                    [
                        Deed(46, "merge", 6, True),
                        Deed(100, "comment", 29, True),
                        Deed(106, "merge", 51, True),
                    ],
                ),
                Night(False, [Deed(94, "merge", 13, False)], days=1),
            ],
        ),
    ),
    "the definitions of extra fields and the deals that did without come both in a later pull": (
        v1.company,
        Life(None, 900.0, [Night(False, closed="/Deal/")]),
    ),
    "lists under records were read to their ends, the pull was killed, and a full one is refused them": (
        v3.company,
        Life(None, 900.0, [Night(False), Night(False, killed=40), Night(True, refused="/extraField")]),
    ),
    "of two clients who are merged into a third, one had been merged into the other": (
        v3.company,
        Life(
            None,
            900.0,
            [
                Night(False, [Deed(132, "create", 2, True)], days=1),
                Night(False, [Deed(14, "merge", 14, False), Deed(14, "merge", 34, False)], days=1),
            ],
        ),
    ),
    "the first question of a pull, from which all others follow, was lost, and changes were older than the next pull looks back": (
        odoo.firm,
        Life(
            None,
            900.0,
            [Night(False, after=[Deed(151, MASS, 52, True)]), Night(False, troubles=[Trouble(2, "cut", 40)])],
        ),
    ),
    "the definitions of extra fields were lost, and changes were older than the next pull looks back": (
        v1.company,
        Life(None, 60.0, [Night(False, after=[Deed(0, MASS, 0, True)]), Night(False, closed="/Task/")]),
    ),
    "the list of what is in the bin was lost, and all that it shows had gone there since": (
        v1.company,
        Life(
            None,
            900.0,
            [
                Night(False, refused="DroppedOnly"),
                Night(False, [Deed(34, "bin", 42, False), Deed(38, "bin", 40, True)]),
            ],
        ),
    ),
    "a message went over to another lead and the first was deleted, while messages could not be had": (
        odoo.firm,
        Life(
            None,
            60.0,
            [
                Night(False, [Deed(139, "comment", 26, False)], days=1),
                Night(
                    True,
                    [Deed(5, "comment", 31, False), Deed(5, "move", 46, True), Deed(11, "delete", 0, False)],
                    closed="/mail.message/",
                ),
            ],
            True,
        ),
    ),
    "another look at the bytes of pictures that are held was refused": (
        v3.company,
        Life(None, 900.0, [Night(False), Night(True, refused="/attach")]),
    ),
    "files were refused, and a comment on which one hung is deleted before all is asked for once more": (
        v3.company,
        Life(None, 900.0, [Night(False, refused="/attach"), Night(True, [Deed(0, "comment", 15, False)])]),
    ),
    "a comment is deleted before a list of tasks that was lost comes, the only one of its task": (
        v3.company,
        Life(
            None,
            900.0,
            [
                Night(False, refused="/extraField", days=1),
                Night(False, [Deed(13, "comment", 18, False)], days=1),
            ],
        ),
    ),
    "the numbers of all leads are owed, and a field is made before their whole list is due for it": (
        odoo.firm,
        Life(
            None,
            900.0,
            [Night(False, refused="/crm.lead/search_read"), Night(False, [Deed(12, "field", 25, True)])],
        ),
    ),
    "the first question for a card tells of a field that is new since its list was looked at": (
        odoo.firm,
        Life(
            None,
            900.0,
            [
                Night(False, [Deed(96, "field", 19, False)]),
                Night(False, [Deed(84, "delete", 58, True), Deed(113, "field", 27, True)], days=1),
            ],
        ),
    ),
    "a lead is changed on the night when its model is not there": (
        odoo.firm,
        Life(
            None,
            900.0,
            [
                Night(False),
                Night(False, [Deed(3, "comment", 1, True), Deed(6, "change", 0, False)], closed="/crm.lead/"),
            ],
        ),
    ),
    "there are two events when their model is not there": (
        odoo.firm,
        Life(
            None, 900.0, [Night(False, [Deed(0, "delete", 4, True)]), Night(False, closed="/calendar.event/")]
        ),
    ),
    "cards of events are not there, and after them their list, which a pull that was stopped had begun to read": (
        v3.company,
        Life(
            "lot 9",
            60.0,
            [
                Night(False, troubles=[Trouble(56, "401", 40)]),
                Night(False, closed="todo"),
                Night(False, days=1),
            ],
        ),
    ),
    "definitions of fields are held, a full pull is refused them and the tasks that waited for them, and both come later": (
        v1.company,
        Life(None, 900.0, [Night(False, killed=20), Night(True, closed="/Task/", days=1)]),
    ),
    "a field of clients is new, and their list, which cannot name any, shows nothing new": (
        v3.company,
        Life("extra fields by card", 60.0, [Night(False), Night(False, [Deed(0, "field", 8, True)])]),
    ),
    "a field of people is new, whose list is the same question among changes as for everything": (
        v3.company,
        Life("extra fields by card", 60.0, [Night(False), Night(False, [Deed(0, "field", 9, True)])]),
    ),
    "a history that shows its changes in part comes in one batch with a change's own card, and after it": (
        v3.company,
        Life("lot 14", 60.0, [Night(False, closed="task", days=1)]),
    ),
    "what lists hide is not there while its module is closed, and no sweep is due when that opens": (
        v3.company,
        Life("lot 11", 1.0, [Night(False), Night(False, closed="todo", days=1)]),
    ),
    "what lists hid is not there while its module is closed, and its list shows it when that opens": (
        v3.company,
        Life(
            "lot 3",
            900.0,
            [Night(False), Night(False, [Deed(0, "bin", 17, False)]), Night(False, closed="todo", days=8)],
        ),
    ),
    "a comment is shown by itself, and where it hangs may neither be listed nor looked at": (
        v3.company,
        Life(None, 900.0, [Night(False, refused="/deal?", closed="deal", days=1)], True),
    ),
    "what lists hide may not be looked at, the list is refused in other words, and no sweep is due when both come": (
        v3.company,
        Life("lot 11", 900.0, [Night(False, refused="/todo?", closed="todo", days=1)]),
    ),
    "a file was named and not yet asked for when a pull was killed, and its deal, which cannot be had at first, names another": (
        v1.company,
        Life(
            None,
            1.0,
            [
                Night(False, killed=99, days=1),
                Night(True, [Deed(20, "attach", 36, True)], closed="/Deal/"),
            ],
        ),
    ),
}


def wrong(source: str, seed: int) -> list[str]:
    make, kinds = SOURCES[source]
    return [f"{seed}: {line}" for line in least(make, life(seed, *kinds))]  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("source", SOURCES)
def test_the_archive_is_the_account(source: str, seed: int) -> None:
    assert wrong(source, seed) == []


@pytest.mark.parametrize("what", WERE_WRONG)
def test_lives_that_were_wrong_are_right(what: str) -> None:
    make, lived_so = WERE_WRONG[what]
    assert lived(make, lived_so) == []


@pytest.mark.soak
@pytest.mark.parametrize("hundred", range(FIRST, FIRST + 6))
@pytest.mark.parametrize("source", SOURCES)
def test_the_archive_is_the_account_in_many_lives(source: str, hundred: int) -> None:
    found = []
    for seed in range(100 * hundred, 100 * hundred + 100):
        found += wrong(source, seed)
        if seed % 10 == 9:
            gc.collect()  # each pull keeps the collector from its work, and a thousand of them would fill the memory
    assert found == []
