"""What an option asks for besides: only the history is worth asking for everything once more."""

from typing import Any

import pytest
from crmexport_megaplan.about import MegaplanOptions
from crmexport_megaplan.v1.about import V1Options


@pytest.mark.parametrize("kind", [MegaplanOptions, V1Options])
@pytest.mark.parametrize(
    ("before", "now", "more"),
    [
        ({"history": False}, {"history": True}, True),
        ({"history": True}, {"history": False}, False),
        ({"history": True}, {"history": True, "zone": "Europe/Moscow"}, False),
        ({}, {}, False),
    ],
)
def test_only_the_history_asks_for_more(kind: Any, before: Any, now: Any, more: bool) -> None:
    assert kind(**now).asks_more(kind(**before)) is more
