"""What the YAML reader complains of, in the words of the person who wrote the file: its own are English and speak of tokens."""

from crmexport.text import N_, _

# The beginnings of PyYAML's words; the first that fits is taken.
_PROBLEMS = {
    "mapping values are not allowed": N_(
        "a colon or an indentation that does not belong here; a text with a colon needs quotation marks"
    ),
    "found character '\\t'": N_("a tab; indent with spaces"),
    "found character": N_("a text that begins with a sign like this needs quotation marks"),
    "expected ',' or": N_("a bracket is not closed, or a comma is missing"),
    "found unexpected end of stream": N_("a quotation mark is not closed"),
    "expected escape sequence": N_("a backslash within double quotation marks; use single ones"),
    "found unknown escape character": N_("a backslash within double quotation marks; use single ones"),
    "found undefined alias": N_("a text that begins with a star needs quotation marks"),
    "expected <block end>": N_(
        "the indentation does not fit the lines above, or a quotation mark is not the last sign"
    ),
    "could not find expected ':'": N_("a colon is missing after a key"),
    "maximum recursion depth": N_("lists or keys within each other, deeper than anything needs"),
    "but found another document": N_("a second document; three dashes may stand in the first line only"),
}


def problem(error: Exception) -> str:
    """What is wrong, as a part of a sentence; what we have no words for is told in those of the reader."""
    told = getattr(error, "problem", None) or str(error)
    shown = told.replace("\t", "\\t")
    return next((_(words) for beginning, words in _PROBLEMS.items() if shown.startswith(beginning)), told)
