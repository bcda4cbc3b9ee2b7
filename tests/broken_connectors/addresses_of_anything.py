"""Makes an address of an id without encoding it."""

from tests.acme import Acme

CAUGHT_BY = "source_addresses_are_safe"


class Broken(Acme):
    def source_url(self, stream: str, id: str) -> str | None:
        return f"{self.account.url}/{stream}/{id}"
