"""Check a layout against an archive: every kind of trouble as a sentence, with counts and examples.

What is wrong in the file itself (a path that leads nowhere) is told when it is read, before this.
"""

from collections.abc import Iterator
from typing import NamedTuple

from crmexport.fitting.accounts import Account, Accounts, Fate, Place, Trouble, word
from crmexport.mapping.yaml_words import did_you_mean
from crmexport.model import ENTITIES
from crmexport.text import N_, _, cited, ngettext

_EXAMPLES = 5
_LONGEST_EXAMPLE = 60


class Finding(NamedTuple):
    """Something a person may want to mend. `kind` is a word for programs, `lost` how many values would not arrive for it."""

    kind: str
    where: str
    values: int
    lost: int
    sentence: str


GROUPS = (
    N_("This is wrong in the file:"),
    N_("These values would not reach the target:"),
    N_("These tables and columns need a look:"),
    N_("These go to the overflow column:"),
)
"""Headings over the sentences, the worst first."""
WRONG = "unknown"
"""The kind of findings that make a file a wrong one."""
_COLUMNS = frozenset({"required", "choice", "unfit", "limit", "never", "bare"})


_LOST_IN_CELLS = (
    Fate.LIMIT,
    Fate.CHOICE,
    Fate.UNFIT,
    Fate.SHARED,
    Fate.NOT_HELD,
    Fate.ELSEWHERE,
    Fate.UNTOLD,
)
"""What becomes of values that have a column, do not stand in it, and have no overflow column to go to."""


def checked(accounts: Accounts) -> list[Finding]:
    """Everything to tell of a layout: kinds and fields that go nowhere, what columns do to values, what the overflow takes."""
    found = [
        *_unknown(accounts),
        *_never(accounts),
        *_bare(accounts),
        *_kinds(accounts),
        *_fields(accounts),
        *_columns(accounts),
    ]
    return sorted(found, key=group)


def group(finding: Finding) -> int:
    """Under which of the GROUPS it belongs."""
    if finding.kind == WRONG:
        return 0
    return 1 if finding.lost else 2 if finding.kind in _COLUMNS else 3


def _unknown(accounts: Accounts) -> Iterator[Finding]:
    for place, (key, known) in accounts.unknown.items():
        sentence = _("the archive knows no custom field “{key}” here.").format(key=key) + did_you_mean(
            key, known
        )
        yield _column(WRONG, place, Trouble(), sentence)


def _never(accounts: Accounts) -> Iterator[Finding]:
    """Words that nothing has. One that differs by capitals and blanks alone from one that something has is a mistake."""
    for (place, asked), near in accounts.never.items():
        is_slip = asked.strip().casefold() == near.strip().casefold()
        sentence = _("“{key}”: nothing in the archive has “{word}” here.").format(key=place, word=asked)
        yield Finding(WRONG if is_slip else "never", place, 0, 0, sentence + did_you_mean(asked, [near]))


def _bare(accounts: Accounts) -> Iterator[Finding]:
    for table, number in accounts.bare.items():
        sentence = ngettext(
            "{table}: it has no row at all, though there is {number} record that could have one. Look at its “where”.",
            "{table}: it has no row at all, though there are {number} records that could have one. Look at its “where”.",
            number,
        )
        yield Finding("bare", table, number, 0, sentence.format(table=table, number=number))


def _kinds(accounts: Accounts) -> Iterator[Finding]:
    for account in accounts.kinds():
        count = accounts.entities[account.entity]
        if account.fates[Fate.TABLE]:
            words = (
                _(
                    "{kind}: of the {count}, only those reach this target that are told within the rows of others, no table takes the rest. If that is meant, write “leave_out: [{name}]”."
                )
                if account.reaching
                else _(
                    "{kind}: none of the {count} reaches this target, no table takes them. If that is meant, write “leave_out: [{name}]”."
                )
            )
            sentence = words.format(kind=_(ENTITIES[account.entity].title), count=count, name=account.entity)
            yield Finding("table", account.entity, count, account.fates[Fate.TABLE], sentence)


