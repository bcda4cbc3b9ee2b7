"""What a command says at its end: its work is done, and its exit code tells what came of it, though nobody may be listening any more."""

import os
import sys
from errno import EIO, EPIPE
from typing import TextIO

import typer


def last_words(text: str, *, err: bool = False) -> None:
    """Say it to whoever is there: a terminal may have been closed (`disown`), or a pipe's reader gone, while hours of work went on."""
    try:
        typer.echo(text, err=err)
        (sys.stderr if err else sys.stdout).flush()
    except OSError as error:
        if error.errno not in (EIO, EPIPE):
            raise
        sys.stdout = sys.stderr = nowhere()


def nowhere() -> TextIO:
    """Takes what is said to nobody, to the end of the process."""
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - lives to the end
