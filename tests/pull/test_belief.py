"""What is gone by the dozen, or all of it at once, may only be hidden: a person has to say that it was deleted."""

import pytest

from crmexport.pull.belief import is_few, is_little


@pytest.mark.parametrize(
    ("missing", "held", "few"),
    [
        (1, 1, True),
        (2, 2, True),
        (3, 3, False),
        (7, 7, False),
        (6, 7, True),
        (20, 21, True),
        (21, 30, False),
        (21, 300, True),
    ],
)
def test_how_many_need_no_second_word(missing: int, held: int, few: bool) -> None:
    assert is_few(missing, held) is few


@pytest.mark.parametrize(
    ("missing", "parents", "held", "little"), [(500, 2, 500, True), (500, 3, 500, False), (5, 5, 500, True)]
)
def test_what_hung_under_one_or_two_may_all_be_gone(
    missing: int, parents: int, held: int, little: bool
) -> None:
    assert is_little(missing, parents, held) is little
