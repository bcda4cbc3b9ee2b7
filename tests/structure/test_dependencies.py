"""What the code needs is what is installed with it, on every system."""

import re
import zoneinfo
from collections.abc import Iterator
from pathlib import Path

import pytest
from crmexport_megaplan.v1.clock import ZONES

MAPPINGS = Path(__file__).parents[2] / "mappings" / "from"


@pytest.fixture
def bare_system() -> Iterator[None]:
    """One that has no list of time zones, as Windows and many a small container."""
    known = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(())
    yield
    zoneinfo.reset_tzpath(known)


def test_every_zone_that_we_name_ourselves_exists_everywhere(bare_system: None) -> None:
    texts = [path.read_text(encoding="utf-8") for path in MAPPINGS.glob("*.yaml")]
    named = {name for text in texts for name in re.findall(r"^zone: ([\w/]+)$", text, re.MULTILINE)} - {"utc"}
    assert named
    for name in {*named, *ZONES.values()}:
        assert zoneinfo.ZoneInfo.no_cache(name).key == name
