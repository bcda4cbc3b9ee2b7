"""Sign-in and signatures, checked as Megaplan reference, §13 and §14 have them. Written apart from the connector's own."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import parse_qsl

from crmexport.sandbox.exchange import Asked
from crmexport_megaplan.sandbox.v1.behaviour import V1Behaviour
from crmexport_megaplan.sandbox.values import Body


@dataclass(slots=True)
class _Pair:
    secret: str
    left: int | None


class Keys:
    """All pairs of AccessId and SecretKey of one sandbox. `application` is the pair that needs no sign-in."""

    def __init__(
        self, login: str, password: str, application: tuple[str, str], behaviour: V1Behaviour
    ) -> None:
        self._login = login
        self._digest = hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()
        self._behaviour = behaviour
        self._pairs = {application[0]: _Pair(application[1], None)}
        self._one_time: set[str] = set()
        self.issued = 0

    def one_time_key(self, asked: Asked) -> Body | str:
        """`data` of createOneTimeKeyAuth. Raises ValueError."""
        self._check(dict(parse_qsl(asked.body.decode())))
        key = hashlib.sha256(f"one-time {len(self._one_time)}".encode()).hexdigest()
        self._one_time.add(key)
        return key if self._behaviour.one_time_key == "data" else {"OneTimeKey": key}

    def authorize(self, asked: Asked) -> Body:
        """`data` of authorize: a new pair. A newer install wants the one-time key too. Raises ValueError."""
        form = dict(parse_qsl(asked.body.decode()))
        self._check(form)
        if self._behaviour.one_time_key != "absent":
            if form.get("OneTimeKey") not in self._one_time:
                raise ValueError("Invalid one-time key")
            self._one_time.discard(form["OneTimeKey"])
        self.issued += 1
        name = f"Access{self.issued}{id(self) % 10**9:09d}"
        secret = hashlib.sha256(f"secret {self.issued} {id(self)}".encode()).hexdigest()[:38]
        self._pairs[name] = _Pair(secret, self._behaviour.pair_requests)
        return {
            "UserId": 1_000_021,
            "EmployeeId": 1_000_001,
            "ContractorId": "",
            "AccessId": name,
            "SecretKey": secret,
        }

    def secrets(self) -> set[str]:
        """The secret half of every pair that is alive."""
        return {pair.secret for pair in self._pairs.values()}

    def expire_all(self) -> None:
        """Let every pair that was signed in for die; the application's lives on."""
        self._pairs = {name: pair for name, pair in self._pairs.items() if not name.startswith("Access")}

    def admits(self, asked: Asked) -> bool:
        """Whether the signature is right; counts the request against its pair."""
        name, _colon, given = asked.headers.get("x-authorization", "").partition(":")
        pair = self._pairs.get(name)
        if pair is None or pair.left == 0 or not hmac.compare_digest(given, self._right(pair.secret, asked)):
            return False
        if pair.left is not None:
            pair.left -= 1
        return True

    def _right(self, secret: str, asked: Asked) -> str:
        heads = asked.headers
        date = heads.get("date") or heads.get("x-sdf-date", "")
        lines = [asked.method, heads.get("content-md5", ""), heads.get("content-type", ""), date]
        text = "\n".join([*lines, heads.get("host", "") + asked.target])
        raw = hmac.new(secret.encode(), text.encode(), hashlib.sha1).digest()
        return base64.b64encode(raw.hex().encode()).decode()

    def _check(self, form: dict[str, str]) -> None:
        if (form.get("Login"), form.get("Password")) != (self._login, self._digest):
            raise ValueError("Incorrect login or password")
