"""Sign-in: a password becomes a pair of tokens, the refresh token changes with each use (Megaplan reference, §2)."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from crmexport_megaplan.sandbox.behaviour import Behaviour
from crmexport_megaplan.sandbox.values import Body


@dataclass(slots=True)
class _Issued:
    until: float
    left: int | None


class Tokens:
    """All tokens of one sandbox. `clock` gives seconds and is a parameter for tests."""

    def __init__(
        self,
        login: str,
        password: str,
        application: str,
        behaviour: Behaviour,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._login, self._password = login, password
        self._application = application
        self._behaviour = behaviour
        self._clock = clock
        self._access: dict[str, _Issued] = {}
        self._refresh: set[str] = set()
        self.issued = 0

    def grant(self, form: dict[str, str]) -> Body:
        """The answer to a token request. Raises ValueError(error, description) when there is none."""
        kind = form.get("grant_type")
        if kind == "password":
            if (form.get("username"), form.get("password")) != (self._login, self._password):
                raise ValueError("invalid_grant", "Invalid username and password combination")
            return self._pair()
        if kind == "refresh_token":
            if form.get("refresh_token") not in self._refresh:
                raise ValueError("invalid_grant", "Invalid refresh token")
            self._refresh.discard(form["refresh_token"])
            return self._pair()
        raise ValueError("unsupported_grant_type", "Grant type is not supported")

    def _pair(self) -> Body:
        self.issued += 1
        access, refresh = f"access-{self.issued}-{id(self):x}", f"refresh-{self.issued}-{id(self):x}"
        self._access[access] = _Issued(
            self._clock() + self._behaviour.token_seconds, self._behaviour.token_requests
        )
        self._refresh.add(refresh)
        return {
            "access_token": access,
            "expires_in": int(self._behaviour.token_seconds),
            "token_type": "bearer",
            "scope": None,
            "refresh_token": refresh,
        }

    def expire_all(self) -> None:
        """Let every access token die now; refresh tokens live on."""
        self._access.clear()

    def admits(self, authorization: str) -> bool:
        """Whether an Authorization header lets a request in; counts the request against its token."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return False
        if token == self._application:
            return True
        issued = self._access.get(token)
        if issued is None or self._clock() >= issued.until or issued.left == 0:
            return False
        if issued.left is not None:
            issued.left -= 1
        return True
