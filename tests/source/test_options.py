"""What is typed for a connector's options becomes values, or is refused by name."""

from typing import Annotated, Any, Literal

import pytest

from crmexport.archive import Archive, Source
from crmexport.archive.replay import connector_of
from crmexport.errors import ConfigurationError
from crmexport.source.options import Option, OptionError, Options


def even(number: int) -> int:
    if number % 2:
        raise ValueError("Shoes come in pairs.")
    return number


class Typed(Options, frozen=True, kw_only=True):
    company: str
    history: Annotated[bool, Option("Ask for histories")] = True
    api: Annotated[Literal["v3", "v1"] | None, Option("Which API")] = None
    pairs: Annotated[int | None, Option("How many", even)] = None


def test_texts_become_what_the_options_are() -> None:
    read = Typed.read({"company": "17", "history": "No", "api": "v1", "pairs": "4"})
    assert read == Typed(company="17", history=False, api="v1", pairs=4)
    assert Typed.read({"company": ""}) == Typed(company="")


@pytest.mark.parametrize("word", ["yes", "on", "true", "1", "YES"])
def test_yes_in_other_words(word: str) -> None:
    assert Typed.read({"company": "", "history": word}).history is True


@pytest.mark.parametrize(
    ("typed", "name", "value", "known"),
    [
        ({"company": "", "histroy": "no"}, "histroy", "no", False),
        ({"company": "", "history": "maybe"}, "history", "maybe", True),
        ({"company": "", "api": "v2"}, "api", "v2", True),
        ({"company": "", "pairs": "3"}, "pairs", "3", True),
        ({"company": "", "pairs": "many"}, "pairs", "many", True),
        ({"history": "no"}, "company", None, True),
    ],
)
def test_what_is_not_understood_is_told_by_name(
    typed: dict[str, Any], name: str, value: object, known: bool
) -> None:
    with pytest.raises(OptionError) as told:
        Typed.read(typed)
    assert (told.value.name, told.value.value, told.value.known) == (name, value, known)


def test_a_check_says_what_is_wrong() -> None:
    with pytest.raises(OptionError, match=r"^Shoes come in pairs\.$"):
        Typed.read({"company": "", "pairs": "3"})


def test_every_option_tells_what_it_is_about() -> None:
    known = Typed.known()
    assert list(known) == ["company", "history", "api", "pairs"]
    assert known["history"].option.description == "Ask for histories"
    assert [name for name, one in known.items() if one.is_required] == ["company"]


def test_an_archive_pulled_with_options_of_another_version_is_refused_in_a_sentence(tmp_path: Any) -> None:
    source = Source("megaplan", "https://example.megaplan.ru", {"api": "v9"})
    with (
        Archive.open_for(tmp_path, source) as archive,
        pytest.raises(ConfigurationError, match=r"--set api=v9.*megaplan.*newer one"),
    ):
        connector_of(archive)
