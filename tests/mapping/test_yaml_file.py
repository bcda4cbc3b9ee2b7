"""A mistake in a mapping file is named by file, line and key, with the nearest right word, and all mistakes at once."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from crmexport.errors import ConfigurationError
from crmexport.mapping import yaml_file
from crmexport.mapping.yaml_file import complain, read_yaml, validated

FILES = Path(__file__).parents[2] / "mappings"


class Column(BaseModel):
    model_config = ConfigDict(extra="forbid")

    path: str
    width: int | None = None


class Layout(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str
    kind: str = "plain"
    columns: dict[str, Column | str] = {}
    tables: list[Column] = []


def written(folder: Path, text: str) -> Path:
    path = folder / "layout.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        validated(path, Layout)
    return [line.removeprefix(f"{path}, ") for line in str(raised.value).splitlines()]


def test_positions_are_those_of_keys_and_items(tmp_path: Path) -> None:
    data, positions = read_yaml(written(tmp_path, "a:\n  b: 1\n  list:\n    - x\n    - y\n"))
    assert data == {"a": {"b": 1, "list": ["x", "y"]}}
    assert positions[("a", "b")] == (2, 3)
    assert positions[("a", "list", 1)] == (5, 7)


def test_words_mean_what_they_look_like(tmp_path: Path) -> None:
    text = "no: off\nday: 2025-01-01\ninn: 0123\ntime: 12:30\nyes: true\nnumber: -5\nhalf: 0.5\nnothing:\n"
    data, _positions = read_yaml(written(tmp_path, text))
    assert data == {
        "no": "off",
        "day": "2025-01-01",
        "inn": "0123",
        "time": "12:30",
        "yes": True,
        "number": -5,
        "half": 0.5,
        "nothing": None,
    }


@pytest.mark.parametrize("file", sorted(FILES.rglob("*.yaml")), ids=lambda file: file.stem)
def test_it_is_all_the_same_where_libyaml_is_missing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_libyaml = read_yaml(file)
    monkeypatch.setattr(yaml_file, "_Fast", yaml_file._Loader)
    assert read_yaml(file) == by_libyaml


def test_anchors_and_merged_keys_work(tmp_path: Path) -> None:
    data, _positions = read_yaml(written(tmp_path, "a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n"))
    assert data["b"] == {"x": 1, "y": 3}


def test_an_alias_within_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="line 1"):
        read_yaml(written(tmp_path, "a: &a [*a]\n"))


def test_a_key_written_twice_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "title: x\ncolumns:\n  a: p\n  a: q\n")
    assert refused(path) == ["line 4, “columns.a”: this key stands here twice. Keep one of them."]


def test_all_mistakes_come_at_once_with_the_nearest_word(tmp_path: Path) -> None:
    path = written(tmp_path, "titel: x\ncolumns:\n  a: {paht: p}\ntables:\n  - path: 5\n    width: wide\n")
    assert refused(path) == [
        "line 1, “title”: this key is needed here and is missing.",
        "line 1, “titel”: there is no key “titel” here. Did you mean “title”?",
        "line 3, “columns.a.path”: this key is needed here and is missing.",
        "line 3, “columns.a.paht”: there is no key “paht” here. Did you mean “path”?",
        "line 5, “tables[0].path”: a text is needed here.",
        "line 6, “tables[0].width”: a whole number is needed here.",
    ]


def test_what_is_not_yaml_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="line 3: this is not YAML"):
        read_yaml(written(tmp_path, "a: 1\nb: [1\n"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: b: c", "a text with a colon needs quotation marks"),
        ("a:\n\tb: 1", "indent with spaces"),
        ("a: [1, 2\nb: 3", "bracket is not closed"),
        ("a: 'x\nb: 1", "quotation mark is not closed"),
        ('a: "C:\\Users"', "use single ones"),
        ("a: *x", "begins with a star"),
        ("a: @x", "begins with a sign"),
        ("a:\n  b: 1\n c: 2", "indentation does not fit"),
        ("a: 1\nb", "a colon is missing"),
        ("a: 1\n---\nb: 1", "a second document"),
        ("? [a]\n: 1", "a key must be a word"),
        ("a: " + "[" * 2_000, "deeper than anything needs"),
    ],
)
def test_what_is_wrong_with_yaml_is_told_in_a_persons_words(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=f"this is not YAML .*{words}"):
        read_yaml(written(tmp_path, text + "\n"))


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "layout.yaml"
    if content:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"layout\.yaml"):
        read_yaml(path)


def test_an_empty_file_lacks_its_needed_keys(tmp_path: Path) -> None:
    assert refused(written(tmp_path, "")) == ["line 1, “title”: this key is needed here and is missing."]


def test_complain_falls_back_on_what_stands_around(tmp_path: Path) -> None:
    path = written(tmp_path, "a:\n\n  b: 1\n")
    _data, positions = read_yaml(path)
    assert complain(path, positions, ("a", "b", "c"), "no.") == f"{path}, line 3, “a.b.c”: no."
    assert complain(path, positions, (), "no.") == f"{path}, line 1: no."


@pytest.mark.parametrize("parts", ["[{}]", "{{<<: [{}]}}"], ids=["lists", "merged"])
def test_aliases_of_aliases_do_not_fill_the_computer(tmp_path: Path, parts: str) -> None:
    """Each line makes ten times as much of the one before."""
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n} {parts.format(', '.join([f'*a{n - 1}'] * 10))}" for n in range(1, 30)]
    with pytest.raises(ConfigurationError, match=r"line 7: .* \(aliases of aliases make too much of it\)"):
        read_yaml(written(tmp_path, "\n".join(lines)))


def test_an_alias_may_stand_often(tmp_path: Path) -> None:
    lines = ["a: &a {x: 1, y: 2}", "b:", *["- *a"] * 10_000]
    data, _positions = read_yaml(written(tmp_path, "\n".join(lines)))
    assert data["b"] == [{"x": 1, "y": 2}] * 10_000
