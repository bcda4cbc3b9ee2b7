"""Files are found wherever in a record they hang, are asked exactly where the source says, and never anywhere else."""

import json

import pytest
from crmexport_megaplan.files import file_path

from crmexport.source import FileRef, Reading, Request, Response
from tests.megaplan.builders import (
    HOST,
    JSON,
    answer,
    asked_paths,
    connector,
    file,
    link,
    listing,
    opening,
    page,
    read,
)

DEALS = listing("program/13")
COMMENTS = read(DEALS, page([link("Deal", "1", program=link("Program", "13"), commentsCount=1)])).asks[0]


def deal(id: str, **more: object) -> dict[str, object]:
    silent = {"commentsCount": 0, "dealsCount": 0, "tasksCount": 0, "todos": [], "attaches": []}
    return link("Deal", id, **{**silent, **more})


def found(reading: Reading) -> list[tuple[str, tuple[str, str]]]:
    return [(ref.id, ref.owner) for ref in reading.files]


def test_files_hang_on_the_nearest_record_around_them() -> None:
    row = deal(
        "1",
        attaches=[file("11")],
        Category1000060CustomFieldSkan=[file("12")],
        manager=link("Employee", "7", avatar=file("13")),
        comments=[link("Comment", "50", attaches=[file("14")])],
        attachesInfo={"contentType": "AttachesInfo", "imageFiles": [file("15")]},
        positions=[link("OfferRow", "9", photo=file("16"))],
    )
    assert found(read(DEALS, page([row, deal("2")]))) == [
        ("11", ("deal", "1")),
        ("12", ("deal", "1")),
        ("13", ("employee", "7")),
        ("14", ("comment", "50")),
        ("15", ("deal", "1")),
        ("16", ("deal", "1")),
    ]


def test_a_files_request_is_its_path_as_told_with_its_name_and_size() -> None:
    told = file("11", name="дог.pdf", path="/attach/F/1a.pdf/%D0%B4%D0%BE%D0%B3%2520.pdf")
    (ref,) = read(DEALS, page([deal("1", attaches=[told])])).files
    assert (ref.id, ref.name, ref.size, json.loads(ref.meta)) == ("11", "дог.pdf", 10, told)
    request = ref.request
    assert (request.path, request.is_file, request.subject) == (told["path"], True, ("file", "11"))
    assert request.context == {"name": "дог.pdf", "size": 10} and request.worth < DEALS.worth


def test_a_file_shown_before_is_found_again_on_its_next_owner() -> None:
    reading = read(DEALS, page([deal("1", attaches=[file("11")]), deal("2", attaches=[link("File", "11")])]))
    assert found(reading) == [("11", ("deal", "1")), ("11", ("deal", "2"))]
    assert len({ref.request.key for ref in reading.files}) == 1


def test_files_shown_beside_the_rows_are_found_for_the_rows() -> None:
    included = [file("11"), link("Employee", "7", avatar=link("File", "12")), file("12")]
    body = {"meta": {"status": 200}, "data": [deal("1", attaches=[link("File", "11")])], "included": included}
    reading = read(DEALS, Response(200, JSON, json.dumps(body).encode()))
    assert found(reading) == [("11", ("deal", "1")), ("12", ("employee", "7"))]


def test_in_the_included_form_files_of_parts_hang_on_the_records_that_name_these() -> None:
    """What is no record stands beside the rows, as do the parts of it. Some name one another."""
    included = [
        link("NegotiationItem", "1", name="Договор", versions=[link("NegotiationItemVersion", "5")]),
        link("NegotiationItemVersion", "5", attache=link("File", "11"), item=link("NegotiationItem", "1")),
        file("11"),
    ]
    rows = [deal("1"), deal("2", negotiationItems=[link("NegotiationItem", "1")])]
    body = {"meta": {"status": 200}, "data": rows, "included": included}
    assert found(read(DEALS, Response(200, JSON, json.dumps(body).encode()))) == [("11", ("deal", "2"))]


