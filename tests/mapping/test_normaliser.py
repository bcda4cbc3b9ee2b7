"""A mapping says everything about what a record becomes, and nothing of the record is lost on the way."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from crmexport.mapping import Normaliser
from crmexport.model import Money, Ref
from tests.mapping.support import FRAME, TOY, made, mapping_of, row

KINDS = (
    FRAME
    + "kinds:\n  Person: {ref: contact}\n  Firm: {ref: company}\n  Day: {is: date}\n  Sum: {is: money}\n"
)


def test_the_type_of_a_field_decides_how_it_is_read(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        "ignore: [id]\ndeal: {from: s, fields: {name: n, amount: m, is_draft: d, owner: o, watchers: w}}",
    )
    (deal,) = made(
        mapping,
        "deal",
        {
            "id": 1,
            "n": 5,
            "m": {"value": 1, "currency": "RUB"},
            "d": "1",
            "o": {"id": 3, "name": "Ян"},
            "w": [7, None],
        },
    )
    assert deal == {
        "source_id": "1",
        "source_url": "https://crm.example/s/1",
        "name": "5",
        "amount": Money(Decimal(1), "RUB"),
        "is_draft": True,
        "owner": Ref("user", "3", "Ян"),
        "watchers": [Ref("user", "7", "")],
    }


@pytest.mark.parametrize("empty", [None, "", [], {}, False])
def test_what_is_empty_is_left_out(tmp_path: Path, empty: object) -> None:
    mapping = mapping_of(
        tmp_path, "ignore: [id]\ndeal: {from: s, fields: {name: n, amount: m, owner: o, watchers: w}}"
    )
    (deal,) = made(mapping, "deal", {"id": 1, "n": empty, "m": empty, "o": empty, "w": empty, "more": empty})
    assert set(deal) == {"source_id", "source_url"}


def test_zero_and_no_are_not_empty_where_they_are_meant(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "deal: {from: s, fields: {probability: p, is_draft: d}}")
    (deal,) = made(mapping, "deal", {"id": 1, "p": 0, "d": False})
    assert (deal["probability"], deal["is_draft"]) == (0, False)


def test_a_link_tells_its_own_kind(tmp_path: Path) -> None:
    text = "deal: {from: s, fields: {company: {path: c, ref: company}, contact: {path: c, ref: contact}, owner: o}}"
    mapping = mapping_of(tmp_path, text, KINDS)
    person, team = {"kind": "Person", "id": "5"}, {"kind": "Team", "id": "6", "name": "Отдел"}
    (deal,) = made(mapping, "deal", {"id": 1, "c": person, "o": team})
    assert "company" not in deal
    assert deal["contact"] == Ref("contact", "5", "")
    assert deal["owner"] == Ref("Team", "6", "Отдел")


def test_a_pair_and_a_bare_id_are_links_too(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "deal: {from: s, fields: {company: c, owner: o}}")
    (deal,) = made(mapping, "deal", {"id": 1, "c": [5, "Ромашка"], "o": 7})
    assert (deal["company"], deal["owner"]) == (Ref("company", "5", "Ромашка"), Ref("user", "7", ""))
    (deal,) = made(mapping, "deal", {"id": 1, "c": [5, False]})
    assert deal["company"] == Ref("company", "5"), "a record without a title is not called False"


def test_a_link_by_stream_leads_to_what_the_stream_becomes(tmp_path: Path) -> None:
    text = """
deal: {from: s, fields: {name: n}}
note: {from: notes, fields: {parent: _parent, reply_to: {path: reply, stream: where}}}
"""
    mapping = mapping_of(tmp_path, text)
    value = {"id": 1, "_parent": {"stream": "s", "id": "9"}, "reply": 4, "where": "elsewhere"}
    (note,) = made(mapping, "note", value, stream="notes")
    assert (note["parent"], note["reply_to"]) == (Ref("deal", "9", ""), Ref("elsewhere", "4", ""))


SHARED = """
company: {from: s, where: firm, fields: {name: n}}
contact: {from: s, where: "!firm", fields: {name: n, company: {path: p, ref: company}}}
deal: {from: d, fields: {company: {path: p, ref: company}, contact: {path: p, ref: contact}}}
note: {from: d, fields: {author: {path: p, ref: [company, contact]}}}
"""


def test_a_link_by_stream_leads_to_the_id_that_the_entity_has(tmp_path: Path) -> None:
    """Two streams that each count for themselves: call 7 is not event 7."""
    text = """
activity:
  - {from: events, fields: {name: n}}
  - {from: calls, fields: {source_id: {template: "Call:{id}"}, name: n}}
