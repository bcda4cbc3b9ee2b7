"""Whatever is named in a from-mapping exists; what does not is told with its line and the nearest word, all at once."""

from pathlib import Path

import pytest
from crmexport_megaplan.about import STREAMS as MEGAPLAN
from crmexport_megaplan.v1.about import STREAMS as MEGAPLAN_V1
from crmexport_odoo.models import STREAMS as ODOO
from pydantic import BaseModel

from crmexport.errors import ConfigurationError, ExitCode
from crmexport.mapping import load_source_mapping, mapping_file, mapping_names
from crmexport.mapping.grammar import Block, Definitions, Frame, ListedFields, Rule
from crmexport.mapping.transforms import TRANSFORMS


def refused(folder: Path, text: str, streams: list[str] | None = None) -> list[str]:
    path = folder / "toy.yaml"
    path.write_text("source: toy\n" + text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as raised:
        load_source_mapping(path, streams)
    assert raised.value.exit_code is ExitCode.USAGE
    return [line.removeprefix(f"{path}, ") for line in str(raised.value).splitlines()]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "compny: {from: s, fields: {}}",
            "line 2, “compny”: there is no key “compny” here. Did you mean “company”?",
        ),
        (
            "company: {from: s, fields: {nmae: n}}",
            "line 2, “company.fields.nmae”: there is no key “nmae” here. Did you mean “name”?",
        ),
        (
            "unfold: [{from: a, name: b..c, value: v}]",
            "line 2, “unfold[0].name”: “b..c” is not a JMESPath",
        ),
        (
            "custom_fields: {from: s, key: k, label: l, stream: t, unit: secs}",
            "line 2, “custom_fields.unit”: there is no unit “secs”. Did you mean “seconds”?",
        ),
        ("company: {from: s}", "line 2, “company.fields”: this key is needed here and is missing."),
        (
            "company: {from: s, fields: {name: {path: n, is: tekst}}}",
            "line 2, “company.fields.name.is”: there is no transform “tekst”. Did you mean “text”?",
        ),
        (
            "company: {from: s, fields: {name: {pth: n}}}",
            "line 2, “company.fields.name.pth”: there is no key “pth” here. Did you mean “path”?",
        ),
        (
            "company: {from: s, fields: {name: a..b}}",
            "line 2, “company.fields.name”: “a..b” is not a JMESPath",
        ),
        (
            "company: {from: s, where: 'lenght(a)', fields: {name: n}}",
            "line 2, “company.where”: “lenght(a)”: JMESPath has no function “lenght”. Did you mean “length”?",
        ),
        (
            "company: {from: s, fields: {owner: {path: o, ref: usr}}}",
            "line 2, “company.fields.owner.ref”: there is no entity “usr”. Did you mean “user”?",
        ),
        (
            "company: {from: s, fields: {phones: p}}",
            "line 2, “company.fields.phones”: “each” is needed here: this is a list of number, label, main.",
        ),
        (
            "company: {from: s, fields: {phones: {path: p, each: {nomber: n}}}}",
            "line 2, “company.fields.phones.each.nomber”: there is no key “nomber” here. Did you mean “number”?",
        ),
        (
            "company: {from: s, fields: {name: {path: n, zone: utc}}}",
            "line 2, “company.fields.name.zone”: “zone” means nothing here: the transform is “plain”.",
        ),
        (
            "company: {from: s, fields: {created_at: {path: n, zone: Europe/Moskow}}}",
            "line 2, “company.fields.created_at.zone”: there is no time zone “Europe/Moskow”.",
        ),
        (
            "task: {from: s, fields: {planned_work: {path: n, unit: ours}}}",
            "line 2, “task.fields.planned_work.unit”: there is no unit “ours”. Did you mean “hours”?",
        ),
        (
            "company: {from: s, fields: {name: {path: n, match: '(a'}}}",
            "line 2, “company.fields.name.match”: “(a” is not a regular expression (missing ), unterminated subpattern at "
            "position 0).",
        ),
        (
            "company: {from: s, fields: {name: {path: n, match: 'a+'}}}",
            "line 2, “company.fields.name.match”: the part that is wanted must stand in round brackets.",
        ),
        (
            "task: {from: s, fields: {owner: {path: n, ref: user, by: acount_id}}}",
            "line 2, “task.fields.owner.by”: “by” names a field of the entity that “ref” names; “acount_id” is none. "
            "Did you mean “account_id”?",
        ),
        (
            "task: {from: s, fields: {owner: {path: n, by: account_id}}}",
            "line 2, “task.fields.owner.by”: “by” names a field of the entity that “ref” names; “account_id” is none.",
        ),
        (
            "company: {from: s, fields: {name: {is: text}}}",
            "line 2, “company.fields.name”: a “path”, a “template” or a “default” is needed here.",
        ),
        (
            "kinds: {Day: {is: dat}}",
            "line 2, “kinds.Day.is”: there is no transform “dat”. Did you mean “date”?",
        ),
        (
            "custom_fields: {from: f, key: k, label: l, stream: s, types: {B: boll}}",
            "line 2, “custom_fields.types.B”: there is no type “boll”. Did you mean “bool”?",
        ),
        ("zone: Mosow", "line 2, “zone”: there is no time zone “Mosow”."),
        (
            "company: {from: s, custom: never, fields: {}}",
            "line 2, “company.custom”: “never” cannot stand here. It must be one of: 'by_label', 'item', 'items', 'none'.",
        ),
        (
            "company:\n  - {from: s, fields: {name: n}}\n  - {from: s, fields: {nam: n}}",
            "line 4, “company[1].fields.nam”: there is no key “nam” here. Did you mean “name”?",
        ),
    ],
)
def test_a_mistake_is_told(tmp_path: Path, text: str, sentence: str) -> None:
    (told,) = refused(tmp_path, text)
    assert told.startswith(sentence)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    told = refused(
        tmp_path, "zone: Mosow\ncompany: {from: s, fields: {nam: n}}\ndeal: {from: s, fields: {nme: n}}"
    )
    assert [sentence.split(",")[0] for sentence in told] == ["line 2", "line 3", "line 4"]


