"""A compiled path means exactly what JMESPath means by it, and knows the fields of the record it reads."""

from decimal import Decimal
from typing import Any

import jmespath
import pytest

from crmexport.mapping.paths import compile_path

RECORD: dict[str, Any] = {
    "id": "7",
    "zero": 0,
    "no": False,
    "empty": "",
    "none": None,
    "owner": {"id": "3", "name": "Пётр", "boss": {"id": "4"}},
    "list": [
        {"kind": "phone", "value": "1"},
        {"kind": "email", "value": "2"},
        {"kind": {"id": "x"}},
        None,
        "text",
    ],
    "nested": [[{"a": 1}], [{"a": 2}]],
}
PATHS = [
    "id", "owner.name", "owner.boss.id", "owner.boss.id.more", "list[0]", "list[-1]", "list[9]", "list[0].value",
    "list[*]", "list[*].value", "list[?kind=='phone']", "list[?kind=='phone'].value", "list[?kind == 'email'].value",
    "list[?kind!='phone']", "list[?kind!='phone' && value=='2'].value", "list[?kind=='a' && value=='1']", "[id, zero]",
    "[owner.name, missing]", "!missing", "!id", "!zero", "!owner.name", "! no", "!(id && no)",
    "list[?kind=='phone'][0]", "nested[0][0].a", "nested[*][0].a", "nested[*][*].a", "owner[*].id", "owner[0]",
    "empty || id", "none || no", "zero || id", "no || empty || none", "missing || owner.name", "@", "missing.more",
    "length(list)", "list[].value", "owner.{a: id, b: name}", "[id, zero]", "list[?kind!='phone'] | [0]", "id && zero",
    "list[0:2].value", "!no", '"id"', "owner.*", "[list, nested][]", "(zero > `0` || no) && id", "zero > `-1` && !empty",
    "nested > `1`", "id >= '7' && owner.id", "no < `1`", "zero == `0` && !none", "no == `0`", "zero == no", "id != owner.id && owner",
    "id != '7' && owner", "[owner][?id] | [0]", "[missing][?id] | [0]", "list[?kind].value | [0]", "list[?value == '2'].kind",
    "owner[?id]", "missing == missing && 'both' || 'one'", "!zero && 'a' || !empty && 'b'", "contains(id, '7') && owner.name",
    "max_by(nested[*][0], &a).a", "missing.[a, b]", "list[?kind > 'o'].value", "@ && id && @.zero", "owner[] | [0]", "list[-9] || list[0] | value",
    "missing != 'x' && id", "none != zero && id", "list[-5].value", "list[-6]", "zero < missing", "zero < owner",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_path_means_what_jmespath_means(path: str) -> None:
    assert compile_path(path).get(RECORD) == jmespath.search(path, RECORD)


@pytest.mark.parametrize("node", [None, [], "text", 5])
def test_a_node_of_another_kind_has_nothing(node: object) -> None:
    for path in ("a", "a.b", "a[0]", "a[*].b", "a[?b=='c']"):
        assert compile_path(path).get(node) is None


@pytest.mark.parametrize(
    ("path", "tops"),
    [
        ("a.b", {"a"}),
        ("a[?b=='c'].d", {"a"}),
        ("a.b || c[0]", {"a", "c"}),
        ("a[?b!='c'].d | [0]", {"a"}),
        ("length(a.b)", {"a"}),
        ("{x: a.b, y: c}", {"a", "c"}),
        ("a && !b.c", {"a", "b"}),
        ("@.a", {"a"}),
        ("map(&x, a)", {"a"}),
        ("a[].b", {"a"}),
        ("a[0].b", {"a"}),
        ("a.*.b", {"a"}),
        ("a | b", {"a"}),
        ("@", set()),
    ],
)
def test_a_path_knows_the_fields_it_begins_with(path: str, tops: set[str]) -> None:
    assert compile_path(path).tops == tops


def test_numbers_of_every_kind_are_in_order() -> None:
    """A fraction of a record is exact, and JMESPath itself knows no such numbers."""
    assert compile_path("a > `1`").get({"a": Decimal("1.5")}) is True
    assert compile_path("a > `1`").get({"a": True}) is None


def test_a_dollar_begins_at_the_whole_record() -> None:
    path = compile_path("$.owner.id")
    assert path.whole
    assert path.get(RECORD) == "3"
    assert not compile_path("owner.id").whole


@pytest.mark.parametrize("path", ["a..b", "a.", "", "a[", "a b", "nothing(a)", "length(nothing(a))"])
def test_what_is_no_path_is_a_sentence(path: str) -> None:
    with pytest.raises(ValueError, match="“"):
        compile_path(path).get(RECORD)


def test_a_function_on_the_wrong_kind_of_value_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="length"):
        compile_path("length(zero)").get(RECORD)