file: {from: s, fields: {name: n, attached_to: owners}}
"""
    owners = [{"stream": "calls", "id": "7"}, {"stream": "events", "id": "7"}]
    (file,) = made(mapping_of(tmp_path, text), "file", {"id": 1, "n": "talk.mp3", "owners": owners})
    assert file["attached_to"] == [Ref("activity", "Call:7"), Ref("activity", "7")]


def test_entities_that_share_a_stream_are_told_apart(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, SHARED)
    rows = [row("s", {"id": 1, "n": "Ромашка", "firm": True}), row("s", {"id": 2, "n": "Анна", "p": 1})]
    deals = [row("d", {"id": 1, "p": [1, "Ромашка"]}), row("d", {"id": 2, "p": [2, "Анна"]})]
    normaliser = Normaliser(mapping, TOY, members={"company": {"1"}})
    assert [one["name"] for one in normaliser.entities(rows, "company")] == ["Ромашка"]
    assert next(normaliser.entities(rows, "contact"))["company"] == Ref("company", "1", "")
    first, second = normaliser.entities(deals, "deal")
    assert first["company"] == Ref("company", "1", "Ромашка")
    assert "contact" not in first
    assert second["contact"] == Ref("contact", "2", "Анна")
    assert "company" not in second
    authors = [one["author"].entity for one in normaliser.entities(deals, "note")]
    assert authors == ["company", "contact"]


EACH = """
line_item:
  from: s
  each: items
  fields: {source_id: no, name: n, deal: {path: $.@, ref: deal}, quantity: q, description: $.n}
"""


def test_each_item_of_a_list_becomes_an_entity(tmp_path: Path) -> None:
    frame = FRAME + "kinds:\n  Deal: {ref: deal}\n"
    mapping = mapping_of(tmp_path, EACH, frame)
    items = [{"no": 7, "n": "Стол", "q": 0.5}, None, {"n": "Стул"}]
    first, second = made(mapping, "line_item", {"id": 1, "kind": "Deal", "n": "Сделка", "items": items})
    assert first == {
        "source_id": "7",
        "name": "Стол",
        "deal": Ref("deal", "1", ""),
        "quantity": Decimal("0.5"),
        "description": "Сделка",
        "position": 1,
    }
    assert (second["source_id"], second["position"]) == ("s:1:2", 3)


def test_unique_gives_each_entity_once(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path, "tag: {from: s, each: tags, where: n, unique: true, fields: {source_id: id, name: n}}"
    )
    rows = [{"id": 1, "tags": [{"id": 5}, {"id": 5, "n": "VIP"}]}, {"id": 2, "tags": [{"id": 5, "n": "VIP"}]}]
    assert [tag["name"] for tag in made(mapping, "tag", *rows)] == ["VIP"]


def test_lists_of_small_objects(tmp_path: Path) -> None:
    text = """
company:
  from: s
  fields:
    phones: {path: "c[?t=='phone']", each: {number: v, label: l, main: m}}
    emails: {path: "[mail, mail2]", each: {address: "@"}}
    addresses: {path: "@", each: {city: town, text: {template: "{zip} {town}"}}}
"""
    mapping = mapping_of(tmp_path, text)
    contacts = [
        {"t": "phone", "v": "1", "l": "", "m": False},
        {"t": "email", "v": "x"},
        {"t": "phone", "m": True},
    ]
    value = {"id": 1, "c": contacts, "mail": "a@x.example", "mail2": False, "town": "Тверь", "zip": None}
    (company,) = made(mapping, "company", value)
    assert company["phones"] == [{"number": "1"}, {"main": True}]
    assert company["emails"] == [{"address": "a@x.example"}]
    assert company["addresses"] == [{"city": "Тверь", "text": "Тверь"}]


def test_template_default_split_join_currency_and_prefix(tmp_path: Path) -> None:
    text = """
contact:
  from: s
  fields:
    name: {template: "{last} {first}, {of.city}"}
    status: {path: st, default: new}
    type: {default: person}
    description: {path: lines, join: " / "}
    tags: {path: tags, ref: tag, prefix: "x:"}
    balance: {path: sum, currency: "cur[1]"}
