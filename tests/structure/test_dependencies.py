"""What the code needs is what is installed with it, on every system."""

import re
import tomllib
from pathlib import Path
from zoneinfo import available_timezones

from crmexport_megaplan.v1.clock import ZONES
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


def needed(system: str) -> set[str]:
    """The names of what is installed with crmexport on a system, as `sys.platform` calls it."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    found = [Requirement(line) for line in told]
    return {one.name for one in found if one.marker is None or one.marker.evaluate({"sys_platform": system})}


def test_windows_which_has_no_list_of_time_zones_is_given_one() -> None:
    assert "tzdata" in needed("win32")
    assert needed("win32") - needed("linux") == {"tzdata"} and needed("darwin") == needed("linux")


def test_every_zone_that_we_name_ourselves_exists() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "mappings" / "from").glob("*.yaml")]
    named = {name for text in texts for name in re.findall(r"^zone: ([\w/]+)$", text, re.MULTILINE)}
    assert named and {*named, *ZONES.values()} <= available_timezones() | {"utc"}
