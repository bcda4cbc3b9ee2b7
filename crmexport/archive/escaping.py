"""Text without NUL characters, for what cannot take them: PostgreSQL's text, and the JSON of SQLite."""


def escaped(given: str) -> str:
    """`given` without NUL characters: no two texts become one, and their order stays."""
    if "\0" in given or "\1" in given:
        return given.replace("\1", "\1\2").replace("\0", "\1\1")
    return given


def unescaped(kept: str) -> str:
    """What `escaped` was given."""
    if "\1" in kept:
        return kept.replace("\1\1", "\0").replace("\1\2", "\1")
    return kept
