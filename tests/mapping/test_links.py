"""A link in any of its forms leads to the entity that it tells of, or else to the one that is expected; and to no other."""

from pathlib import Path

import pytest

from crmexport.mapping.links import Links
from crmexport.model import Ref
from tests.mapping.support import mapping_of

MAPPING = """
kinds: {Firm: {ref: company}, Deal: {ref: deal}, Person: {ref: user}}
company: {from: partner, where: firm, fields: {name: n}}
contact: {from: partner, where: "!firm", fields: {name: n}}
deal: {from: lead, fields: {name: n}}
user: {from: people, fields: {name: n}}
"""


@pytest.fixture
def links(tmp_path: Path) -> Links:
    return Links(mapping_of(tmp_path, MAPPING), {"company": {"1"}}, {("user", "name"): {"Anna": "7"}})


@pytest.mark.parametrize(
    ("value", "ref"),
    [
        (4, Ref("deal", "4", "")),
        ([4, "Big one"], Ref("deal", "4", "Big one")),
        ([4, False], Ref("deal", "4", "")),
        ([], None),
        ({"id": 4, "name": "Big one"}, Ref("deal", "4", "Big one")),
        ({"id": 4, "name": 5}, Ref("deal", "4", "")),
        ({"id": 4, "kind": "Person", "name": "Anna"}, Ref("user", "4", "Anna")),
        ({"id": 4, "kind": "Rocket"}, Ref("Rocket", "4", "")),
        ({"stream": "people", "id": 7, "title": "Anna"}, Ref("user", "7", "Anna")),
        ({"stream": "rockets", "id": 7}, Ref("rockets", "7", "")),
        ({"id": None, "kind": "Person"}, None),
        ({"id": "", "kind": "Person"}, None),
        ({"kind": "Person"}, None),
    ],
)
def test_a_link_leads_to_what_it_tells_of_before_what_is_expected(
    links: Links, value: object, ref: Ref | None
) -> None:
    assert links.to_ref(["deal"])(value) == ref
    is_expected = ref is not None and ref.entity == "deal"
    assert links.to_ref(["deal"], strict=True)(value) == (ref if is_expected else None)


@pytest.mark.parametrize(
    ("value", "ref"),
    [
        ([4, "Big one"], Ref("", "4", "Big one")),
        ({"id": 4, "name": "Big one"}, Ref("", "4", "Big one")),
        ({"id": 4, "kind": "Deal"}, Ref("deal", "4", "")),
        ({"stream": "lead", "id": 4}, Ref("deal", "4", "")),
        ({"stream": "lead", "id": None}, None),
        ({"stream": None, "id": None}, None),
        ({"stream": "", "id": 4, "title": "Big one"}, Ref("", "4", "Big one")),
        ({"stream": False, "id": 0}, None),
    ],
)
def test_where_none_is_expected_a_link_tells_itself_where_it_leads(
    links: Links, value: object, ref: Ref | None
) -> None:
    assert links.to_ref([])(value) == ref


@pytest.mark.parametrize("value", [4, "4", [4, False], {"id": 4}, {"stream": None, "id": 4}])
def test_a_link_that_leads_nowhere_cannot_be_read(links: Links, value: object) -> None:
    """As an id of no kind it would look like a link that arrived."""
    with pytest.raises(ValueError, match="4"):
        links.to_ref([])(value)


@pytest.mark.parametrize(
    ("value", "ref"),
    [
        (1, Ref("company", "1", "")),
        ([2, "Anna"], Ref("contact", "2", "Anna")),
        ({"id": 2, "kind": "Firm"}, Ref("contact", "2", "")),
        ({"id": 1, "kind": "Person"}, None),
        ({"id": None}, None),
        ({"stream": "partner", "id": "1"}, Ref("company", "1", "")),
    ],
)
def test_of_those_that_share_a_stream_it_leads_to_the_one_that_the_record_is(
    links: Links, value: object, ref: Ref | None
) -> None:
    """A link that tells another kind has nothing to do with their numbers."""
    assert links.to_ref(["contact", "company"])(value) == ref
    alone = links.to_ref(["company"])(value)
    assert alone == (ref if ref is not None and ref.entity == "company" else None)


def test_one_that_is_expected_beside_them_is_no_other(links: Links) -> None:
    read = links.to_ref(["company", "user"])
    assert read({"id": 1, "kind": "Person"}) == Ref("user", "1", "")
    assert read({"id": 2, "kind": "Firm"}) is None


def test_a_name_leads_to_whom_it_belongs_and_one_of_nobody_cannot_be_read(links: Links) -> None:
    read = links.to_ref_by("name", ["user"])
    assert (read("Anna"), read(["7", "Anna"])) == (Ref("user", "7", ""), Ref("user", "7", "Anna"))
    assert read({"id": 7, "kind": "Deal"}) is None
    with pytest.raises(ValueError, match="Boris"):
        read("Boris")
    with pytest.raises(ValueError, match="Anna"):
        links.to_ref_by("email", ["user"])("Anna")
