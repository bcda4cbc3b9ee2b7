"""The walk through all ids."""

from crmexport_megaplan import Megaplan

from crmexport.source import Account


def test_the_longest_list_begins_first() -> None:
    """Else its pages are asked one by one when all others have ended, and the permitted rate is not used."""
    asked = sorted(Megaplan(Account("https://x.megaplan.ru")).sweep(), key=lambda one: -one.worth)
    assert [one.stream for one in asked][:2] == ["program", "task"], "schemes lead to the lists of deals"
