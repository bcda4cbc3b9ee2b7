"""What is written beside the tables of a target: a text for people, and documents that the target itself reads."""

import json
from collections import Counter

from crmexport.mapping.to.nesting import tables_in
from crmexport.target.cover import local
from crmexport.target.documents import document
from crmexport.target.job import Job
from crmexport.target.names import safe_name
from crmexport.target.output import Output, output
from crmexport.target.readme import Written, readme
from crmexport.target.roll import Since
from crmexport.text import encodable, translations


def beside(job: Job, written: Written) -> list[Output]:
    """Write the documents of the layout and its README.txt, whichever it has."""
    target, folder = job.target, job.folder
    paths = []
    for name, body in target.layout.documents.items():
        if any(tables_in(body)):  # the format `json` has written it already
            continue
        paths.append(folder / safe_name(name, fallback="document"))
        text = json.dumps(document(body, written), ensure_ascii=False, indent=1)
        paths[-1].write_text(encodable(text) + "\n", encoding="utf-8", newline="\n")
    text = readme(job, written)
    if text:
        text = _only_new(job) + text
        paths.append(folder / "README.txt")
        paths[-1].write_text(text, encoding="utf-8-sig", newline="\r\n")
    return [output(job.root, path, 0, target.name, Counter()) for path in paths]


def _only_new(job: Job) -> str:
    """What stands at the top when the files hold only what an earlier export has not; "" for others."""
    if not isinstance(job.roll, Since):
        return ""
    lang = job.target.layout.read_in(job.shop.lang)
    _ = translations(lang).gettext
    counts = job.roll.counts()
    text = _(
        "THESE FILES HOLD ONLY WHAT IS NEW. An earlier export (as of {since}) has {left_out} records more; they are left out, so that "
        "nothing is doubled. Before you import, mend by hand what changed.csv names: {changed} records have changed since, {gone} are gone."
    )
    if counts["apart"]:
        text += " " + _(
            "{apart} new records belong to others that are left out: they are in no file, and changed.csv names them, too."
        )
    since = local(job.roll.since, job.target.layout.zone, lang) or "?"
    return text.format(since=since, **counts) + "\n\n"
