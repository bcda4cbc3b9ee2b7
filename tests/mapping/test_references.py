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
