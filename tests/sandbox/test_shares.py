"""Children are dealt to owners by arithmetic: everyone finds the same, both ways, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmexport.sandbox.shares import Shares

patterns = st.lists(st.integers(0, 9), min_size=1, max_size=12).filter(lambda pattern: pattern[0] > 0)


@given(st.integers(1, 300), st.integers(1, 90), patterns)
def test_every_child_has_one_owner_and_is_found_from_both_sides(
    total: int, owners: int, pattern: list[int]
) -> None:
    shares = Shares(total, owners, pattern)
    dealt = [child for owner in range(owners) for child in shares.of(owner)]
    assert dealt == list(range(total))
    assert all(child in shares.of(shares.owner(child)) for child in dealt)


def test_an_owner_of_weight_zero_gets_nothing() -> None:
    shares = Shares(100, 10, (0, 1, 3))
    assert [len(shares.of(owner)) for owner in (0, 3, 6, 9)] == [0, 0, 0, 0]
    assert len(shares.of(2)) > len(shares.of(1)) > 0


def test_children_without_any_owner_are_an_error() -> None:
    with pytest.raises(ValueError, match="nobody"):
        Shares(5, 1, (0, 1))
