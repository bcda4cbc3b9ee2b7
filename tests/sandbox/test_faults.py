"""Failures strike the requests that they were ordered for, so often and no more."""

from crmexport.sandbox import faults
from crmexport.sandbox.exchange import Asked
from crmexport.sandbox.faults import Faults


def struck(orders: Faults, paths: str) -> str:
    """One letter a request: x where a fault struck."""
    return "".join("x" if orders.due(Asked("GET", f"/{path}")) else path for path in paths)


def test_the_next_request_is_struck_once() -> None:
    orders = Faults()
    orders.add(faults.broken())
    assert struck(orders, "abc") == "xbc"


def test_a_fault_waits_for_its_request() -> None:
    orders = Faults()
    orders.add(faults.broken(), nth=3, times=2)
    assert struck(orders, "abcde") == "abxxe"


def test_a_fault_for_ever_strikes_all_that_match() -> None:
    orders = Faults()
    orders.add(faults.empty(), path="^/[bd]", times=None)
    assert struck(orders, "abcdb") == "axcxx"


def test_a_function_may_choose() -> None:
    orders = Faults()
    orders.add(faults.empty(), path=lambda asked: asked.path == "/c")
    assert struck(orders, "acc") == "axc"


def test_what_happened_is_remembered_until_cleared() -> None:
    orders = Faults()
    orders.add(faults.login_page(), path="b")
    struck(orders, "ab")
    assert orders.happened == [("login page", "/b")]
    orders.clear()
    assert orders.happened == []
    assert struck(orders, "b") == "b"
