"""What is typed after --archive is understood, and a password in it is shown nowhere."""

from pathlib import Path

import pytest

from crmexport.archive import Server, place_of
from crmexport.cli import options
from crmexport.errors import ConfigurationError

SECRET = "s3cret"


def test_a_folder_is_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, "/home/anna")
    assert place_of("~/archive") == Path("/home/anna/archive")
    assert place_of(r"C:\crm\archive") == Path(r"C:\crm\archive")
    assert place_of("postgresql") == Path("postgresql")


def test_a_name_that_begins_like_a_home_is_a_name() -> None:
    assert place_of("~nobody here/archive") == Path("~nobody here/archive")
    assert place_of("postgres:///crm?folder=~nobody%20here") == Server(
        "postgres:///crm", "crmexport", Path("~nobody here")
    )
    assert options.folder("~nobody here") == Path("~nobody here")


def test_an_address_is_taken_apart() -> None:
    found = place_of("postgresql://anna@db.example:5433/crm?sslmode=require&schema=office&folder=files")
    assert found == Server("postgresql://anna@db.example:5433/crm?sslmode=require", "office", Path("files"))


def test_what_is_not_said_has_a_default() -> None:
    assert place_of("postgres:///crm") == Server("postgres:///crm", "crmexport", None)


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://anna:{SECRET}@db/crm",
        f"postgresql://anna:{SECRET}%2F@db/crm",
        f"postgresql:///crm?host=db&user=anna&password={SECRET}",
        f"postgresql://anna@db/crm?sslpassword={SECRET}",
    ],
)
def test_a_password_is_not_shown(text: str) -> None:
    found = place_of(text)
    assert isinstance(found, Server)
    assert SECRET not in str(found) and SECRET not in repr(found)
    assert any(secret.startswith(SECRET) for secret in found.secrets)
    assert "anna" in str(found) and "db" in str(found) and str(found).endswith("schema=crmexport")


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://anna:{SECRET}/x@db/crm",  # a slash that should be %2F
        f"postgresql://anna:{SECRET}#x@db/crm",
        f"postgresql://anna:my@{SECRET}@db/crm",  # the driver would take this for a part of the host, and tell it
        f"postgresql://[anna:{SECRET}@db/crm",
        f"postgresql://anna:{SECRET}@db/crm?schema",
    ],
)
def test_an_address_that_is_none_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ConfigurationError, match="PGPASSWORD") as refused:
        place_of(text)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("name", ["", "pg_crm", "ы" * 32])
def test_a_name_that_no_schema_can_have_is_refused(name: str) -> None:
    with pytest.raises(ConfigurationError, match="schema"):
        place_of(f"postgresql:///crm?schema={name}")
