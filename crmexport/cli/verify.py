"""`crmexport verify`: count everything once more, against the source and against the files written, and write the report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmexport.cli import options
from crmexport.cli.progress import counted, watching
from crmexport.cli.saying import last_words
from crmexport.cli.settings import is_lent
from crmexport.errors import ExitCode
from crmexport.text import _, ngettext, spaced

if TYPE_CHECKING:
    from crmexport.archive import Place
    from crmexport.proof import Report
    from crmexport.source import Credentials


REPORT = "report.html"
SAID = 3  # disagreements told one by one; the report has them all


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(
        app,
        "verify",
        _("Prove that nothing is missing and that every file reads back as written; writes report.html."),
    )
    def verify(
        context: typer.Context,
        archive: Annotated[str, options.archive()],
        out: Annotated[
            str | None, options.out(_("The folder with the exported files; the report goes there too."))
        ] = None,
        offline: Annotated[
            bool,
            typer.Option(
                "--offline", help=_("Do not ask the source; the counts it gave during the pull are used.")
            ),
        ] = False,
        sample: Annotated[
            str,
            typer.Option(
                "--sample",
                metavar=_("NUMBER"),
                help=_("How many records, picked at random, to ask for once more and compare."),
            ),
        ] = "300",
        lang: Annotated[str | None, options.lang()] = None,
    ) -> int:
        folder = _folder(context, out)
        size = options.whole("--sample", sample) or 0
        place, language = options.place(archive), options.language_of(lang)
        secrets = None if offline or not size else _credentials(place, folder)
        report = run(place, folder, language, secrets, size=size)
        last_words(told(report))
        check_sampled(report)
        return ExitCode.COMPLETE if report.complete or report.only_accepted else ExitCode.GAPS


def _folder(context: typer.Context, out: str | None) -> Path | None:
    """The folder with the exported files; None when it is that of `export` by the settings, and nothing was exported yet."""
    from crmexport.target import exported

    folder = options.folder(out) if out else None
    return None if folder and is_lent(context, "out", "export") and not exported(folder) else folder


def _credentials(archive: "Place", out: Path | None) -> "Credentials":
    """Nobody is asked for a sign-in where there is nothing to verify."""
    from crmexport.cli.sign_in import credentials
    from crmexport.proof import look_ahead

    look_ahead(archive, out)
    return credentials()


def run(
    archive: "Place", out: Path | None, lang: str, credentials: "Credentials | None", **wishes: Any
) -> "Report":
    """Verify; without `credentials` the source is not asked. `wishes` are the size and the rate of the sample."""
    from crmexport.proof import verify
    from crmexport.pull.events import telling_waits
    from crmexport.text import use_language

    use_language(lang)
    with watching(_("Verify")) as watch:
        waiting = telling_waits(watch)
        return verify(archive, out, credentials=credentials, watch=counted(watch), waiting=waiting, **wishes)


def told(report: "Report") -> str:
    """What the report says, and where it is."""
    from crmexport.proof.page import sampled
    from crmexport.proof.remarks import remarks

    lines = [_verdict(report), *_disagreeing(report), *_not_offered(report.not_offered), *remarks(report)]
    if report.sample:
        lines.append(_("Sample: {words}.").format(words=sampled(report)))
    return "\n".join([*lines, _("Report: {path}").format(path=report.folder / REPORT)])


def _disagreeing(report: "Report") -> list[str]:
    """The first of what does not agree: whoever reads a log may have no report of that night any more."""
    from crmexport.cli.pull import unexplained

    missing = {name: one.unexplained for name, one in report.streams.items() if one.unexplained}
    announced = [unexplained(missing, report.titles)] if missing and not report.unasked else []
    found = [*announced, *report.damages, *report.mismatches]
    more = len(found) - SAID
    rest = [_("… and {more} more.").format(more=spaced(more))] if more > 0 else []
    return [f"  {line}" for line in [*found[:SAID], *rest]]


def _not_offered(number: int) -> list[str]:
    words = ngettext(
        "{number} thing that the source does not offer is named in the report.",
        "{number} things that the source does not offer are named in the report.",
        number,
    )
    return [words.format(number=number)] if number else []


def check_sampled(report: "Report") -> None:
    """Raises what hindered the sample, once the rest is told."""
    if failure := report.unsampled:
        words = _("The sample at the source could not be asked for: {reason} With --offline it is left out.")
        raise type(failure)(words.format(reason=failure)) from failure


def _verdict(report: "Report") -> str:
    from crmexport.cli.pull import only_accepted
    from crmexport.proof.page import differing

    if report.complete and report.outputs and not report.outdated:
        return _("Complete: everything the source announced is held, and every file reads back as written.")
    if report.complete:
        return _("Complete: everything the source announced is held.")
    if report.unasked:
        number = sum(report.unasked.values())
        return ngettext(
            "Not complete: the pull has not ended, at least {number} request is still to make. “crmexport pull” goes on with it.",
            "Not complete: the pull has not ended, at least {number} requests are still to make. “crmexport pull” goes on with it.",
            number,
        ).format(number=number)
    if not report.has_ended:
        return _("Not complete: the last pull has not ended. “crmexport pull” goes on with it.")
    if report.only_accepted and report.accepted:
        return only_accepted(report.accepted.at)
    if report.losses:
        return " ".join([_gaps(len(report.losses)), *_accepted(report)])
    if report.only_parts:
        return _(
            "Not complete: everything the source announced is held, but these files may lack some of it."
        )
    if report.only_differs:
        return _("Not complete: {words}").format(words=differing(report))
    return _("Not complete: the report says what does not agree.")


def _accepted(report: "Report") -> list[str]:
    """How many of the gaps somebody has looked at: the others are news."""
    number = sum(map(report.has_accepted, report.losses))
    return [_("Accepted of these: {number}.").format(number=spaced(number))] if number else []


def _gaps(number: int) -> str:
    return ngettext("Not complete: {number} gap.", "Not complete: {number} gaps.", number).format(
        number=number
    )
