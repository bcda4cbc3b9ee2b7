"""Files of the older API: objects of Id, Name and Url, wherever they hang, and pictures within texts (Megaplan reference, §16).

Sources differ on how they are fetched: by their own address with a signature, or by `File/downloadAttach`. The first is
tried; where it is refused, the second, and then the second without the ending that all other routes have, as the client wrote
it that knows this way. An address that does not look like a file's is not asked itself, for it may be any route of the account:
the second way is the first then.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from crmexport.source import FileRef, Gap, GapKind, Key, Request
from crmexport.text import _, encodable
from crmexport_megaplan.files import file_path, is_here
from crmexport_megaplan.pictures import addresses, told_by
from crmexport_megaplan.reads import FILE_PATH
from crmexport_megaplan.v1.kinds import WORTH
from crmexport_megaplan.v1.query import address, encoded, question
from crmexport_megaplan.v1.verdicts import is_page_itself

DOWNLOAD = "BumsCommonApiV01/File/downloadAttach"
PLAIN = f"/{DOWNLOAD}"


def files_of(url: str, owner: Key, record: Mapping[str, Any]) -> Iterator[FileRef | Gap]:
    """The files within a record of the account at `url`, and what its texts show; those that lie elsewhere as gaps."""
    known: set[str] = set()
    for value in _attachments(record):
        told = encodable(str(value.get("Url") or ""))
        id = encodable(str(value.get("Id") or told or value["Name"]))
        path = _path(url, told)
        if not told:
            yield Gap("file", id, GapKind.REFUSED, _("The source does not say where the file is."))
        elif path is None:
            reason = _("The file lies outside this account, at {path}: it is not fetched.").format(path=told)
            yield Gap("file", id, GapKind.REFUSED, reason)
        else:
            known.add(path)
            yield _reference(id, owner, path, value)
    for path in dict.fromkeys(path for _of, path in addresses(url, owner, record, known)):
        id, name = told_by(path)
        yield _reference(id, owner, path, {"Id": id, "Name": name, "Url": path})


def _path(url: str, told: str) -> str | None:
    """The address of a file within the account at `url`, from its root; None for one that lies elsewhere.

    A relative one need not begin with a slash, nor look like a file's.
    """
    try:
        parts = urlsplit(told)
    except ValueError:
        return None
    if parts.netloc or parts.scheme:
        return file_path(url, told) or (urlunsplit(("", "", *parts[2:])) if is_here(url, parts) else None)
    told = told if told.startswith("/") else f"/{told}"
    return file_path(url, told) or told


def downloaded(id: str, name: str, url: str) -> Request:
    """The request for a file's bytes through the API."""
    return _file(question("file", DOWNLOAD, {"url": url}), id, kind="download", name=name, url=url)


def plainly(request: Request) -> Request:
    """The same as `request` asks through the API, at the route without an ending."""
    context = {**request.context, "kind": "plain"}
    path = f"{PLAIN}?{encoded({'url': context['url']})}"
    return _file(Request("file", path), (request.subject or ("", ""))[1], **context)


def _attachments(value: Any, *, attached: bool = False) -> Iterator[Mapping[str, Any]]:
    """Objects that are files by their address, or by being `attached`: of such a one the address may be missing."""
    if isinstance(value, list):
        for inner in value:
            yield from _attachments(inner, attached=attached)
    elif isinstance(value, dict):
        has_address = (
            isinstance(value.get("Url"), str) and value["Url"] and ("Name" in value or "Id" in value)
        )
        if has_address or (attached and (value.get("Id") or value.get("Name"))):
            yield value
            return
        for name, inner in value.items():
            if isinstance(inner, (dict, list)):
                yield from _attachments(inner, attached=name == "Attaches")


def _reference(id: str, owner: Key, path: str, value: Mapping[str, Any]) -> FileRef:
    name, told = encodable(str(value.get("Name") or id)), encodable(str(value["Url"]))
    request = _file(Request("file", path), id, kind="file", name=name, url=told)
    if path.startswith(f"{address(DOWNLOAD)}?"):  # the address is the other way already
        request = _file(Request("file", path), id, kind="download", name=name, url=told)
    elif is_page_itself(name) or not FILE_PATH.fullmatch(path.partition("?")[0]):
        request = downloaded(id, name, told)  # a page could not be told from a page to sign in at
    return FileRef(id, name, None, owner, json.dumps(value, ensure_ascii=False), request)


def _file(request: Request, id: str, **context: Any) -> Request:
    return Request(
        "file", request.path, worth=WORTH["file"], is_file=True, subject=("file", id), context=context
    )