def _fields(accounts: Accounts) -> Iterator[Finding]:
    for account in (one for kind in accounts.entities for one in accounts.of(kind)):
        where = f"{account.entity}.{account.name}"
        if account.fates[Fate.NO_COLUMN]:
            yield _field(account, where, Fate.NO_COLUMN, _no_column(account, where))
        if account.fates[Fate.PART]:
            yield _field(account, where, Fate.PART, _part(account, where))
        if account.fates[Fate.OVERFLOW]:
            yield _field(account, where, Fate.OVERFLOW, _in_overflow(account, where), lost=False)
        for fate in _LOST_IN_CELLS:
            if account.fates[fate]:
                yield _field(account, where, fate, _shown_nowhere(account, where, fate))


def _field(account: Account, where: str, fate: Fate, sentence: str, lost: bool = True) -> Finding:
    count = account.fates[fate]
    return Finding(fate.value, where, count, count if lost else 0, sentence)


def _no_column(account: Account, where: str) -> str:
    return _(
        "{where} (“{title}”): {count} of {values} values have no column and would not arrive. Add a column, or an overflow "
        "column, or name the field under “leave_out”."
    ).format(where=where, title=account.title, count=account.fates[Fate.NO_COLUMN], values=account.values)


def _part(account: Account, where: str) -> str:
    return _(
        "{where} (“{title}”): of {count} of {values} values only a part has a column, such as an amount without its currency "
        "or a telephone without its label."
    ).format(where=where, title=account.title, count=account.fates[Fate.PART], values=account.values)


def _in_overflow(account: Account, where: str) -> str:
    return _("{where} (“{title}”): {count} of {values} values go to the overflow column.").format(
        where=where, title=account.title, count=account.fates[Fate.OVERFLOW], values=account.values
    )


def _shown_nowhere(account: Account, where: str, fate: Fate) -> str:
    return _("{where} (“{title}”): {count} of {values} values would not arrive: {why}.").format(
        where=where, title=account.title, count=account.fates[fate], values=account.values, why=word(fate)
    )


def _columns(accounts: Accounts) -> Iterator[Finding]:
    for place, trouble in accounts.empty.items():
        yield _column("required", place, trouble, _required(trouble))
    for place, trouble in accounts.choices.items():
        yield _column("choice", place, trouble, _choice(trouble))
    for place, trouble in accounts.unfit.items():
        yield _column("unfit", place, trouble, _unfit(trouble))
    for place, trouble in accounts.limits.items():
        yield _column("limit", place, trouble, _limit(trouble))


def _column(kind: str, place: Place, trouble: Trouble, sentence: str) -> Finding:
    where = ".".join(place)
    return Finding(
        kind,
        where,
        trouble.count,
        0,
        _("{table}, column “{heading}”: {sentence}").format(
            table=place[0], heading=place[1], sentence=sentence
        ),
    )


def _required(trouble: Trouble) -> str:
    return ngettext(
        "it is required, and {count} row has nothing in it ({examples}).",
        "it is required, and {count} rows have nothing in it ({examples}).",
        trouble.count,
    ).format(count=trouble.count, examples=_examples(trouble, counted=False))


def _choice(trouble: Trouble) -> str:
    return _("the value map has no word for: {examples}.").format(examples=_examples(trouble))


def _unfit(trouble: Trouble) -> str:
    return ngettext(
        "{count} value is not of the kind that the column holds ({examples}).",
        "{count} values are not of the kind that the column holds ({examples}).",
        trouble.count,
    ).format(count=trouble.count, examples=_examples(trouble))


def _limit(trouble: Trouble) -> str:
    return ngettext(
        "{count} text is longer than the cell may be (the longest has {longest} characters).",
        "{count} texts are longer than the cell may be (the longest has {longest} characters).",
        trouble.count,
    ).format(count=trouble.count, longest=trouble.longest)


def _examples(trouble: Trouble, counted: bool = True) -> str:
    """The most frequent words, with their counts, and how many more there are."""
    shown = [
        cited(_short(word)) + (f" × {count}" if counted and count > 1 else "")
        for word, count in trouble.words.most_common(_EXAMPLES)
    ]
    more = len(trouble.words) - len(shown)
    return ", ".join(shown) + (" " + _("and {more} more").format(more=more) if more > 0 else "")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_EXAMPLE else line[: _LONGEST_EXAMPLE - 1] + "…"
