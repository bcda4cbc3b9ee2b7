"""Every text a person reads has its Russian, complete and with the same placeholders; nothing stale is kept."""

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "crmexport" / "locale" / "ru" / "LC_MESSAGES" / "crmexport.po"
KEYWORDS = {"_": None, "N_": None, "NC_": ((1, "c"), 2), "ngettext": (1, 2)}
FORMS = 3
# In Russian only a plural message can make these agree with a number of any size ("21 запись", "22 записи").
COUNTED = re.compile(
    r"\{\w+(?::g)?\} (записей|значений|запросов|ответов|файлов|строк|вложений|версий|пропусков)\b"
)
OTHER_NAMES = {
    "раскладк": "файл соответствий",
    "файла соответствия": "файл соответствий",
    "файлах соответствия": "файл соответствий",
    "столбце для остатка": "столбец для остального",
    "столбец для остатка": "столбец для остального",
    "пользовательск": "дополнительное поле",
    "интерфейс": "API",
    "вашей учётн": "аккаунт (а учётная запись — у человека)",
    "в учётной записи": "аккаунт (а учётная запись — у человека)",
    "пробелы": "пропуски",
    "вердикт": "вывод",
    "карте соответствий": "файл соответствий",
    "выборк": "случайная проверка",
    "код выхода": "код завершения",
    "кончаются кодом": "завершаются с кодом",
    "имитаци": "песочница",
    "отделы продаж": "команды продаж, как в самой Odoo",
    "последний pull": "последняя выгрузка",
    "старше 1": "ниже (версия): «старшая» — та, что новее",
    "затем назовите": "затем укажите: назвать — дать имя",
    "должно быть {": "ожидалось — {…}: подставлено может быть и «конец файла»",
}
AS_OF_FEATURES = {
    "пользовательск",
    "пробелы",
    "имитаци",
}  # of other CRMs, of texts, of one for who reads about it

Key = tuple[str, ...]


class Entry(NamedTuple):
    texts: Key
    is_fuzzy: bool


def marked(folder: Path) -> Iterator[tuple[Key, str]]:
    """Every marked text in the code below `folder`, with its place."""
    for name, line, message, _comments, context in extract_from_dir(
        folder, method_map=[("**.py", "python")], keywords=KEYWORDS
    ):
        yield as_key(message, context), f"{folder.name}/{name}:{line}"


def as_key(message: object, context: str | None = None) -> Key:
    """The texts of a message; what it is said of stands before them, where that matters."""
    texts = (message,) if isinstance(message, str) else tuple(message)  # type: ignore[arg-type]
    return (f"{context}\x04{texts[0]}", *texts[1:]) if context else texts


def entries(catalogue: Catalog) -> dict[Key, Entry]:
    return {
        as_key(entry.id, entry.context): Entry(as_key(entry.string), entry.fuzzy)
        for entry in catalogue
        if entry.id
    }


@pytest.fixture(scope="module")
def code() -> dict[Key, str]:
    return dict(found for folder in ("crmexport", "connectors") for found in marked(ROOT / folder))


@pytest.fixture(scope="module")
def russian() -> dict[Key, Entry]:
    with CATALOGUE.open("rb") as file:
        return entries(read_po(file))


def test_every_text_has_its_russian(code: dict[Key, str], russian: dict[Key, Entry]) -> None:
    missing = [f"{place}: {key[0]}" for key, place in code.items() if key not in russian]
    assert not missing, "\n".join(["run `make messages` and translate:", *missing])


def test_no_russian_is_empty_or_doubtful(russian: dict[Key, Entry]) -> None:
    empty = [
        key[0]
        for key, entry in russian.items()
        if entry.is_fuzzy or not all(text.strip() for text in entry.texts)
    ]
    assert not empty, "\n".join(empty)


def test_every_plural_has_three_forms(russian: dict[Key, Entry]) -> None:
    wrong = [key[0] for key, entry in russian.items() if len(key) == 2 and len(entry.texts) != FORMS]
    assert not wrong, "\n".join(wrong)


def test_nothing_stale_is_kept(code: dict[Key, str], russian: dict[Key, Entry]) -> None:
    stale = [key[0] for key in russian if key not in code]
    assert not stale, "\n".join(["run `make messages`; no code says:", *stale])


def test_placeholders_are_the_same(russian: dict[Key, Entry]) -> None:
    wrong = [
        f"{key[0]} / {text}"
        for key, entry in russian.items()
        for text in entry.texts
        if text and placeholders(text) != placeholders(key[0])
    ]
    assert not wrong, "\n".join(wrong)


def placeholders(text: str) -> list[tuple[str, str]]:
    return sorted(
        (name, form or "") for _text, name, form, _conversion in Formatter().parse(text) if name is not None
    )


def test_a_number_stands_before_no_noun_that_would_have_to_agree_with_it(russian: dict[Key, Entry]) -> None:
    wrong = [
        entry.texts[0]
        for key, entry in russian.items()
        if len(key) == 1 and any(map(COUNTED.search, entry.texts))
    ]
    assert not wrong, "\n".join(["say “записей: {number}”, or use ngettext:", *wrong])


def test_a_thing_has_one_name(russian: dict[Key, Entry]) -> None:
    wrong = [
        f"{text} / {name}"
        for entry in russian.values()
        for text in entry.texts
        for other, name in OTHER_NAMES.items()
        if other in text.lower()
    ]
    assert not wrong, "\n".join(wrong)


def test_a_thing_has_the_same_name_in_the_handbook() -> None:
    pages = [
        *(ROOT / "docs" / "ru").rglob("*.md"),
        ROOT / "README.ru.md",
        *(ROOT / "mappings" / "to").glob("*.yaml"),
    ]
    names = {other: name for other, name in OTHER_NAMES.items() if other not in AS_OF_FEATURES}
    names |= {"свои поля": "дополнительные поля", "кончится кодом": "завершится с кодом"}
    wrong = [
        f"{page.name}: {other} / {name}"
        for page in pages
        for other, name in names.items()
        if other in page.read_text(encoding="utf-8").lower()
    ]
    assert not wrong, "\n".join(wrong)


def test_no_text_is_put_together_before_it_is_looked_up() -> None:
    """`_(f"…")` can never be in a catalogue."""
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("crmexport", "connectors")
        for path in (ROOT / folder).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(call in line for call in ('_(f"', "_(f'", 'ngettext(f"'))
    ]
    assert not wrong, "\n".join(wrong)


def test_this_test_can_fail(tmp_path: Path) -> None:
    """The extraction sees all four ways of marking a text."""
    texts = '_("a {x}")\nN_("b")\nngettext("c", "d", 2)\nNC_("e", "f")\n'
    (tmp_path / "code.py").write_text(texts, encoding="utf-8")
    assert {key for key, _place in marked(tmp_path)} == {("a {x}",), ("b",), ("c", "d"), ("e\x04f",)}
