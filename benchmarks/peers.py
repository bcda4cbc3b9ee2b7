"""The peers, each in a virtual environment of its own under `.bench/`, installed from PyPI when first needed."""

import subprocess
import sys
from pathlib import Path

from benchmarks.child import ROOT

CACHE = ROOT / ".bench"

# singer-sdk and target-jsonl want different versions of the same packages, so they cannot share an environment.
PEERS = {
    "dlt": ["dlt==1.31.0"],
    "tap": ["singer-sdk==0.54.9"],
    "target": ["target-jsonl==0.1.4"],
    "tables": ["openpyxl==3.1.5", "lxml==6.1.3", "pandas==3.1.1"],
    "sheets": ["openpyxl==3.1.5", "lxml==6.1.3", "python-calamine==0.9.1", "xlsx2csv==0.8.6"],
}


def ready(name: str) -> Path:
    """The folder with the programs of this peer; made and filled if need be."""
    folder = CACHE / name
    done = folder / "installed"
    wanted = "\n".join(PEERS[name])
    if not done.is_file() or done.read_text(encoding="utf-8") != wanted:
        print(
            f"  installing {', '.join(PEERS[name])} into {folder.relative_to(ROOT)}",
            file=sys.stderr,
            flush=True,
        )
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PEERS[name]], check=True)
        done.write_text(wanted, encoding="utf-8")
    return folder / "bin"


def versions(*names: str) -> str:
    """What was measured, for the reader: "dlt 1.31.0, …"."""
    return ", ".join(wanted.replace("==", " ") for name in names for wanted in PEERS[name])
