"""Documents come with their versions, articles by the links that lead to them, files by a second way of their own."""

from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from crmexport_megaplan.query import query_of
from crmexport_megaplan.sandbox import Behaviour, MegaplanSandbox

from crmexport.sandbox.exchange import Asked
from crmexport.source import Announced, Request
from tests.faults.holding import wrong
from tests.faults.inprocess import Sandboxed
from tests.megaplan.builders import asked_paths, connector, file, link, opening, page, read, refused
from tests.megaplan.nightly import Nightly


def list_of(name: str, since: datetime | None = None) -> Request:
    return next(one for one in connector.opening(since) if one.context.get("list") == name)


def test_articles_are_found_in_the_texts_of_sections_and_of_other_articles() -> None:
    text = '<a href="/knowledge/4/51">a</a> <a href="https://acme.example.test/knowledge/some-section/52?x=1">b</a>'
    section = link("KnowledgeBase", "4", content=text)
    told = read(opening("knowledgeBase"), page([section]))
    assert told.links == {("knowledgeArticle", "51"), ("knowledgeArticle", "52")}
    card = connector.card("knowledgeArticle", "51")
    assert card is not None
    article = link("KnowledgeArticle", "51", content="<a href='/knowledge/4/53'>c</a>")
    assert ("knowledgeArticle", "53") in read(card, page([article])).links


def test_articles_that_no_text_leads_to_are_found_by_the_tree_and_by_their_sections() -> None:
    rows = [link("KnowledgeBase", "4", name="a"), link("KnowledgeArticle", "54", name="b")]
    told = read(list_of("tree of articles"), page(rows))
    assert (told.records, told.links, told.announced) == ([], {("knowledgeArticle", "54")}, [])
    (own,) = read(opening("knowledgeBase"), page([link("KnowledgeBase", "4", content="")])).asks
    assert asked_paths(read(opening("knowledgeBase"), page([link("KnowledgeBase", "4")]))) == [
        "/knowledgeBase/4/articles"
    ]
    assert read(own, page([link("KnowledgeArticle", "55", name="c")])).links == {("knowledgeArticle", "55")}


def test_articles_that_were_thrown_away_are_found_in_their_bin() -> None:
    """What may be restored is there (RAML `/knowledgeBase/trash`, type `KnowledgeTrashItem`)."""
    thrown = link(
        "KnowledgeTrashItem", "1", item=link("KnowledgeArticle", "56"), parents=[link("KnowledgeBase", "4")]
    )
    told = read(list_of("articles thrown away"), page([thrown], count=1))
    assert (told.records, told.links, told.announced) == ([], {("knowledgeArticle", "56")}, [])


def test_documents_are_asked_for_their_versions_unless_they_have_none() -> None:
    rows = [link("Doc", "1", attaches=[]), link("Doc", "2", attaches=[], versionsCount=0)]
    (versions,) = read(opening("doc"), page(rows)).asks
    assert asked_paths(read(opening("doc"), page(rows))) == ["/doc/1/versions"]
    told = read(versions, page([link("DocVersion", "9", file=file("7"))]))
    assert [(row.stream, row.id, row.parent) for row in told.records] == [
        ("docVersion", "doc/1/DocVersion:9", ("doc", "1"))
    ]
    assert [ref.id for ref in told.files] == ["7"]


def test_versions_that_are_counted_and_never_come_are_lost() -> None:
    """Where a document does not count them, the account may have no such list."""
    rows = [link("Doc", "1", attaches=[]), link("Doc", "2", attaches=[], versionsCount=2)]
    asked = [one for one in read(opening("doc"), page(rows)).asks if one.stream == "docVersion"]
    assert [one.family for one in asked] == ["doc", ""]


