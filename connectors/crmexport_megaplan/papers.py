"""Documents, the knowledge base, calls, mail, chats with clients, and the account's own inventory of files.

Articles of the knowledge base have no list of their own. The vendor's description knows the whole tree (/knowledgeBase/all)
and the articles of a section, and a bin of what was thrown away, which may be restored; clients that ran live knew neither, and found articles by addresses in the texts of sections
and articles (Megaplan reference, §7). All three ways are gone, and each article is then fetched by card. The inventory of files is a second, independent way to them: a file listed there that nothing else led to
is fetched, and one that it does not list is no error.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crmexport.source import Key
from crmexport.text import N_
from crmexport_megaplan.spec import OF_FILE, ListSpec, named

STORAGE = N_("file storage")
TREE = N_("tree of articles")
TRASH = N_("articles thrown away")
CALLS_BEFORE = N_("history of calls")
_ARTICLE = re.compile(r"/knowledge/[^/\s\"'<>]+/(\d+)")

# The names of the vendor's own description (§7); those beside them nobody has told, and a list drops what it does not know.
_DOC = named(
    """name generatedName description folder actualVersion versionsCount isTemplate templateObject tags attaches isDropped owner
    commentsCount hiddenCommentsCount userCreated userUpdated timeCreated timeUpdated"""
)
_SECTION = named(
    "name content description orderPos isDropped lastUpdated lastUpdateBy timeCreated timeUpdated"
)
_CALL = named(
    """name type direction status state from fromPhone fromUser to toPhone toUser timeFrom timeTo duration providerId recordLinks
    employee contractor deal file attaches timeCreated"""
)
_MESSAGE = named(
    """subject content text from to copy blindCopy email messageId isOutgoing deliveryStatus lastErrorMessage timeSent convertedTo parent childs employee
    contractor deal task attaches timeCreated timeUpdated"""
)
# Chats with people who have no card stand nowhere else (RAML `/clientChat`, type `ClientChat`).
_CHAT = named("channelType channelName contractor subject lastComment")

PAPERS = {
    "docFolder": ListSpec("docFolder", "/docFolder", sorted=False, small=True, uncertain=True),
    "doc": ListSpec("doc", "/doc", _DOC, uncertain=True),
    "knowledgeBase": ListSpec("knowledgeBase", "/knowledgeBase", _SECTION, sorted=False, uncertain=True),
    TREE: ListSpec("knowledgeBase", "/knowledgeBase/all", scope="", sorted=False, small=True, uncertain=True),
    TRASH: ListSpec(
        "knowledgeArticle", "/knowledgeBase/trash", scope="", sorted=False, small=True, uncertain=True
    ),
    "callInfo": ListSpec("callInfo", "/callInfo", _CALL, changed="creation", uncertain=True),
    # Whether the list of calls has those that a provider brought in afterwards, as their history, nobody has told (RAML).
    CALLS_BEFORE: ListSpec(
        "callInfo", "/callInfo/history", _CALL, scope="", changed="creation", small=True, uncertain=True
    ),
    "message": ListSpec("message", "/message", _MESSAGE, changed="creation", uncertain=True),
    "clientChat": ListSpec("clientChat", "/clientChat", _CHAT, uncertain=True),
    STORAGE: ListSpec("file", "/fileStorage", OF_FILE, scope="", changed="creation", uncertain=True),
}


def articles_in(value: Mapping[str, Any]) -> Iterator[Key]:
    """The articles that the texts of a section or an article lead to, as (stream, id)."""
    for name in ("content", "description"):
        for id in _ARTICLE.findall(str(value.get(name) or "")):
            yield "knowledgeArticle", id


def letters_with(value: Mapping[str, Any]) -> Iterator[Key]:
    """The letters of the same thread that a letter names, as (stream, id): what it answers, and its answers.

    A list may show the first of a thread only: the vendor's description has a parameter of its own for answers, `withParent`
    (RAML `/message`, type `Message`).
    """
    for one in (value.get("parent"), *(value.get("childs") or ())):
        if isinstance(one, dict) and one.get("contentType") == "Message" and one.get("id") is not None:
            yield "message", str(one["id"])