@pytest.mark.parametrize("all_name_all", [True, False])
def test_in_the_included_form_parts_that_name_one_another_are_each_looked_at_once(all_name_all: bool) -> None:
    """Else the ways through ten such parts would be a million, and a long row of them too deep."""
    number = 6 if all_name_all else 2000
    every = [str(id) for id in range(number)]

    def named(id: str) -> list[dict[str, object]]:
        others = every if all_name_all else every[int(id) + 1 : int(id) + 2]
        return [link("NegotiationItemVersion", other) for other in others]

    included = [
        link("NegotiationItemVersion", id, others=named(id), attache=link("File", id)) for id in every
    ]
    body = {
        "meta": {"status": 200},
        "data": [deal("1", negotiationItems=[link("NegotiationItemVersion", "0")])],
        "included": [*included, *map(file, every)],
    }
    reading = read(DEALS, Response(200, JSON, json.dumps(body).encode()))
    assert sorted(found(reading)) == sorted((id, ("deal", "1")) for id in every)


def test_files_of_comments_hang_on_the_comment() -> None:
    reading = read(COMMENTS, page([link("Comment", "50", attaches=[file("11")], workTime=None)]))
    assert found(reading) == [("11", ("comment", "50"))]


def test_attachments_beyond_the_preview_are_listed() -> None:
    reading = read(DEALS, page([deal("1", attaches=[file("11")], attachesCount=2)]))
    (more,) = reading.asks
    assert more.path.startswith("/api/v3/deal/1/attaches?") and more.bulk
    assert found(read(more, page([file("11"), file("12")]))) == [("11", ("deal", "1")), ("12", ("deal", "1"))]


def test_a_file_without_a_path_is_looked_up_on_the_card_and_only_then_a_gap() -> None:
    row = deal("1", attaches=[file("11", path=None)])
    reading = read(DEALS, page([row]))
    assert (reading.files, reading.gaps) == ([], [])
    (card,) = reading.asks
    assert card == connector.card("deal", "1")
    assert [(gap.stream, gap.id) for gap in read(card, answer(row)).gaps] == [("file", "11")]
    assert found(read(card, answer(deal("1", attaches=[file("11")])))) == [("11", ("deal", "1"))]


def test_a_comments_file_without_a_path_is_looked_up_on_the_comments_card() -> None:
    row = link("Comment", "50", attaches=[file("11", path=None)], workTime=None)
    (card,) = read(COMMENTS, page([row])).asks
    assert card.path == "/api/v3/comment/50"
    assert read(card, answer({**row, "attaches": []})).records[0].parent == ("deal", "1")


@pytest.mark.parametrize(
    "told",
    [
        "//evil.example.test/attach/F/1.pdf/a.pdf",
        "https://evil.example.test/attach/F/1.pdf/a.pdf",
        "https://acme.example.test@evil.example.test/attach/1.pdf",
        "ftp://acme.example.test/attach/1.pdf",
        "javascript:alert(1)",
        "attach/F/1.pdf",
        "/attach/../BumsTaskApiV01/Task/action.api",
        "/attach/%2e%2E/BumsTaskApiV01/Task/action.api",
        "/BumsTaskApiV01/Task/action.api?Id=1",
        "/api/v3/attache/shareUrl/1",
        "/login/",
        "https://[acme/attach/F/1.pdf",
        "//[",
    ],
)
def test_a_path_that_leads_elsewhere_is_a_gap_and_never_asked(told: str) -> None:
    reading = read(DEALS, page([deal("1", attaches=[file("11", path=told)])]))
    assert (reading.files, reading.asks) == ([], [])
    assert [(gap.stream, gap.id) for gap in reading.gaps] == [("file", "11")] and told in reading.gaps[
        0
    ].reason


