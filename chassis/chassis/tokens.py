"""Signed tokens (JWT, ES256) between the parts of the system: actors, upload receipts, signature evidence."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

ALGORITHM = "ES256"
KNOWN_TOKENS = 4096
"""Tokens whose signature a process remembers; what they say is judged anew each time."""


class TokenError(ValueError):
    """The token is not one of ours, was altered, has expired, or is meant for somebody else."""

    def __init__(self, reason: str, *, expired: bool = False) -> None:
        super().__init__(reason)
        self.expired = expired


class TokenSigner:
    """Signs with one service's private key (``<service>.pem``, PKCS 8)."""

    def __init__(self, issuer: str, private_pem: bytes, kid: str) -> None:
        self.issuer = issuer
        self._kid = kid
        self._key = ECKey.import_key(private_pem)

    @classmethod
    def load(cls, keys_dir: Path, issuer: str) -> TokenSigner:
        """The signer of ``issuer`` with its key from ``keys_dir``. FileNotFoundError where another's key is all there
        is."""
        trust = json.loads((keys_dir / "trust.json").read_text(encoding="utf-8"))
        kid = next(kid for kid, entry in trust.items() if entry["issuer"] == issuer)
        return cls(issuer, (keys_dir / f"{issuer}.pem").read_bytes(), kid)

    def sign(self, claims: Mapping[str, Any], *, audience: str, ttl: float) -> str:
        """A token with these claims that lives ``ttl`` seconds of real time."""
        now = time.time()
        header = {"alg": ALGORITHM, "kid": self._kid, "typ": "JWT"}
        body = {**claims, "iss": self.issuer, "aud": audience, "iat": int(now), "exp": int(now + ttl)}
        return jwt.encode(header, body, self._key, algorithms=[ALGORITHM])


@dataclass(frozen=True)
class _Trusted:
    issuer: str
    key: ECKey


class Trust:
    """The public keys of all services, by key id."""

    def __init__(self, entries: Mapping[str, Mapping[str, str]]) -> None:
        self._keys = {
            kid: _Trusted(entry["issuer"], ECKey.import_key(entry["public_pem"].encode()))
            for kid, entry in entries.items()
        }
        self._known: dict[str, tuple[_Trusted, dict[str, Any]]] = {}

    @classmethod
    def load(cls, keys_dir: Path) -> Trust:
        """The public keys in ``trust.json``."""
        return cls(json.loads((keys_dir / "trust.json").read_text(encoding="utf-8")))

    def verify(self, token: str, *, audience: str, issuer: str | None = None, leeway: float = 5) -> dict[str, Any]:
        """The token's claims. Raises :class:`TokenError`; the issuer must be the owner of the signing key."""
        trusted, claims = self._known.get(token) or self._check(token)
        if claims.get("iss") != trusted.issuer or (issuer is not None and trusted.issuer != issuer):
            raise TokenError("signed by somebody else")
        if claims.get("aud") != audience:
            raise TokenError("meant for another audience")
        expires = claims.get("exp")
        if not isinstance(expires, int | float) or expires + leeway < time.time():
            raise TokenError("expired", expired=True)
        return dict(claims)

    def _check(self, token: str) -> tuple[_Trusted, dict[str, Any]]:
        """The signature of a token. Good ones are remembered: people send the same one with every request."""
        try:
            kid = jwt_header(token).get("kid", "")
            trusted = self._keys.get(str(kid))
            if trusted is None:
                raise TokenError("unknown key")
            claims: dict[str, Any] = jwt.decode(token, trusted.key, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise error if isinstance(error, TokenError) else TokenError("not a valid token") from error
        if len(self._known) >= KNOWN_TOKENS:
            self._known.clear()
        self._known[token] = trusted, claims
        return trusted, claims


def jwt_header(token: str) -> dict[str, Any]:
    """The unverified header of a compact token; :class:`TokenError` when it is not one."""
    from base64 import urlsafe_b64decode

    try:
        part = token.split(".", 1)[0]
        header = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError as error:
        raise TokenError("not a token") from error
    if not isinstance(header, dict):
        raise TokenError("not a token")
    return header
