"""Every format that a layout may name has its entry in the registry, and no other has."""

from typing import get_args

from crmexport.mapping.to import Layout
from crmexport.target.formats import FORMATS


def test_layouts_and_writers_know_the_same_formats() -> None:
    assert set(get_args(Layout.model_fields["format"].annotation)) == set(FORMATS)
