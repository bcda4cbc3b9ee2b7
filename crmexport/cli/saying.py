"""Saying something to the person at the terminal, or to a script: names and texts of the source never steer what shows them."""

import os
import sys
from errno import EIO, EPIPE
from typing import Any, TextIO

import typer

from crmexport.text import visible


def echo(text: Any = "", *, err: bool = False, nl: bool = True) -> None:
    """Write a line, or several. To the error output if `err`; without a line end behind it unless `nl`."""
    typer.echo(visible(str(text)), err=err, nl=nl)


def last_words(text: str, *, err: bool = False) -> None:
    """Say at the end of hours of work what came of it, to whoever is still there: a terminal may have been closed (`disown`), a pipe's
    reader gone. The exit code tells it, too.
    """
    try:
        echo(text, err=err)
        (sys.stderr if err else sys.stdout).flush()
    except OSError as error:
        if error.errno not in (EIO, EPIPE):
            raise
        sys.stdout = sys.stderr = nowhere()


def nowhere() -> TextIO:
    """Takes what is said to nobody, to the end of the process."""
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - lives to the end