"""
    mapping = mapping_of(tmp_path, text)
    value = {
        "id": 1,
        "last": "Орлов",
        "first": None,
        "of": {"city": "Уфа"},
        "lines": ["a", "", "b"],
        "tags": [3, 4],
    }
    first, second = made(mapping, "contact", {**value, "sum": 5, "cur": [1, "EUR"]}, {"id": 2, "st": "old"})
    assert first["name"] == "Орлов , Уфа"
    assert (first["status"], first["type"], second["status"]) == ("new", "person", "old")
    assert first["description"] == "a / b"
    assert first["tags"] == [Ref("tag", "x:3", ""), Ref("tag", "x:4", "")]
    assert first["balance"] == Money(Decimal(5), "EUR")
    assert not {"name", "balance", "tags"} & set(second)


@pytest.mark.parametrize(
    ("mails", "addresses"),
    [
        ([{"v": "a@x", "m": True}, "b@x , a@x,,c@x", "b@x"], ["a@x!", "b@x", "c@x"]),
        ("d@x,e@x", ["d@x", "e@x"]),
        ({"v": "f@x,g@x"}, ["f@x,g@x"]),
        (" , ", []),
    ],
)
def test_a_text_of_several_is_cut_and_what_an_object_tells_is_not_told_again(
    tmp_path: Path, mails: object, addresses: list[str]
) -> None:
    rule = '{path: e, split: ",", each: {address: v || @, main: m}}'
    mapping = mapping_of(tmp_path, f"contact: {{from: s, fields: {{emails: {rule}}}}}")
    (contact,) = made(mapping, "contact", {"id": 1, "e": mails})
    told = [one["address"] + "!" * one.get("main", False) for one in contact.get("emails", [])]
    assert told == addresses


@pytest.mark.parametrize(("raw", "name"), [("ph_m-7", "m"), ("ph_", None), ("7", None), ({}, None)])
def test_of_a_text_only_what_matches_is_read(tmp_path: Path, raw: object, name: str | None) -> None:
    mapping = mapping_of(tmp_path, "deal: {from: s, fields: {name: {path: n, match: '^ph_([a-z]*)'}}}")
    (deal,) = made(mapping, "deal", {"id": 1, "n": raw})
    assert deal.get("name") == name


def test_only_makes_just_those_fields_and_counts_nothing(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "deal: {from: s, fields: {source_id: no, name: n, amount: m}}")
    normaliser = Normaliser(mapping, TOY)
    rows = [row("s", {"id": 1, "no": 5, "n": "x", "m": 1, "other": "y"})]
    assert list(normaliser.entities(rows, "deal", {"name"})) == [{"source_id": "5", "name": "x"}]
    assert not normaliser.coverage.entities


def test_what_no_rule_names_is_carried_and_counted(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path, "ignore: [id, noise*]\ndeal: {from: s, ignore: [other], fields: {name: n.title}}", KINDS
    )
    day = {"kind": "Day", "year": 2025, "month": 10, "day": 3}
    value = {
        "id": 1,
        "n": {"title": "x", "rest": 1},
        "noise1": 5,
        "other": 6,
        "flag": False,
        "left": "a",
        "day": day,
    }
    normaliser = Normaliser(mapping, TOY)
    rows = [row("s", value), row("s", {**value, "left": "b"})]
    deal = next(normaliser.entities(rows, "deal"))
    assert deal["custom"] == {"left": "a", "day": date(2025, 10, 3)}
    list(normaliser.entities(rows, "deal"))
    coverage = normaliser.coverage.streams["s"]
    assert coverage.mapped == {"n"}
    assert coverage.ignored == {"id", "noise1", "other"}
    assert {name: (one.count, one.samples) for name, one in coverage.unmapped.items() if name == "left"} == {
        "left": (3, ["a", "b"])
    }


def test_fields_of_another_block_of_the_stream_are_not_carried(tmp_path: Path) -> None:
    text = """
ignore: [id]
note: {from: s, fields: {text: t}}
time_entry: {from: s, where: w, custom: none, fields: {minutes: w, text: t}}
"""
    mapping = mapping_of(tmp_path, text)
    (note,) = made(mapping, "note", {"id": 1, "t": "a", "w": 120, "x": "more"})
    (entry,) = made(mapping, "time_entry", {"id": 1, "t": "a", "w": 120, "x": "more"})
    assert note["custom"] == {"x": "more"}
    assert "custom" not in entry
    assert mapping.entities_of_stream["s"] == ["note"]


def test_what_only_the_other_kind_of_a_shared_stream_reads_or_ignores_is_carried(tmp_path: Path) -> None:
    """A person with the number of a register, a firm with a position: no record of theirs meets the block that knows these."""
    mapping = mapping_of(
        tmp_path,
        """
