"""The walk through all ids."""

from crmexport_megaplan import Megaplan
from crmexport_megaplan.lists import AT_LAST, first_page
from crmexport_megaplan.papers import STORAGE

from crmexport.source import Account


def test_the_longest_list_begins_first() -> None:
    """Else its pages are asked one by one when all others have ended, and the permitted rate is not used."""
    asked = sorted(Megaplan(Account("https://x.megaplan.ru")).sweep(), key=lambda one: -one.worth)
    assert [one.stream for one in asked][:2] == ["program", "task"], "schemes lead to the lists of deals"


def test_in_a_look_for_changes_the_lists_that_are_read_whole_begin_first() -> None:
    """For the same reason. In a first pass clients and deals come first, in case the account closes."""
    since = "2026-11-30T00:00:00+00:00"
    assert first_page("todo").worth < first_page("deal").worth < first_page("todo", since).worth
    assert first_page("deal", since).worth == first_page("deal").worth
    assert first_page(STORAGE, since).worth == AT_LAST, "after all files that are known otherwise"
