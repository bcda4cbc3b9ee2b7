"""What is to know of an archive and of files beside the verdict: it speaks against neither."""

from crmexport.proof.report import Report
from crmexport.text import _, instant, ngettext, spaced, visible

NAMED = 3  # files that no export made, by their names: report.json has them all


def remarks(report: Report) -> list[str]:
    """What is to know besides the verdict."""
    return [
        *_empty(report),
        *_of_two(report),
        *_behind(report),
        *_only_new(report),
        *outdated(report),
        *_foreign(report),
    ]


def _empty(report: Report) -> list[str]:
    words = _(
        "Not one record is held. Hardly any account is empty: its lists may be hidden from whoever signed in. Sign in as an "
        "administrator and pull with --full."
    )
    return [words] if report.has_ended and not any(one.held for one in report.streams.values()) else []


def _of_two(report: Report) -> list[str]:
    """Behind one address there may be one company after the other, as where copies of accounts are brought back to be pulled."""
    names = report.source.get("accounts") or ()
    words = _(
        "The account has called itself by several names: {names}. If these are several companies, this archive holds records of each, "
        "mixed: pull each into a folder of its own."
    )
    return [words.format(names="; ".join(map(visible, names)))] if len(names) > 1 else []


def _only_new(report: Report) -> list[str]:
    """Whoever has this folder alone would take it for everything."""
    words = _(
        "{targets}: these files hold only what is new since {moment}. What an earlier export has is not in them."
    )
    targets: dict[str, list[str]] = {}
    for one in report.deltas:
        targets.setdefault(one.since, []).append(one.target)
    return [words.format(targets=", ".join(names), moment=instant(since)) for since, names in targets.items()]


def _foreign(report: Report) -> list[str]:
    """What a folder holds besides may be another customer's, and its fingerprints stand among those of what was proved."""
    names = [visible(name) for name in report.foreign[:NAMED]]
    words = ngettext(
        "{number} file in this folder was made by no export, and nothing is proved of it: {names}. See that it belongs there.",
        "{number} files in this folder were made by no export, and nothing is proved of them: {names}. See that they belong there.",
        len(report.foreign),
    )
    more = ["…"] if len(report.foreign) > NAMED else []
    told = words.format(number=spaced(len(report.foreign)), names=", ".join([*names, *more]))
    return [told] if names else []


def _behind(report: Report) -> list[str]:
    words = _(
        "This version of crmexport asks the source for more than the one that pulled: “crmexport pull” gets it, while the account is "
        "open."
    )
    return [words] if report.behind else []


def outdated(report: Report) -> list[str]:
    """What is to know of files that were written before the last pull, a sentence for each moment that they show."""
    whole = _(
        "{targets}: these files show the archive as of {moment}. It has gone on since, so that they were only checked to be as "
        "they were written. “crmexport export” brings them up to date."
    )
    part = _(
        "{targets}: these files hold a part of what there is: they were written at {moment}, before the first pull had ended. "
        "“crmexport export” writes them whole."
    )
    ahead = _(
        "{targets}: these files are of {moment}, and the archive is of an earlier moment, as when it was restored from a copy. They were "
        "only checked to be as they were written. Run “crmexport pull” before “crmexport export” replaces them."
    )
    lacking = _(
        "{targets}: these files were written at {moment}, when something was missing that has come since, or is gone at the "
        "source. “crmexport export” writes them anew."
    )
    another = _(
        "{targets}: these files were written from another archive of the same account, as of {moment}: this one cannot tell what should "
        "be in them. Verify them with that archive, or let “crmexport export” write them anew from this one."
    )
    targets: dict[tuple[str, str], list[str]] = {}
    for one in report.outdated:
        reasons = (
            (one.from_another, another),
            (one.is_ahead, ahead),
            (one.is_part, part),
            (one.lacks, lacking),
        )
        words = next((said for is_so, said in reasons if is_so), whole)
        targets.setdefault((words, one.as_of), []).append(one.target)
    return [
        words.format(targets=", ".join(names), moment=instant(moment))
        for (words, moment), names in targets.items()
    ]
