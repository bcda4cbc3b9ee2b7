"""Saying something to the person at the terminal, or to a script: names and texts of the source never steer what shows them."""

from typing import Any

import typer

from crmexport.text import visible


def echo(text: Any = "", *, err: bool = False, nl: bool = True) -> None:
    """Write a line, or several. To the error output if `err`; without a line end behind it unless `nl`."""
    typer.echo(visible(str(text)), err=err, nl=nl)