@pytest.mark.parametrize(
    ("told", "asked"),
    [
        (f"{HOST}/attach/F/1.pdf/a.pdf", "/attach/F/1.pdf/a.pdf"),
        ("/attach/F/1.pdf/a%2Fb%5Cc%20%25.pdf", "/attach/F/1.pdf/a%2Fb%5Cc%20%25.pdf"),
        (
            "/attach/F/1.pdf/имя файла#1.pdf",
            "/attach/F/1.pdf/%D0%B8%D0%BC%D1%8F%20%D1%84%D0%B0%D0%B9%D0%BB%D0%B0%231.pdf",
        ),
        ("/attach/F/1.pdf/a\r\nHost: x", "/attach/F/1.pdf/a%0D%0AHost:%20x"),
        ("/attach/F/1.bin/..", "/attach/F/1.bin/file"),
    ],
)
def test_a_path_is_asked_as_told_where_it_can_be(told: str, asked: str) -> None:
    assert file_path(HOST, told) == asked


def test_every_file_request_is_among_the_declared_reads() -> None:
    ref: FileRef = read(DEALS, page([deal("1", attaches=[file("11")])])).files[0]
    assert any(rule.allows(ref.request) for rule in connector.about.reads)
    assert not any(rule.allows(Request("file", "/BumsTaskApiV01/x.api")) for rule in connector.about.reads)


def test_lists_without_files_are_not_searched_for_any() -> None:
    assert read(opening("todo"), page([link("Todo", "1", attaches=[], commentsCount=0)])).files == []


PATH = "/attach/F/70/1a.png/x%20y.png"


def pictured(text: str, **more: object) -> list[FileRef]:
    return read(DEALS, page([deal("1", description=text, **more)])).files


def test_a_picture_within_a_text_is_a_file_known_by_its_address() -> None:
    (ref,) = pictured(f'<p>до <IMG alt="" src="{PATH}"> после</p>')
    assert (ref.name, ref.size, ref.owner) == ("x y.png", None, ("deal", "1"))
    assert (ref.request.path, ref.request.subject) == (PATH, ("file", ref.id))
    assert ref.id.startswith("path-") and ref.id == pictured(f"<a href='{HOST}{PATH}'>тут</a>")[0].id


@pytest.mark.parametrize(
    "tag",
    [
        '<IMG SRC="{}">',
        '<img src = "{}">',
        "<a\nhref=\n'{}'>",
        '<A HREF\t=\t"{}">',
        "<img src={}>",
        "<img src={} alt='x'>",
        '<img src=" {}\n">',
    ],
)
def test_html_is_written_in_any_way(tag: str) -> None:
    assert [ref.request.path for ref in pictured(tag.format(PATH))] == [PATH]


def test_addresses_within_texts_are_read_as_html_tells_them() -> None:
    (ref,) = pictured('<img src="/attach/F/1a.png/x.png?a=1&amp;b=2">')
    assert ref.request.path == "/attach/F/1a.png/x.png?a=1&b=2"


@pytest.mark.parametrize(
    ("tag", "path"),
    [
        ('<img src="/attach/F/1a.png/my file.png">', "/attach/F/1a.png/my%20file.png"),
        ('<img src="/attach/F/1a.png/it\'s.png">', "/attach/F/1a.png/it's.png"),
        ("<img src='/attach/F/1a.png/12\" pipe.png'>", "/attach/F/1a.png/12%22%20pipe.png"),
        ('<img src="/attach/F/1a.png/\nx.png">', "/attach/F/1a.png/x.png"),
    ],
)
def test_names_hold_what_people_type(tag: str, path: str) -> None:
    """Cut short, an address is that of another file, which is not there."""
    assert [ref.request.path for ref in pictured(tag)] == [path]


@pytest.mark.parametrize(
    ("account", "place"),
    [
        (HOST, "//acme.example.test"),
        (HOST, HOST.upper().replace("HTTPS", "https")),
        (HOST, f"{HOST}:443"),
        (HOST, "http://acme.example.test:80"),
        (f"{HOST}:443", HOST),
        ("http://127.0.0.1:8000", "//127.0.0.1:8000"),
    ],
)
def test_the_account_is_known_however_its_host_is_written(account: str, place: str) -> None:
    assert file_path(account, f"{place}{PATH}") == PATH


