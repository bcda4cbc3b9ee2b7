"""Documents with versions, the knowledge base, calls, mail: a few of each (Megaplan reference, §7)."""

from crmexport_megaplan.sandbox.values import DAY, NOW, Body, link, moment
from crmexport_megaplan.sandbox.world import OF_CALL, OF_DOC, World

CALLS, MESSAGES, DOCS, SECTIONS = 40, 30, 5, 2
PASSED_OVER = 1  # the consignment and the call that a list may leave out
# Letters that answer others: what each answers. Of more than one answer, a letter shows the first.
ANSWERS = {5: 4, 6: 5, 9: 8, 10: 8, 11: 8}
CUT_THREADS = 1
HIDDEN_ARTICLE = "504"  # no text leads to it
TREE, TRASH = "knowledgeBase/all", "knowledgeBase/trash"
CALLS_BEFORE = "callInfo/history"
THROWN_AWAY = "505"
SECTION_OF = {"501": "401", "502": "401", "503": "402", HIDDEN_ARTICLE: "402"}


def folders(world: World) -> list[Body]:
    """DocFolder: one within the other. What lies in none says nothing of it."""
    return [
        {"contentType": "DocFolder", "id": "1", "name": "Договоры"},
        {"contentType": "DocFolder", "id": "2", "name": "Старые; договоры", "parent": link("DocFolder", "1")},
    ]


def folder_of(doc: int) -> str:
    """The folder that a document lies in."""
    return "2" if doc % 2 else "1"


def docs(world: World) -> list[Body]:
    """Doc: the first has two versions, the others one; the last has none yet."""
    return [
        {
            "contentType": "Doc",
            "id": str(3_001 + place),
            "name": f"Регламент № {place + 1}; черновик",
            "description": "<p>Как <b>надо</b></p>",
            "folder": link("DocFolder", folder_of(place)),
            "versionsCount": len(versions_of(place)),
            "commentsCount": 0,
            "tags": [],
            "attaches": [],
            "attachesCount": 0,
            "isDropped": False,
            "owner": world.pick("Employee", place, 1_000_001),
            "userCreated": world.pick("Employee", place, 1_000_001),
            "timeCreated": moment(NOW - 100 * DAY + place),
            "timeUpdated": moment(NOW - 90 * DAY + place),
        }
        for place in range(DOCS)
    ]


def versions_of(doc: int) -> list[int]:
    """The versions of a document."""
    return [0, 1] if doc == 0 else [doc + 1] if doc < DOCS - 1 else []


def versions(world: World) -> list[Body]:
    """DocVersion: the very first holds a file."""
    return [
        {
            "contentType": "DocVersion",
            "id": str(4_001 + place),
            "name": f"Версия {place}",
            "file": world.orphan(OF_DOC) if place == 0 else None,
            "timeCreated": moment(NOW - 100 * DAY + place),
        }
        for place in range(DOCS)
    ]


def sections(world: World) -> list[Body]:
    """KnowledgeBase: sections. Their texts alone lead to articles."""
    first = '<p>Читать: <a href="/knowledge/401/501">раз</a> и <a href="https://x.test/knowledge/401/502/">два</a></p>'
    texts = {"401": first, "402": ""}
    return [
        {
            "contentType": "KnowledgeBase",
            "id": id,
            "name": f"Раздел {id}",
            "content": text,
            "parent": None,
            "orderPos": int(id),
            "lastUpdated": moment(NOW - 60 * DAY),
            "lastUpdateBy": world.pick("Employee", int(id), 1_000_001),
        }
        for id, text in texts.items()
    ]


def articles(world: World) -> list[Body]:
    """KnowledgeArticle: one of them is found by texts only through another, one by none; the last was thrown away."""
    more = '<p><a href="/knowledge/402/503">ещё</a></p>'
    return [
        {
            "contentType": "KnowledgeArticle",
            "id": id,
            "name": f"Статья {id}",
            "content": more if id == "502" else "<p>Текст &amp; текст</p>",
            "parent": None,
            "isDropped": id == THROWN_AWAY,
            "timeCreated": moment(NOW - 50 * DAY),
        }
        for id in (*SECTION_OF, THROWN_AWAY)
    ]


def trash(world: World) -> list[Body]:
    """KnowledgeTrashItem: what was thrown away, and what it lay in."""
    item, above = link("KnowledgeArticle", THROWN_AWAY), [link("KnowledgeBase", "402")]
    return [
        {"contentType": "KnowledgeTrashItem", "id": "1", "item": item, "parents": above, "parentsCount": 1}
    ]


def calls(world: World) -> list[Body]:
    """CallInfo: the first was recorded here, the second by the provider."""
    return [
        {
            "contentType": "CallInfo",
            "id": str(9_001 + place),
            "type": ("out", "in", "miss")[place % 3],
            "state": "finished",
            "fromPhone": f"+7 000 {place:07d}",
            "toPhone": "+7 000 0000000",
            "fromUser": world.pick("Employee", place, 1_000_001),
            "toUser": link("ContractorCompany", world.kinds["ContractorCompany"].id(place % 7)),
            "timeFrom": moment(NOW - 200 * DAY + place * 3600),
            "timeTo": moment(NOW - 200 * DAY + place * 3607),
            "providerId": f"call-{place}",
            "recordLinks": ["https://records.example.test/9002.mp3"] if place == 1 else [],
            "file": world.orphan(OF_CALL) if place == 0 else None,
            "timeCreated": moment(NOW - 200 * DAY + place * 3600),
        }
        for place in range(CALLS)
    ]


def messages(world: World) -> list[Body]:
    """Message: mail, some of it in threads."""
    return [
        {
            "contentType": "Message",
            "id": str(9_501 + place),
            "subject": f"Re: счёт № {place}" if place % 4 else "",
            "text": f"<p>Добрый день! <i>{place}</i></p>",
            "from": {"contentType": "MessageContact", "email": "client@example.test", "name": "Клиент"},
            "to": [{"contentType": "MessageContact", "email": "office@example.test", "name": ""}],
            "copy": [],
            "blindCopy": [],
            "isOutgoing": bool(place % 2),
            "deliveryStatus": "sent",
            "timeSent": moment(NOW - 150 * DAY + place * 3600 - 60),
            "convertedTo": link("ContractorCompany", world.kinds["ContractorCompany"].id(place % 7)),
            "attaches": [],
            "attachesCount": 0,
            **_thread(place),
            "timeCreated": moment(NOW - 150 * DAY + place * 3600),
        }
        for place in range(MESSAGES)
    ]


def _thread(place: int) -> Body:
    """What a letter answers, and the first of its answers."""
    own = [answer for answer, to in ANSWERS.items() if to == place]
    return {
        "parent": link("Message", str(9_501 + ANSWERS[place])) if place in ANSWERS else None,
        "childs": [link("Message", str(9_501 + answer)) for answer in own[:1]],
        "childsCount": len(own),
        "deepChildsCount": len(own) + sum(to in own for to in ANSWERS.values()),
    }
