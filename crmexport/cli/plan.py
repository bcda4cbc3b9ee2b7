"""`crmexport plan`: how long a pull will take, before it is begun."""

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from crmexport.cli import options
from crmexport.cli.saying import echo
from crmexport.errors import ConfigurationError, ExitCode
from crmexport.text import _, as_day, spaced

if TYPE_CHECKING:
    from crmexport.pull.plan import Estimate
    from crmexport.source import Credentials, Limits


def add(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @options.command(app, "plan", _("Ask the account how much there is and tell how long a pull will take."))
    def plan(
        source: Annotated[str, options.source()],
        url: Annotated[str, options.url()],
        until: Annotated[
            str | None,
            typer.Option(
                "--until", metavar=_("DATE"), help=_("The day the account closes, such as 2026-12-04.")
            ),
        ] = None,
        share: Annotated[str, options.share_option()] = "100%",
        rate: Annotated[str | None, options.rate_option()] = None,
        api: Annotated[str | None, options.api_option()] = None,
        settings: Annotated[list[str] | None, options.settings_option()] = None,
    ) -> int:
        seconds = seconds_until(until) if until else None
        return run(
            source,
            url,
            options.with_api(options.pairs(settings), api),
            options.share(share),
            options.rate(rate),
            seconds,
        )


def run(
    source: str,
    url: str,
    settings: dict[str, str],
    share: float,
    rate: float | None,
    seconds: float | None,
    secrets: "Credentials | None" = None,
) -> int:
    """Estimate and say; exit code 5 when the time left (`seconds`) is too short. Who signs in is asked unless `secrets` say so."""
    from crmexport.cli.progress import watching
    from crmexport.cli.sign_in import credentials
    from crmexport.pull.plan import plan

    connector = options.connector(source, url, settings)
    secrets = secrets or credentials()
    with watching(_("Plan")) as watch:
        estimate = plan(connector, secrets, share=share, rate=rate, watch=watch)
    echo(told(estimate))
    if rate is None and connector.about.limits.per_hour:
        echo(permitted(connector.about.limits))
    if seconds is None:
        for line in by_its_own_word(estimate, datetime.now(UTC)):
            echo(line)
        return ExitCode.COMPLETE
    echo(verdict(estimate, seconds))
    return ExitCode.COMPLETE if estimate.seconds_low <= seconds else ExitCode.WILL_NOT_FIT


def told(estimate: "Estimate") -> str:
    """The estimate as lines for a person."""
    from crmexport.cli.progress import duration

    titles = estimate.titles
    counts = sorted((titles.get(name, name), number) for name, number in estimate.records.items())
    lines = [f"  {title}: {spaced(number)}" for title, number in counts]
    sentence = _(
        "A pull needs {low} to {high} requests: {fast} to {slow}. Files that no list names come on top of that."
    ).format(
        low=spaced(estimate.requests_low),
        high=spaced(estimate.requests_high),
        fast=duration(estimate.seconds_low),
        slow=duration(estimate.seconds_high),
    )
    unknown = sorted(titles.get(name, name) for name in estimate.unknown)
    uncounted = [_("Not counted by the source: {streams}").format(streams=", ".join(unknown))]
    return "\n".join([_("The account announces:"), *lines, *(uncounted if unknown else []), sentence])


def permitted(limits: "Limits") -> str:
    """By which limits the time was reckoned: the one thing in it that a word of the vendor's can change."""
    return _(
        "Reckoned with what this CRM is known to permit: {rate:g} requests a second, {number} an hour. If the vendor permits you more, "
        "say so with --rate."
    ).format(rate=limits.per_second, number=spaced(limits.per_hour or 0))


def by_its_own_word(estimate: "Estimate", now: datetime) -> Iterator[str]:
    """Who is signed in, and whether the pull fits into the time for which the account says that it is open."""
    from crmexport.source.standing import called

    standing = estimate.standing
    if standing.person:
        yield _("You are signed in as {person}. What this person may not see is not counted.").format(
            person=called(standing.person, estimate.titles)
        )
    if standing.open_until:
        day = as_day(standing.open_until.date().isoformat())
        yield _("By its own word the account is open until {day}.").format(day=day)
        left = (standing.open_until - now).total_seconds()
        yield (
            verdict(estimate, left)
            if left > 0
            else _("That day is past: start the pull now, while it still answers.")
        )


def verdict(estimate: "Estimate", seconds: float) -> str:
    """Whether the pull fits into `seconds`."""
    if estimate.seconds_high <= seconds:
        return _("It fits the time left.")
    if estimate.seconds_low <= seconds:
        return _("It may just fit: start now, with --share 100%. What matters most is pulled first.")
    return _(
        "It does not fit the time left. Start now all the same: what matters most is pulled first. Ask the vendor for a higher limit."
    )


def seconds_until(text: str, now: datetime | None = None) -> float:
    """Seconds from `now` to the beginning of the day `text` (YYYY-MM-DD or DD.MM.YYYY), this computer's time.

    Raises ConfigurationError for a text that is no day, and for a day that is past.
    """
    pattern = "%d.%m.%Y" if "." in text else "%Y-%m-%d"
    try:
        day = datetime.strptime(text.strip(), pattern).date()
    except ValueError as error:
        raise ConfigurationError(
            _("--until takes a day such as 2026-12-04, not “{text}”.").format(text=text)
        ) from error
    now = now or datetime.now()
    if day < now.date():
        raise ConfigurationError(
            _("--until names a day that is past: {day}.").format(day=as_day(day.isoformat()))
        )
    return (datetime.combine(day, time()) - now).total_seconds()