def test_folders_are_asked_for_what_lies_in_them() -> None:
    told = read(
        opening("docFolder"), page([link("DocFolder", "7", name="a"), link("DocFolder", "8", name="b")])
    )
    assert asked_paths(told) == ["/docFolder", "/doc", "/docFolder", "/doc"]
    folders, docs, *_others = told.requests
    assert query_of(docs.path)["parentFolder"] == {"contentType": "DocFolder", "id": "7"}
    assert folders.bulk and docs.bulk and docs.subject == ("doc", "docFolder/7")
    (more,) = read(docs, page([link("Doc", "1", attaches=[], versionsCount=0)], more=True, count=9)).requests
    assert query_of(more.path)["parentFolder"]["id"] == "7"
    assert read(docs, page([link("Doc", "1", attaches=[], versionsCount=0)], count=1)).announced == []
    inner = read(folders, page([link("DocFolder", "9", name="c")])).requests
    assert [query_of(one.path)["parentFolder"]["id"] for one in inner] == ["9", "9"]


def test_letters_of_the_way_that_a_list_shows_none_of_are_asked_for_at_its_end() -> None:
    def letter(id: str, **told: object) -> dict[str, object]:
        return link("Message", id, attaches=[], **told)

    sent, received, mute = letter("1", isOutgoing=True), letter("2", isOutgoing=False), letter("3")
    letters = list_of("message")
    assert read(letters, page([sent, received], count=2)).asks == []
    assert read(letters, page([received, mute], count=2)).asks == []
    (rest,) = read(letters, page([received], count=1)).asks
    assert query_of(rest.path)["isOutgoing"] is True and rest.bulk
    assert read(rest, page([sent], count=1)).announced == [], "a list that knows no ways shows all once more"
    assert read(rest, page([sent])).asks == []
    (other,) = read(letters, page([sent])).asks
    assert query_of(other.path)["isOutgoing"] is False
    (none,) = read(letters, page([])).asks
    assert query_of(none.path)["isOutgoing"] is True
    (second,) = read(letters, page([received], more=True, count=9)).asks
    assert "isOutgoing" not in query_of(second.path)
    assert read(second, page([sent])).asks == []
    (anew,) = read(rest, refused("There is extra field 'isOutgoing'")).asks
    assert anew.key == letters.key, "what was asked already, and so nothing"


def test_letters_of_a_thread_are_found_by_each_other_and_the_answers_not_shown_are_asked_for() -> None:
    """A list of letters may show the first of each thread only (RAML `/message`, `withParent`; type `Message`)."""
    known = {"attaches": [], "isOutgoing": True}
    thread = link(
        "Message",
        "4",
        parent=link("Message", "1"),
        childs=[link("Message", "5"), link("WhatsappMessage", "6")],
        childsCount=2,
        **known,
    )
    other = link("Message", "7", isOutgoing=False, attaches=[], parent=None, childs=[], childsCount=0)
    told = read(list_of("message"), page([thread, other]))
    assert told.links == {("message", "1"), ("message", "5")} and told.asks == []
    cut = {**thread, "childs": [link("Message", "5")]}
    (answers,) = read(list_of("message"), page([cut, other])).asks
    assert query_of(answers.path)["withParent"] == {"contentType": "Message", "id": "4"}
    assert answers.bulk and answers.subject == ("message", "message/4")
    found = read(answers, page([link("Message", "8", **known)], count=1))
    assert [row.id for row in found.records] == ["8"] and (found.asks, found.announced) == ([], [])
    (anew,) = read(answers, refused("There is extra field 'withParent'")).asks
    assert anew.key == list_of("message").key, "what was asked already, and so nothing"
    card = connector.card("message", "8")
    assert card is not None and card.path.startswith("/api/v3/message/8")