@pytest.mark.parametrize(
    "place",
    [
        f"{HOST}:8443",
        f"{HOST}:80",
        "ftp://acme.example.test",
        "https://me@acme.example.test",
        "//acme.example.test.elsewhere.test",
        "//xacme.example.test",
    ],
)
def test_another_door_of_it_is_another_place(place: str) -> None:
    assert file_path(HOST, f"{place}{PATH}") is None


@pytest.mark.parametrize(
    "told",
    [
        "https://elsewhere.test/attach/F/1.png/x.png",
        "/task/1000123/card/",
        "data:image/png;base64,AAAA",
        "/attach/../../api/v3/task",
        "",
        "http://[site]/x.png",
        "//[",
        "http://exa\u2100mple.test/x.png",
        "/attach/F/1.png/\ud83d",
    ],
)
def test_what_lies_elsewhere_is_no_file_of_the_account(told: str) -> None:
    """Nor is what people type that is no address at all: such a word in one text must not cost the page that it stands in."""
    assert pictured(f'<img src="{told}">') == []


def test_a_name_that_was_cut_in_mid_emoji_costs_nothing() -> None:
    (ref,) = read(DEALS, page([deal("1", attaches=[file("11", name="plan \ud83d.pdf")])])).files
    assert Request.load(ref.request.dump()) == ref.request
    assert ref.name == "plan \\ud83d.pdf"


def test_a_picture_that_the_same_answer_describes_is_that_file() -> None:
    found = pictured(f'<img src="{PATH}">', attaches=[file("11", path=PATH)])
    assert [ref.id for ref in found] == ["11"]


def test_a_picture_shown_twice_by_a_record_is_one_file_and_by_two_records_has_two_owners() -> None:
    text = f'<img src="{PATH}"><img src="{PATH}">'
    found = read(DEALS, page([deal("1", description=text), deal("2", description=text)])).files
    assert [ref.owner for ref in found] == [("deal", "1"), ("deal", "2")]
    assert len({(ref.id, ref.request.key) for ref in found}) == 1


def test_pictures_of_old_texts_are_left_alone() -> None:
    history = Request("history", "/api/v3/deal/1/history", context={"kind": "part", "of": ["deal", "1"]})
    change = {"contentType": "FieldChange", "field": "description", "oldValue": f'<img src="{PATH}">'}
    assert read(history, page([link("Changeset", "5", changes=[change])])).files == []


def test_two_files_at_one_path_are_two_questions() -> None:
    one, other = read(DEALS, page([deal("1", attaches=[file("11", path=PATH), file("12", path=PATH)])])).files
    assert one.request.path == other.request.path and one.request.key != other.request.key


def test_a_recording_of_a_call_is_a_file_where_it_lies_in_the_account() -> None:
    """The vendor's description gives calls addresses of their recordings, and no file (§7)."""
    here, there = "/attach/SdfFileM_File/File/1.mp3/call.mp3", "https://records.example.test/1.mp3"
    reading = read(opening("callInfo"), page([link("CallInfo", "7", recordLinks=[here, there])]))
    (found,) = reading.files
    assert (found.owner, found.name, found.request.path) == (("callInfo", "7"), "call.mp3", here)
    assert reading.gaps == []


def test_a_comment_that_shows_some_of_its_files_only_is_asked_for_all() -> None:
    """The vendor's description has a list of them; its card may show as few."""
    shown = [file(str(number)) for number in range(5)]
    row = link("Comment", "50", workTime=None, attaches=shown, attachesCount=7)
    reading = read(COMMENTS, page([row]))
    (rest,) = reading.asks
    assert asked_paths(reading) == ["/comment/50/attaches"] and reading.gaps == []
    whole = read(rest, page([*shown, file("5"), file("6")]))
    assert {one.owner for one in whole.files} == {("comment", "50")} and len(whole.files) == 7
    assert read(COMMENTS, page([{**row, "attachesCount": 5}])).asks == []
    assert read(COMMENTS, page([link("Comment", "51", workTime=None)])).asks == []
