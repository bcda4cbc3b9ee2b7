"""HTML becomes text in which nothing that a person wrote is missing."""

import time

import pytest

from crmexport.mapping.markup import text_of


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain", "plain"),
        ("two\nlines  kept", "two\nlines  kept"),
        ("2 < 3\nand 5 > 4", "2 < 3\nand 5 > 4"),
        ("AT&amp;T &laquo;x&raquo;", "AT&T «x»"),
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<p>one<br>two<br/>three</p>", "one\ntwo\nthree"),
        ("<div>a  \n b</div>", "a b"),
        ("<b>bold</b> and <i>thin</i>", "bold and thin"),
        ("<ul><li>one</li><li>two</li></ul>", "• one\n• two"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\tb"),
        (
            '<megaplan:mention to="Employee/7">Пётр Образцов</megaplan:mention>, привет',
            "Пётр Образцов, привет",
        ),
        ('<a href="https://x.example/?a=1&amp;b=2">here</a>', "here (https://x.example/?a=1&b=2)"),
        ('<a href="https://x.example">https://x.example</a>', "https://x.example"),
        ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
        ("<style>p {color: red}</style><script>alert(1)</script><!-- no --><p>yes</p>", "yes"),
        ("<p>a&nbsp;b</p>", "a b"),
        ("Иван <ivan.petrov@x.ru>\nЖдёт <звонка>", "Иван <ivan.petrov@x.ru>\nЖдёт <звонка>"),
        ("see <https://x.example/17>\nand <Ivan Petrov>", "see <https://x.example/17>\nand <Ivan Petrov>"),
        ("<p>Иван <i@x.ru>, <Ivan Petrov></p>", "Иван <i@x.ru>, <Ivan Petrov>"),
        ('<a href="https://x.example/My offer.pdf">offer</a>', "offer (https://x.example/My offer.pdf)"),
        ('<a href="https://x.example/it\'s.pdf">x</a>', "x (https://x.example/it's.pdf)"),
        ("<a href='https://x.example/\"a\"'>x</a>", 'x (https://x.example/"a")'),
        ("<a class=x href=https://x.example/7>x</a>", "x (https://x.example/7)"),
        ('<a data-href="#" href="https://x.example">x</a>', "x (https://x.example)"),
        ('<a href="">x</a>', "x"),
        ("<o:p>one</o:p> <my-part>", "one <my-part>"),
        ("<p>&lt;b&gt; is bold</p>", "<b> is bold"),
        ("<P>UPPER<BR>case</P>", "UPPER\ncase"),
        ("<p>a</p><p></p><p></p><p>b</p>", "a\n\nb"),
        ("<h1>Head</h1>text", "Head\ntext"),
        ("", ""),
    ],
)
def test_markup_becomes_text(markup: str, text: str) -> None:
    assert text_of(markup) == text


def test_a_link_around_a_picture_keeps_its_address() -> None:
    assert "https://x.example" in text_of('<a href="https://x.example"><img src="a.png"></a>')


def test_a_long_text_is_not_cut() -> None:
    assert len(text_of("<p>" + "слово " * 10_000 + "</p>")) == 59_999


@pytest.mark.parametrize(
    "piece",
    [
        "<a href=x ",
        '<a href="x">',
        "<a ",
        "<!--",
        "<script>",
        "<style ",
        "<a href='",
        "</a",
        "<title>a</title",
        " href=",
    ],
)
def test_thousands_of_marks_that_are_never_closed_cost_no_time(piece: str) -> None:
    begun = time.monotonic()
    assert "the end" in text_of("<b>" + piece * 2000 + "</b> the end")
    assert time.monotonic() - begun < 1


def test_what_is_never_closed_hides_nothing_of_what_follows() -> None:
    assert text_of("<p>a<!-- b <script>c <style>d</style> e</p>") == "a<!-- b c e"
    assert text_of('<a href="x">one <a>two</a> <a href="y">three') == "one two (x) three"