ignore: [id]
company: {from: s, where: firm, ignore: [spouse], fields: {name: n, ogrn: registry}}
contact: {from: s, where: "!firm", ignore: [shares], fields: {name: n || full, position: job}}
""",
    )
    value = {"id": 1, "n": "A", "full": "A B", "registry": "5", "job": "J", "spouse": "S", "shares": "3"}
    (company,) = made(mapping, "company", {**value, "firm": True})
    (contact,) = made(mapping, "contact", value)
    assert company["custom"] == {"full": "A B", "job": "J", "shares": "3"}
    assert contact["custom"] == {"full": "A B", "registry": "5", "spouse": "S"}


CHANGES = """
ignore: [id]
change:
  - {from: s, each: c, where: "!who", custom: items, fields: &c {author: $.who, field: f, kind: $.k}}
  - {from: s, each: c, where: who, custom: items, fields: {<<: *c, author: who}}
  - {from: s, where: "!c", fields: {author: who, text: t, kind: k}}
"""


def test_items_carry_what_no_rule_names_of_them_and_of_their_record(tmp_path: Path) -> None:
    """Another block of the stream reads `t` of whole records: of one that is taken to pieces it is carried all the same."""
    mapping = mapping_of(tmp_path, CHANGES)
    items = [{"f": "a", "x": 1}, {"f": "b", "who": 8, "t": "own"}, "in words", {"id": 5}]
    rows = [row("s", {"id": 1, "who": 7, "k": "edit", "t": "T", "x": 2, "c": items})]
    normaliser = Normaliser(mapping, TOY)
    carried = {
        one["source_id"]: (one["author"].id, one["custom"]) for one in normaliser.entities(rows, "change")
    }
    assert carried == {
        "s:1:0": ("7", {"$.x": 2, "t": "T", "x": 1}),
        "s:1:1": ("8", {"x": 2, "$.t": "T", "t": "own"}),
        "s:1:2": ("7", {"x": 2, "t": "T", "c": "in words"}),
        "s:1:3": ("7", {"x": 2, "t": "T"}),
    }
    unmapped = normaliser.coverage.streams["s.c"].unmapped
    assert {name: one.count for name, one in unmapped.items()} == {"x": 1, "t": 1, "c": 1}


def test_an_item_may_carry_its_own_rest_alone(tmp_path: Path) -> None:
    mapping = mapping_of(
        tmp_path,
        """
ignore: [id]
deal: {from: s, fields: {name: n}}
line_item: {from: s, each: c, custom: item, fields: {name: f, deal: $.@}}
""",
    )
    record = {"id": 1, "n": "N", "x": 2, "c": [{"f": "a", "x": 1}, {"f": "b"}]}
    (deal,) = made(mapping, "deal", record)
    first, second = made(mapping, "line_item", record)
    assert deal["custom"] == {"x": 2}
    assert first["custom"] == {"x": 1} and "custom" not in second


def test_a_record_without_items_is_one_entity(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, CHANGES)
    (change,) = made(mapping, "change", {"id": 1, "who": 7, "t": "T", "x": 2, "c": []})
    assert (change["source_id"], change["text"], change["custom"]) == ("1", "T", {"x": 2})
    (again,) = Normaliser(mapping, TOY).entities([row("s", {"id": 1, "t": "T"})], "change", {"text"})
    assert again == {"source_id": "1", "text": "T"}


def test_what_cannot_be_read_is_carried_as_it_is_and_counted(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "ignore: [id]\ntask: {from: s, fields: {deadline: d.end, name: n}}")
    normaliser = Normaliser(mapping, TOY)
    rows = [row("s", {"id": 1, "d": {"end": "как-нибудь"}, "n": "x"})]
    (task,) = normaliser.entities(rows, "task")
    assert "deadline" not in task
    assert task["custom"] == {"d.end": "как-нибудь"}
    assert normaliser.coverage.unreadable["task.deadline"].samples == ["как-нибудь"]


def test_unknown_words_of_a_choice_are_kept_and_counted(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "deal: {from: s, fields: {result: {path: r, map: {good: won}}}}")
    normaliser = Normaliser(mapping, TOY)
    rows = [row("s", {"id": 1, "r": "good"}), row("s", {"id": 2, "r": "strange"})]
    assert [deal["result"] for deal in normaliser.entities(rows, "deal")] == ["won", "strange"]
    assert normaliser.coverage.unknown_choices == {"deal.result": {"strange": 1}}


def test_made_entities_and_their_filled_fields_are_counted(tmp_path: Path) -> None:
    mapping = mapping_of(tmp_path, "deal: {from: s, fields: {name: n}}")
    normaliser = Normaliser(mapping, TOY)
    list(normaliser.entities([row("s", {"id": 1, "n": "x"}), row("s", {"id": 2})], "deal"))
    assert normaliser.coverage.entities == {"deal": 2}
    assert normaliser.coverage.filled["deal"]["name"] == 1
