"""The invented Russian company, without any CRM in it: people, firms, telephones, tax numbers, texts, files.

Record `i` of anything is computed from (seed, kind, i) when asked for; nothing is held.
"""

from typing import NamedTuple

from crmexport.sandbox import nasty, words
from crmexport.sandbox.draws import draws, noise


class Person(NamedTuple):
    """A person who does not exist. `gender` is "male" or "female"."""

    first: str
    middle: str
    last: str
    gender: str

    @property
    def full(self) -> str:
        """First and last name."""
        return f"{self.first} {self.last}"


class Company:
    """Everything that is invented, for one seed."""

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed

    def draws(self, kind: str, index: int) -> tuple[int, ...]:
        """The 32 draws (0 to 65,535) of record `index` of `kind`."""
        return draws(self.seed, kind, index)

    def file_bytes(self, index: int, size: int) -> bytes:
        """The contents of file `index`."""
        return noise(self.seed, "file", index, size)

    def digest(self, kind: str, index: int, size: int) -> str:
        """A hexadecimal text of `size` bytes that belongs to record `index` of `kind`."""
        return noise(self.seed, kind, index, size).hex()


def person(drawn: tuple[int, ...]) -> Person:
    """The person that these draws make."""
    father = words.FATHERS[drawn[1] % len(words.FATHERS)]
    last = words.SURNAMES[drawn[2] % len(words.SURNAMES)]
    if drawn[0] & 1:
        return Person(words.MEN[(drawn[0] >> 1) % len(words.MEN)], father + "ич", last, "male")
    return Person(words.WOMEN[(drawn[0] >> 1) % len(words.WOMEN)], father + "на", _female(last), "female")


def _female(last: str) -> str:
    if last.endswith(("ов", "ин")):
        return last + "а"
    return last[:-2] + "ая" if last.endswith("ый") else last


def firm(index: int, drawn: tuple[int, ...]) -> str:
    """The name of firm `index`; now and then a nasty one."""
    special = nasty.name(index)
    if special is not None:
        return special
    trade = words.TRADES[drawn[3] % len(words.TRADES)]
    number = f" {drawn[4] % 900 + 2}" if drawn[4] & 3 else ""
    return f"{words.FORMS[drawn[5] % len(words.FORMS)]} «{trade}{number}»"


def phone(index: int, line: int = 0) -> str:
    """A telephone number; the lines of one firm differ. Prefix 000 is given to nobody."""
    number = (index * 4 + line) % 10_000_000
    return f"+7 000 {number // 10_000:03d}-{number // 100 % 100:02d}-{number % 100:02d}"


def inn(index: int, natural: bool = False) -> str:
    """A tax number of 10 (person: 12) digits; every third begins with zeros."""
    lead = ("00", "77", "50")[index % 3]
    return f"{lead}{index * 7919 % 10**8:08d}" + (f"{index % 97:02d}" if natural else "")


def account(index: int) -> str:
    """A bank account of 20 digits, which no spreadsheet may turn into a number."""
    return f"40702810{index % 10:01d}{index * 104729 % 10**11:011d}"


def sentence(drawn: tuple[int, ...], start: int = 8) -> str:
    """A line of office prose from nine draws."""
    count = len(words.WORDS)
    return " ".join([words.WORDS[number % count] for number in drawn[start : start + 9]])


def title(index: int, drawn: tuple[int, ...]) -> str:
    """What a task or a meeting is called; now and then nasty."""
    special = nasty.name(index)
    if special is not None:
        return special
    action = words.ACTIONS[drawn[3] % len(words.ACTIONS)]
    return f"{action} {words.THINGS[drawn[4] % len(words.THINGS)]} № {index + 1}"


def file_name(index: int, drawn: tuple[int, ...]) -> str:
    """What file `index` is called; now and then hostile."""
    place = index % nasty.PERIOD
    if place < len(nasty.FILE_NAMES):
        return nasty.FILE_NAMES[place]
    thing = words.THINGS[drawn[1] % len(words.THINGS)]
    return f"{thing} {index}.{('pdf', 'docx', 'xlsx', 'jpg', 'txt')[drawn[2] % 5]}"
