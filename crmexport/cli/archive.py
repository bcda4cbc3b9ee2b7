"""`crmexport archive show, check, accept, history, rebuild, outline, prune`: look after the archive."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from crmexport.cli import archive_accept, archive_outline, archive_rebuild, archive_show, options
from crmexport.cli.progress import Found, Watch, counted, watching
from crmexport.cli.saying import echo
from crmexport.errors import ConfigurationError, ExitCode
from crmexport.text import _, instant, ngettext, size, spaced

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from crmexport.archive import Place


def add(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = options.group(app, "archive", _("Look after the archive."))

    archive_show.add(group)
    archive_accept.add(group)
    archive_rebuild.add(group)
    archive_outline.add(group)

    @options.command(group, "check", _("Read the whole archive and name every damage."))
    def check(archive: Annotated[str, options.archive()]) -> int:
        return run(options.place(archive))

    @options.command(group, "history", _("Show all that is held of one record, from its first version on."))
    def history(
        stream: Annotated[
            str,
            typer.Argument(
                metavar=_("STREAM"), help=_("Such as company, deal or task; or the source's own name of it.")
            ),
        ],
        id: Annotated[str, typer.Argument(metavar=_("RECORD"), help=_("The record's number at the source."))],
        archive: Annotated[str, options.archive()],
        as_json: Annotated[
            bool, typer.Option("--json", help=_("One JSON object a line: each version, whole."))
        ] = False,
    ) -> int:
        return tell(options.place(archive), stream, id, as_json)

    @options.command(
        group,
        "prune",
        _(
            "Drop old versions of many backups. Kept are those of the last pull of each of the last days, weeks and months; "
            "what is current always stays."
        ),
    )
    def prune(
        archive: Annotated[str, options.archive()],
        daily: Annotated[
            str, _keep("--keep-daily", _("For how many days to keep each day's last pull."))
        ] = "0",
        weekly: Annotated[
            str, _keep("--keep-weekly", _("For how many weeks to keep each week's last pull."))
        ] = "0",
        monthly: Annotated[
            str, _keep("--keep-monthly", _("For how many months to keep each month's last pull."))
        ] = "0",
        dry_run: Annotated[
            bool, typer.Option("--dry-run", help=_("Only say what would be dropped."))
        ] = False,
    ) -> int:
        given = {"daily": daily, "weekly": weekly, "monthly": monthly}
        counts = {name: options.whole(f"--keep-{name}", text) or 0 for name, text in given.items()}
        return drop(options.place(archive), counts, dry_run)


def _keep(name: str, meaning: str) -> Any:
    return typer.Option(name, metavar=_("NUMBER"), help=meaning)


def tell(place: "Place", stream: str, id: str, as_json: bool) -> int:
    """Print the versions of a record: when each came, and what had changed."""
    from crmexport.archive import Archive
    from crmexport.archive.history import history

    with Archive.open(place) as archive:
        titles = _titles(archive.source.name)
        found = history(archive, stream, id, _made_of(stream, archive.source.name), titles)
    before: dict[str, Any] = {}
    for version in found.versions:
        body = json.loads(version.body)
        if as_json:
            echo(json.dumps({"received": version.received, "body": body}, ensure_ascii=False))
        else:
            echo("\n".join(_lines(instant(version.received), before, body)))
        before = body
    if found.deleted:
        echo(_("{time}  deleted at the source").format(time=instant(found.deleted)), err=as_json)
    return ExitCode.COMPLETE


def _titles(source: str) -> "Mapping[str, str]":
    """What people call the streams of a source; nothing where its connector is not installed."""
    from crmexport.source import connector_class, connector_names

    return connector_class(source).about.titles if source in connector_names() else {}


def _made_of(kind: str, source: str) -> "Collection[str]":
    """The streams that this kind is: people know a company, not what its source calls it, or a word of a report or a sheet."""
    from crmexport.mapping import load_source_mapping
    from crmexport.mapping.source_mapping import mapping_names
    from crmexport.model import ENTITIES

    def is_meant(title: str) -> bool:
        return title.casefold() == kind.casefold()

    if source not in mapping_names("from"):
        return ()
    mapping = load_source_mapping(source)
    entities = [name for name, entity in ENTITIES.items() if name == kind or is_meant(_(entity.title))]
    told = {stream for stream, title in _titles(source).items() if is_meant(title)}
    return told.union(*map(mapping.streams_for, entities))


def _lines(time: str, before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """What a version says: of the first all fields, of later ones those that had changed."""
    yield time
    for name in {**before, **now}:
        if name not in now:
            yield f"  - {name}"
        elif before.get(name) != now[name] or name not in before:
            yield f"  {name}: {json.dumps(now[name], ensure_ascii=False)}"


def drop(place: "Place", keep: dict[str, int], dry_run: bool) -> int:
    """Prune, and say what was dropped."""
    if not any(keep.values()):
        raise ConfigurationError(
            _(
                "Say what to keep, such as --keep-daily 7 --keep-weekly 4 --keep-monthly 12. Nothing was dropped."
            )
        )
    from crmexport.archive import Archive
    from crmexport.archive.prune import Keep, prune

    with Archive.open(place, alone=True) as archive:
        found = prune(archive, Keep(**keep), really=not dry_run)
    words = (
        _("Would drop {versions} old versions and {answers} answers; kept: {moments} pulls.")
        if dry_run
        else _("Dropped {versions} old versions and {answers} answers; kept: {moments} pulls.")
    )
    echo(words.format(versions=found.versions, answers=found.answers, moments=len(found.moments)))
    if found.files:
        words = (
            _("Would drop what attachments were before they were replaced: {files}, {size}.")
            if dry_run
            else _("Dropped what attachments were before they were replaced: {files}, {size}.")
        )
        echo(words.format(files=spaced(found.files), size=size(found.file_bytes)))
    return ExitCode.COMPLETE


def _heralded(damages: Iterator[str], watch: Watch) -> Iterator[str]:
    """These, and the first of them is told at once: a big archive is read for hours."""
    for number, sentence in enumerate(damages):
        if not number:
            watch(Found(sentence))
        yield sentence


def run(place: "Place") -> int:
    """Say every damage; exit code 1 when there is any."""
    from crmexport.archive import Archive

    with Archive.open(place) as archive, watching(_("Check")) as watch:
        damages = list(_heralded(archive.check(counted(watch)), watch))
    for sentence in damages:
        echo(sentence)
    if not damages:
        echo(_("The archive is sound: every answer, record and file is what was stored."))
        return ExitCode.COMPLETE
    echo(
        ngettext("{number} damage found.", "{number} damages found.", len(damages)).format(
            number=len(damages)
        ),
        err=True,
    )
    return ExitCode.FAILED