def test_chats_with_clients_are_asked_for_what_was_said_in_them() -> None:
    """Of people who have no card it stands nowhere else; what stands at a card or a deal stays there (RAML `Comment.subject`)."""
    told = read(list_of("clientChat"), page([link("ClientChat", "7", channelType="Telegram", subject=None)]))
    (comments,) = told.asks
    assert asked_paths(told) == ["/clientChat/7/comments"] and comments.family == "clientChat"
    rows = [
        link("Comment", "1", content="a", attaches=[], subject=link("ClientChat", "7")),
        link("Comment", "2", content="b", attaches=[], subject=link("Deal", "28001", name="c")),
        link("Comment", "3", content="d", attaches=[]),
    ]
    found = read(comments, page(rows)).records
    assert [row.parent for row in found] == [("clientChat", "7"), ("deal", "28001"), ("clientChat", "7")]
    first = read(comments, page(rows, more=True))
    (rest,) = first.requests
    assert first.announced == []
    assert read(rest, page(rows[:1])).announced == [Announced("comment", "clientChat/7", 3)]
    unclear = link(
        "Comment", "2", content="b", attaches=[{"contentType": "File", "id": "9"}], subject=rows[1]["subject"]
    )
    (card,) = read(comments, page([unclear])).asks
    assert [row.parent for row in read(card, page([{**unclear, "attaches": [file("9")]}])).records] == [
        ("deal", "28001")
    ]


def test_the_inventory_of_files_brings_no_records_and_comes_after_all_other_files() -> None:
    storage = list_of("file storage")
    told = read(storage, page([file("7")], count=1))
    assert told.records == [] and told.announced == []
    (ref,) = told.files
    assert (ref.id, ref.owner) == ("7", ("file", "7"))
    assert storage.worth < ref.request.worth


def test_files_whose_lists_name_them_alone_come_whole_and_are_not_listed_again_every_night(
    tmp_path: Path,
) -> None:
    """Rows tell no more than they are asked for (§4.3): neither where a file lies, nor when it was made."""
    nightly = Nightly(tmp_path, MegaplanSandbox(60, 60, 60, behaviour=Behaviour(page_cap=5, bare_files=True)))
    nightly.adapter.clock.now = 1_766_232_000.0
    assert nightly.pulled().complete
    assert wrong(tmp_path, nightly.box) == []
    listed: list[str] = []

    def strike(_number: int, request: Asked, _adapter: Sandboxed) -> None:
        listed.extend([str(request.target)] if "/fileStorage?" in unquote(str(request.target)) else [])

    nightly.adapter.strikes.append(strike)
    assert nightly.pulled().complete
    assert len(listed) == 1


@pytest.mark.parametrize("words", ['There is extra field "fields"', "Bad request"])
def test_an_inventory_that_takes_no_names_of_fields_lacks_nothing_for_that(words: str) -> None:
    asked, gaps = list_of("file storage"), []
    while "fields" in query_of(asked.path):
        reading = read(asked, refused(f'{words}, for content type "FileStorageListRequest"'))
        (asked,) = reading.asks
        gaps += reading.gaps
    assert gaps == []


def test_what_is_made_once_and_never_changed_is_looked_through_from_the_newest_on() -> None:
    since = datetime(2025, 10, 5, tzinfo=UTC)
    for name in ("callInfo", "message", "file storage"):
        request = list_of(name, since)
        assert query_of(request.path)["sortBy"][0] == {
            "contentType": "SortField",
            "fieldName": "timeCreated",
            "desc": True,
        }
        old = {"contentType": "DateTime", "value": "2025-10-03T23:59:00+00:00"}
        new = {"contentType": "DateTime", "value": "2025-10-04T00:01:00+00:00"}
        kinds = {"callInfo": "CallInfo", "message": "Message", "file storage": "File"}
        known = {"attaches": [], "path": "/attach/x/y.pdf"}
        rows = [
            link(kinds[name], "1", timeCreated=new, **known),
            link(kinds[name], "2", timeCreated=old, **known),
        ]
        assert asked_paths(read(request, page(rows[:1], more=True))) != []
        assert asked_paths(read(request, page(rows, more=True))) == []
