"""How a person gets the packages that only some do need: a web server for the sandbox, PostgreSQL, Parquet."""

import sys
from pathlib import Path

PACKAGES = {"sandbox": ("uvicorn", "h11"), "postgresql": ("psycopg[binary]",), "parquet": ("pyarrow",)}
"""What each extra of crmexport needs, as pipx is told of it."""


def to_install(extra: str) -> str:
    """The command that brings what `extra` needs to where this program runs, in quotation marks of every shell.

    pipx and uv make an environment of its own for each program, where the usual pip installs nothing. What they leave in it is told
    by pipx's `pipx_metadata_file.py` and by the tests of uv's `tool install`.
    """
    home = Path(sys.prefix)
    if (home / "pipx_metadata.json").exists():
        return " ".join(["pipx inject crmexport", *map(_quoted, PACKAGES[extra])])
    tool = "uv tool install" if (home / "uv-receipt.toml").exists() else "pip install"
    return f"{tool} {_quoted(f'crmexport[{extra}]')}"


def _quoted(package: str) -> str:
    return f'"{package}"' if "[" in package else package
