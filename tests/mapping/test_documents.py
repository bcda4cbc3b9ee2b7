"""Documents that are trees of nodes are read as the text that a person sees in them, and nothing in them is passed over."""

from typing import Any

import pytest

from crmexport.mapping.transforms import TRANSFORMS


def doc(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"type": "doc", "version": 1, "content": list(nodes)}


def block(kind: str, *inner: Any, **attrs: Any) -> dict[str, Any]:
    content = [{"type": "text", "text": one} if isinstance(one, str) else one for one in inner]
    return {"type": kind, "attrs": attrs, "content": content}


def leaf(kind: str, **attrs: Any) -> dict[str, Any]:
    return {"type": kind, "attrs": attrs}


LINK = {"type": "text", "text": "here", "marks": [{"type": "link", "attrs": {"href": "https://e.test/?a&b"}}]}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (doc(block("paragraph", "one"), block("paragraph", "two & <b>")), "one\n\ntwo & <b>"),
        (doc(block("paragraph", "a", leaf("hardBreak"), "b")), "a\nb"),
        (doc(block("paragraph", "see ", LINK)), "see here (https://e.test/?a&b)"),
        (doc(block("paragraph", leaf("mention", id="5b", text="@Ян"), ", look")), "@Ян, look"),
        (doc(block("paragraph", leaf("emoji", shortName=":smile:"))), ":smile:"),
        (doc(block("paragraph", "by ", leaf("date", timestamp="1582156800000"))), "by 2020-02-20"),
        (doc(block("paragraph", "by ", leaf("date", timestamp="soon"))), "by soon"),
        (doc(leaf("blockCard", url="https://e.test/1")), "https://e.test/1"),
        (doc(block("mediaSingle", leaf("media", id="1", alt="план.png"))), "план.png"),
        (doc(block("expand", block("paragraph", "within"), title="More")), "More\nwithin"),
        (doc(block("codeBlock", "if a:\n  b", language="python")), "if a:\nb"),
        (
            doc(block("bulletList", block("listItem", block("paragraph", "x")), block("listItem", "y"))),
            "• x\n• y",
        ),
        (
            doc(
                block("taskList", block("taskItem", "x", state="DONE"), block("taskItem", "y", state="TODO"))
            ),
            "• [x] x\n• [ ] y",
        ),
        (
            doc(
                block(
                    "table",
                    block("tableRow", block("tableCell", block("paragraph", "1")), block("tableHeader", "2")),
                )
            ),
            "1\t2",
        ),
        (doc(block("unheardOf", block("paragraph", "told all the same"))), "told all the same"),
        (doc({"type": "paragraph", "content": None}, {"type": "paragraph", "content": ["x", 5]}), "x"),
    ],
)
def test_a_document_is_read_as_text(document: dict[str, Any], expected: str) -> None:
    assert TRANSFORMS["text"].make()(document) == expected


def test_a_document_may_be_nested_however_deep() -> None:
    node: dict[str, Any] = block("paragraph", "at the bottom")
    for _level in range(20_000):
        node = block("blockquote", node)
    assert TRANSFORMS["text"].make()(doc(node)) == "at the bottom"


def test_another_object_is_told_as_it_is() -> None:
    assert TRANSFORMS["text"].make()({"type": "doc"}) == '{"type":"doc"}'
