"""The form of `export.json`: what everybody who reads it may rely on. What else a newer crmexport has written into it is let pass."""

from datetime import datetime
from pathlib import PurePosixPath, PureWindowsPath
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

Words = str | dict[str, str]


def _within(path: str) -> str:
    """A path that cannot lead out of the folder, on any system: a card may come from anywhere."""
    place = PureWindowsPath(path)
    if place.anchor or ".." in place.parts or not PurePosixPath(path).name or "\0" in path:
        raise ValueError(path)
    return path


def _moment(text: str) -> str:
    if text and datetime.fromisoformat(text).tzinfo is None:
        raise ValueError(text)
    return text


def _state(text: str) -> str:
    """As `Archive.state` gives it: the number of a run, its moment, the number of its last answer."""
    if text:
        _run, _at, last = text.split()
        int(last)
    return text


Within = Annotated[str, AfterValidator(_within)]


class _Part(BaseModel):
    """A part of the card; its keys are those that are read anywhere."""

    model_config = ConfigDict(strict=True, populate_by_name=True)


class _Kept(_Part):
    path: Within
    sha256: str


class _Output(_Kept):
    rows: int
    target: str
    notes: dict[str, int] = {}
    table: str = ""


class _Delta(_Part):
    since: str
    new: int
    left_out: int
    changed: int
    gone: int
    is_alike: bool
    apart: int = 0


class _Entry(_Part):
    outputs: list[_Output] = []
    program: str = ""
    as_of: Annotated[str, AfterValidator(_moment)] = ""
    is_part: bool = False
    lacked: dict[str, int] = {}
    state: Annotated[str, AfterValidator(_state)] = ""
    began: str = ""
    rows: _Kept | None = None
    changed: _Output | None = None
    delta: _Delta | None = None

    @model_validator(mode="after")
    def _has_its_lists(self) -> "_Entry":
        if self.delta and not (self.rows and self.changed):
            raise ValueError
        return self


class _Table(_Part):
    entity: str = Field(alias="from")


class _Layout(_Part):
    title: Words = ""
    tables: dict[str, _Table] = {}


class _Substitutes(_Part):
    files: dict[str, str] | None = None


class _Target(_Entry):
    name: Within
    layout: _Layout = _Layout()
    substitutes: _Substitutes | None = None


class _Source(_Part):
    url: str
    name: str = ""


class _Card(_Part):
    source: _Source
    lang: str
    targets: list[_Target]
    files: _Entry | None = None


def is_card(found: Any) -> bool:
    """Whether what was read from a card has its form."""
    try:
        _Card.model_validate(found)
    except ValidationError:
        return False
    return True


def programs_of(found: Any) -> set[str]:
    """The versions of crmexport that have written targets, as far as what may have another form tells them."""
    targets = found.get("targets") if isinstance(found, dict) else None
    told = (
        [one.get("program") for one in targets if isinstance(one, dict)] if isinstance(targets, list) else []
    )
    return {one for one in told if isinstance(one, str)}


OUTPUT = tuple(_Output.model_fields)
DELTA = tuple(_Delta.model_fields)
