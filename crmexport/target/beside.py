"""What is written beside the tables of a target: a text for people, and documents that the target itself reads."""

import json
from collections import Counter
from pathlib import Path

from crmexport.mapping.to.nesting import tables_in
from crmexport.target.documents import document
from crmexport.target.jsonl_file import encodable
from crmexport.target.names import safe_name
from crmexport.target.output import Output, output
from crmexport.target.readme import Written, readme
from crmexport.target.targets import Target
from crmexport.target.workshop import Workshop


def beside(shop: Workshop, target: Target, root: Path, written: Written) -> list[Output]:
    """Write the documents of the layout and its README.txt, whichever it has."""
    folder = root / target.name
    paths = []
    for name, body in target.layout.documents.items():
        if any(tables_in(body)):  # the format `json` has written it already
            continue
        paths.append(folder / safe_name(name, fallback="document"))
        text = json.dumps(document(body, written), ensure_ascii=False, indent=1)
        paths[-1].write_text(encodable(text) + "\n", encoding="utf-8", newline="\n")
    text = readme(shop, target, written)
    if text:
        paths.append(folder / "README.txt")
        paths[-1].write_text(text, encoding="utf-8-sig", newline="\r\n")
    return [output(root, path, 0, target.name, Counter()) for path in paths]
