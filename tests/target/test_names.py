"""Whatever the source calls a file, its name is safe on Windows, macOS and Linux and stays within its folder."""

import ntpath
from itertools import islice
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmexport.target.names import numbered, safe_name


def is_reserved(name: str) -> bool:
    """By Python 3.13 and newer, or else by what it takes the place of."""
    asked = getattr(ntpath, "isreserved", None)
    return bool(asked(name) if asked else PureWindowsPath(name).is_reserved())


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Договор № 5.pdf", "Договор № 5.pdf"),
        ("../../etc/passwd", "_.._.._etc_passwd"),
        ("..", "file"),
        (".", "file"),
        ("", "file"),
        ("///", "file"),
        (".htaccess", "_.htaccess"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("Com1.tar.gz", "_Com1.tar.gz"),
        ("lpt¹", "_lpt¹"),
        ("конец. . ", "конец"),
        ("C:\\x|y?.doc", "C__x_y_.doc"),
        ("a\u202egpj.exe", "a_gpj.exe"),
        ("fdp\u061c\u180eexe.pdf", "fdp__exe.pdf"),
        ("invoice.pdf" + "\u3164" * 50 + "\u2800.exe", "invoice.pdf .exe"),
        ("перенос\nстроки\t.txt", "перенос_строки_.txt"),
        ("\ud83d.txt", "_.txt"),
        ("e\u0301.txt", "é.txt"),
        ("я" * 100 + ".pdf", "я" * 58 + ".pdf"),
        ("a" * 100 + ".pdf", "a" * 86 + ".pdf"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name, fallback="file") == safe


def test_numbers_stand_before_the_ending_and_fit() -> None:
    assert list(islice(numbered("a.tar.gz"), 3)) == ["a.tar.gz", "a.tar (2).gz", "a.tar (3).gz"]
    assert list(islice(numbered("без ending is long"), 2))[1] == "без ending is long (2)"
    assert all(len(name.encode()) <= 120 for name in islice(numbered("ё" * 58 + ".pdf"), 200))


@given(st.text(st.characters(exclude_categories=()), max_size=200), st.booleans())
def test_any_name_is_one_safe_part(name: str, is_file: bool) -> None:
    safe = safe_name(name, fallback="file", is_file=is_file)
    assert PurePosixPath(safe).parts == (safe,) == PureWindowsPath(safe).parts
    assert not is_reserved(safe)
    assert 0 < len(safe.encode()) <= 120 and len(safe) <= 90
    assert safe == safe.strip(" ").rstrip(".")
    assert not safe.startswith(".")
    assert safe_name(safe, fallback="file", is_file=is_file) == safe
