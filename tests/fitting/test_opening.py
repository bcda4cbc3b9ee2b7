"""Who adapts a mapping is told of what the source has not."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from crmexport.archive import Archive
from crmexport.errors import ConfigurationError
from crmexport.fitting.opening import mapped
from tests.acme import Acme


def test_a_stream_that_the_source_has_not_is_told_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An export only tells that a kind is in no table."""
    path = tmp_path / "acme.yaml"
    text = "source: acme\ndeal: {from: deal, fields: {name: name}}\ncontact: {from: persn, fields: {name: name}}\n"
    path.write_text(text + "file: {from: file, fields: {name: name}}\n", encoding="utf-8")
    monkeypatch.setattr("crmexport.fitting.opening.connector_of", lambda _archive: cast(Any, Acme))
    held = cast(Archive, SimpleNamespace(source=SimpleNamespace(name=str(path))))
    with pytest.raises(ConfigurationError, match=r"line 3.*no stream “persn”. Did you mean “person”") as told:
        mapped(held)
    assert "“file”" not in str(told.value)
