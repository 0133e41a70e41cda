"""A token counts only if one of our keys signed it with our algorithm, for this use."""

from __future__ import annotations

import base64
import hmac
import json
import time
from pathlib import Path
from typing import Any

import pytest
from chassis.tokens import ALGORITHM, TokenError, TokenSigner, Trust
from joserfc import jwt
from joserfc.jwk import ECKey

pytestmark = pytest.mark.requirement("I-11")
AUDIENCE = "registry"


@pytest.fixture
def trust(keys: Path) -> Trust:
    return Trust.load(keys)


@pytest.fixture
def good(keys: Path) -> str:
    return TokenSigner.load(keys, "identity").sign({"sub": "acc-1"}, audience=AUDIENCE, ttl=60)


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    header, body, signature = token.split(".")
    return _decoded(header), _decoded(body), signature


def _decoded(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return found


def encoded(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def kid_of(keys: Path, issuer: str) -> str:
    entries = json.loads((keys / "trust.json").read_text(encoding="utf-8"))
    return str(next(kid for kid, entry in entries.items() if entry["issuer"] == issuer))


def public_pem(keys: Path, issuer: str) -> bytes:
    entries = json.loads((keys / "trust.json").read_text(encoding="utf-8"))
    pem: str = next(entry["public_pem"] for entry in entries.values() if entry["issuer"] == issuer)
    return pem.encode()


def test_a_token_says_what_it_was_given(trust: Trust, good: str) -> None:
    assert trust.verify(good, audience=AUDIENCE, issuer="identity")["sub"] == "acc-1"


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", "HS256", "ES384"])
def test_no_header_talks_us_out_of_the_algorithm(trust: Trust, good: str, algorithm: str) -> None:
    header, body, signature = parts(good)
    for ending in ("", signature):
        with pytest.raises(TokenError):
            trust.verify(f"{encoded({**header, 'alg': algorithm})}.{encoded(body)}.{ending}", audience=AUDIENCE)


def test_a_public_key_is_no_shared_secret(trust: Trust, keys: Path, good: str) -> None:
    _, body, _ = parts(good)
    said = f"{encoded({'alg': 'HS256', 'kid': kid_of(keys, 'identity')})}.{encoded(body)}"
    mac = hmac.digest(public_pem(keys, "identity"), said.encode(), "sha256")
    with pytest.raises(TokenError):
        trust.verify(f"{said}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}", audience=AUDIENCE)


def test_a_key_that_comes_with_the_token_counts_for_nothing(trust: Trust, keys: Path, good: str) -> None:
    _, body, _ = parts(good)
    own = ECKey.generate_key("P-256")
    for extra in (
        {"jwk": own.as_dict(private=False)},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/chain"},
    ):
        for kid in (kid_of(keys, "identity"), "their-own"):
            header = {"alg": ALGORITHM, "kid": kid, **extra}
            with pytest.raises(TokenError):
                trust.verify(jwt.encode(header, body, own, algorithms=[ALGORITHM]), audience=AUDIENCE)


def test_no_service_speaks_as_another(trust: Trust, keys: Path) -> None:
    """The issuer is whose key signed, whatever the token says of itself."""
    key = ECKey.import_key((keys / "filing.pem").read_bytes())
    now = int(time.time())
    body = {"sub": "acc-1", "iss": "identity", "aud": AUDIENCE, "iat": now, "exp": now + 60}
    for issuer in ("filing", "identity"):
        header = {"alg": ALGORITHM, "kid": kid_of(keys, issuer)}
        with pytest.raises(TokenError):
            trust.verify(jwt.encode(header, body, key, algorithms=[ALGORITHM]), audience=AUDIENCE, issuer="identity")


def test_a_token_for_something_else_does_not_count(trust: Trust, good: str) -> None:
    for audience in ("upload-receipt", "", "registry "):
        with pytest.raises(TokenError, match="another audience"):
            trust.verify(good, audience=audience)


def test_changed_words_are_noticed_after_the_right_ones_were_remembered(trust: Trust, good: str) -> None:
    trust.verify(good, audience=AUDIENCE)
    header, body, signature = parts(good)
    with pytest.raises(TokenError):
        trust.verify(f"{encoded(header)}.{encoded({**body, 'sub': 'acc-2'})}.{signature}", audience=AUDIENCE)


@pytest.mark.parametrize(
    "rubbish", ["", ".", "..", "a.b.c", "é.é.é", "W10.W10.", "bnVsbA.e30.", "MQ.MQ.MQ", "x" * 10000]
)
def test_rubbish_is_refused(trust: Trust, rubbish: str) -> None:
    with pytest.raises(TokenError):
        trust.verify(rubbish, audience=AUDIENCE)
