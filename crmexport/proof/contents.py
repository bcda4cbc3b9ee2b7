"""Names for people: of what lies in the folder of an export, for whoever was given it and does not know crmexport, and of fields."""

from collections.abc import Iterator, Mapping

from crmexport.model import ENTITIES
from crmexport.proof.report import Report
from crmexport.target.files import FOLDER as ATTACHMENTS
from crmexport.text import N_, _, language

DIFFERS = N_("DIFFERS")
ON_WINDOWS = (
    "Get-Content SHA256SUMS -Encoding UTF8 | ForEach-Object { $sum, $file = $_ -split '  ', 2; "
    f'if ((Get-FileHash -LiteralPath $file).Hash -ne $sum) {{ "{DIFFERS}: $file" }} }}'
)
"""What `sha256sum -c` does, for PowerShell."""


def contents(report: Report) -> Iterator[tuple[str, str]]:
    """The folders and the files that no table lists, each with what it is for, in the order in which a person wants them."""
    written = {output.path for output in report.outputs}
    for folder, title in report.folders.items():
        about = _spoken(title) or folder
        if f"{folder}/README.txt" in written:
            about = _("{title}. Begin with README.txt there: what to load, and in which order").format(
                title=about
            )
        yield f"{folder}/", about
    if f"{ATTACHMENTS}/index.html" in written:
        yield (
            f"{ATTACHMENTS}/",
            _(
                "Attachments, a folder for each record. Begin with index.html there; index.csv is for programs"
            ),
        )
    yield "report.html, report.json", _("This report, for people and for programs")
    yield "SHA256SUMS", _("The fingerprint of every file in this folder")
    yield (
        "export.json, rows/",
        _(
            "How these files were written: crmexport needs it to check them, and to write only what is new later"
        ),
    )


def _spoken(title: str | Mapping[str, str]) -> str:
    """A title that may be told in several languages, in the reader's."""
    return title if isinstance(title, str) else title.get(language(), "") or next(iter(title.values()), "")


def place_title(place: str) -> str:
    """A field of an entity (`deal.result`) by the names that tables give to both, with the name that mapping files have for it."""
    kind, _dot, name = place.partition(".")
    entity = ENTITIES.get(kind)
    if entity is None or name not in entity.by_name:
        return place
    return f"{_(entity.title)}: {_(entity.by_name[name].title)} ({place})"
