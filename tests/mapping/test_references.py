"""Names that thousands share are told apart as fast as others, in files that go on from earlier ones, too."""

import time

from crmexport.mapping.to import scratch
from crmexport.mapping.to.references import References

MANY = 3000


def test_thousands_of_one_name_cost_no_time_in_what_is_new() -> None:
    deals = [{"source_id": str(number), "name": "New deal"} for number in range(MANY)]
    with scratch() as database:
        references = References(database)
        references.fill("deal", deals, ["name"], {"deal.name": lambda deal: str(deal["name"])})
        later = references.going_on(lambda kind, id: 0)
        begun = time.monotonic()
        assert all(later.is_marked("deal.name", str(number), "new deal") for number in range(MANY))
        assert time.monotonic() - begun < 2


def steps_to_tell_apart(many: int) -> int:
    """What SQLite does to tell as many who are there from as many of the same name who are gone, and were there before them."""
    people = [
        {"source_id": f"{number:06}", "name": "No name", "is_deleted": number < many}
        for number in range(2 * many)
    ]
    steps = [0]

    def step() -> int:
        steps[0] += 1
        return 0

    with scratch() as database:
        references = References(database)
        references.fill(
            "contact", people, ["name", "is_deleted"], {"contact.name": lambda one: str(one["name"])}
        )
        database.set_progress_handler(step, 1)
        assert all(references.is_shared("contact.name", one["source_id"], "no name") for one in people[many:])
    return steps[0]


def test_those_who_are_gone_cost_no_time_where_thousands_have_one_name() -> None:
    assert steps_to_tell_apart(1200) < 5 * steps_to_tell_apart(300)