def test_streams_are_checked_when_the_source_is_known(tmp_path: Path) -> None:
    told = refused(tmp_path, "company: {from: [deal, dael], fields: {name: n}}", ["deal", "task"])
    assert told == ["line 2, “company.from”: the source has no stream “dael”. Did you mean “deal”?"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("custom_fields: {from: dael, key: k, label: l, stream: s}", "custom_fields.from"),
        ("lists: {tasks: {from: [task, dael]}}", "lists.tasks.from"),
        ("zone_from: {from: dael, path: zone}", "zone_from.from"),
        ("raw_only: [dael]", "raw_only"),
    ],
)
def test_streams_are_checked_wherever_they_are_named(tmp_path: Path, text: str, place: str) -> None:
    told = refused(tmp_path, text, ["deal", "task"])
    assert told == [f"line 2, “{place}”: the source has no stream “dael”. Did you mean “deal”?"]


@pytest.mark.parametrize(
    ("name", "streams"),
    [
        ("megaplan", [one.name for one in MEGAPLAN]),
        ("megaplan_v1", [one.name for one in MEGAPLAN_V1]),
        ("odoo", [*(one.name for one in ODOO), "file"]),
    ],
)
def test_the_built_in_mappings_hold(name: str, streams: list[str]) -> None:
    mapping = load_source_mapping(name, streams)
    assert mapping.file.source == name
    described = set(mapping.file.custom_fields.from_) if mapping.file.custom_fields else set()
    assert not mapping.streams & set(mapping.file.raw_only)
    assert mapping.streams | described | set(mapping.file.raw_only) == set(streams)


def test_a_mapping_is_found_by_name_or_by_path(tmp_path: Path) -> None:
    assert {"megaplan", "odoo"} <= set(mapping_names("from"))
    assert mapping_file("from", "megaplan").name == "megaplan.yaml"
    assert mapping_file("from", str(tmp_path / "own.yaml")) == tmp_path / "own.yaml"
    with pytest.raises(ConfigurationError, match="Did you mean “megaplan”"):
        mapping_file("from", "megplan")


def test_a_connector_of_another_package_brings_its_mapping_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing of the package is imported for it, and a built-in mapping is not replaced by it."""
    package, told = tmp_path / "crmexport_acme", tmp_path / "crmexport_acme-1.0.dist-info"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError", encoding="utf-8")
    for name in ("acme", "odoo"):
        text = f"source: {name}\ncompany: {{from: firm, fields: {{name: title}}}}\n"
        (package / f"{name}.yaml").write_text(text, encoding="utf-8")
    told.mkdir()
    (told / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: crmexport-acme\nVersion: 1.0\n", encoding="utf-8"
    )
    points = "[crmexport.connectors]\nacme = crmexport_acme:Acme\nodoo = crmexport_acme:Acme\n"
    (told / "entry_points.txt").write_text(points, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert mapping_file("from", "acme") == package / "acme.yaml"
    assert load_source_mapping("acme", ["firm"]).streams_for("company") == {"firm"}
    assert "acme" in mapping_names("from")
    assert mapping_file("from", "odoo").parent != package


def test_the_documentation_names_everything_a_file_may_say() -> None:
    page = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
    models: list[type[BaseModel]] = [Frame, Block, Rule, Definitions, ListedFields]
    keys = {field.alias or name for model in models for name, field in model.model_fields.items()}
    assert not [word for word in sorted(keys | set(TRANSFORMS)) if f"`{word}`" not in page]
