"""What is not on the list of reads is not sent, however it is dressed."""

import re

import pytest

from crmexport.source import ReadRule, Request
from crmexport.transport.guard import is_read

READS = (ReadRule("GET", re.compile(r"/deals/\d+")),)


def test_only_what_is_declared_is_read() -> None:
    assert is_read(READS, Request("deal", "/deals/5?fields=name", headers={"Accept": "application/json"}))
    assert not is_read(READS, Request("deal", "/deals/5", method="DELETE"))
    assert not is_read(READS, Request("deal", "/deals/5/close"))


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "x-http-method", "X-Method-Override"])
def test_no_header_makes_another_method_of_it(header: str) -> None:
    assert not is_read(READS, Request("deal", "/deals/5", headers={header: "DELETE"}))
