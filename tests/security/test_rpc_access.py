"""Every RPC method called directly with every kind of token: who gets in is what the contract says, on the real path.

The broker is left out; a request starts where the consumer hands it over, with nothing checked so far.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from chassis.actor import AUDIENCE, Actor, issue_access_token, service_actor
from chassis.clock import utc_now
from chassis.commands import Call, execute
from chassis.errors import Problem
from chassis.revocation import RevokedSessions, revoke
from chassis.service import methods
from chassis.testing import Harness, organisation, person, staff_actor
from chassis.tokens import TokenSigner
from contracts.base import SERVICES, STAFF_ROLES, Access
from contracts.catalogue import METHODS, methods_of
from contracts.identity import SESSION_REVOKED, SessionRevoked
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.jwk import OctKey

UNREADABLE = {"no such field": True}
"""Whoever is let in gets ``request_invalid`` for it: access is decided first, and no handler runs."""

# Opening a method to visitors takes a second thought: it is written here again.
OPEN_TO_VISITORS = {
    "identity": {"request_otp", "register_account", "sign_in", "refresh_session"}
    | {"read_notice", "notices_in_force", "begin_staff_set_up", "complete_staff_set_up"}
    | {"submit_recovery", "follow_recovery", "object_to_recovery", "undo_link_by_code", "handle_wechat"},
    "filing": {
        "check_form",
        "describe_form",
        "create_precheck",
        "get_precheck",
        "create_repair",
        "get_job",
        "render_template",
    }
    | {"create_deposit", "progress", "progress_of_many", "offer_expedite", "queue_statistics", "guide_words"},
    "payment": {"tariff", "reckon_fee", "handle_callback"},
    "archive": {
        "check_certificate",
        "check_certificate_file",
        "list_gazette",
        "open_gazette",
        "read_gazette",
        "search_register",
    },
    "legacy_bridge": {"locate"},
}
OF_THE_SANDBOX = {"advance_clock", "sandbox_messages", "sandbox_staff", "sandbox_pay"}
OF_ONES_OWN_TOO = {"account_ties"}
"""To the holder of an account, of it alone, and to the service that closes it."""
FOR_SERVICES_ONLY = {*OF_THE_SANDBOX, "held_objects", "released_objects", "own_data"}


def answer(harness: Harness, name: str, token: str | None, payload: dict[str, Any] = UNREADABLE) -> str:
    """The code that comes back when ``token`` comes with a call."""
    contract, handler = methods(harness.service)[name]
    try:
        execute(harness.runtime, contract, handler, payload, Call(token, None))
    except Problem as problem:
        return problem.code
    return "answered"


def expected(access: Access, actor: Actor) -> str:
    if actor.kind == "service":
        let_in = actor.subject.removeprefix("service:") in access.services
    elif actor.kind == "staff":
        let_in = access.anonymous or bool(access.roles & actor.roles)
    else:
        let_in = access.accounts
    return "request_invalid" if let_in else "forbidden"


@pytest.fixture
def signers(keys: Path) -> dict[str, TokenSigner]:
    return {issuer: TokenSigner.load(keys, issuer) for issuer in (*SERVICES, "gateway")}


def actors(signers: dict[str, TokenSigner]) -> list[tuple[TokenSigner, Actor]]:
    identity = signers["identity"]
    people = [person(), organisation(), staff_actor(), *(staff_actor(role) for role in STAFF_ROLES)]
    # Roles do not count for who is not staff.
    people.append(Actor("acc-person", "natural_person", frozenset(STAFF_ROLES)))
    return [(identity, actor) for actor in people] + [(signers[name], service_actor(name)) for name in signers]


@pytest.mark.parametrize("service", SERVICES)
def test_each_method_lets_in_whom_its_contract_names_and_nobody_else(
    service: str, service_harness: Callable[..., Harness], signers: dict[str, TokenSigner]
) -> None:
    harness = service_harness(service)
    wrong = []
    for method in methods_of(service):
        assert methods(harness.service)[method.name][0] is METHODS[method.full_name]
        visitor = "request_invalid" if method.access.anonymous else "not_signed_in"
        if (found := answer(harness, method.name, None)) != visitor:
            wrong.append(f"{method.name} answers a visitor {found}")
        for signer, actor in actors(signers):
            found = answer(harness, method.name, issue_access_token(signer, actor, 60))
            if found != expected(method.access, actor):
                wrong.append(f"{method.name} answers {actor.subject} {sorted(actor.roles)} {found}")
    assert wrong == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_bad_token_opens_no_method_not_even_a_public_one(
    service: str, service_harness: Callable[..., Harness], signers: dict[str, TokenSigner], keys: Path
) -> None:
    harness = service_harness(service)
    bad = bad_tokens(signers, keys)
    opened = [
        f"{method.name} with {name}: {found}"
        for method in methods_of(service)
        for name, (token, refusal) in bad.items()
        if (found := answer(harness, method.name, token)) != refusal
    ]
    assert opened == []


@pytest.mark.parametrize("service", SERVICES)
def test_methods_open_to_visitors_are_these(service: str) -> None:
    visitors = {method.name for method in methods_of(service) if method.access.anonymous}
    assert visitors <= OPEN_TO_VISITORS[service]


def test_methods_of_the_sandbox_are_for_services_only_and_missing_in_production(
    service_harness: Callable[..., Harness], signers: dict[str, TokenSigner]
) -> None:
    only_services = {m.name for m in METHODS.values() if m.access.services and not m.access.anonymous}
    assert only_services == FOR_SERVICES_ONLY | OF_ONES_OWN_TOO
    assert {m.name for m in METHODS.values() if m.sandbox_only} == OF_THE_SANDBOX
    harness = service_harness("identity", profile="production")
    token = issue_access_token(signers["gateway"], service_actor("gateway"), 60)
    for method in methods_of("identity"):
        if method.sandbox_only:
            assert answer(harness, method.name, token, {}) == "not_found"


@pytest.mark.parametrize("service", SERVICES)
def test_a_session_that_was_ended_is_refused_within_two_seconds(
    service: str, service_harness: Callable[..., Harness], signers: dict[str, TokenSigner]
) -> None:
    harness = service_harness(service)
    roles = frozenset(STAFF_ROLES)
    ended = issue_access_token(signers["identity"], Actor("acc-1", "staff", roles, "ses-ended"), 600)
    other = issue_access_token(signers["identity"], Actor("acc-1", "staff", roles, "ses-other"), 600)
    let_in = [m.name for m in methods_of(service) if m.access.roles or m.access.anonymous]
    assert answer(harness, let_in[0], ended) == "request_invalid"
    until = utc_now() + timedelta(minutes=15)
    if service in SESSION_REVOKED.consumers:
        harness.deliver(SESSION_REVOKED, SessionRevoked(session_id="ses-ended", until=until))
    else:
        with harness.uow() as uow:  # identity itself, as its end_session does
            revoke(uow.session, "ses-ended", until)
    limit = time.monotonic() + 2
    while answer(harness, let_in[0], ended) != "session_expired":
        assert time.monotonic() < limit
        time.sleep(0.05)
    assert {answer(harness, name, ended) for name in let_in} == {"session_expired"}
    assert {answer(harness, name, other) for name in let_in} == {"request_invalid"}


def test_an_ended_session_is_refused_from_the_first_request_of_a_process_on(
    service_harness: Callable[..., Harness], signers: dict[str, TokenSigner], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also by the requests that come while the first one still reads which sessions have ended."""
    harness = service_harness("filing")
    with harness.uow() as uow:
        revoke(uow.session, "ses-ended", utc_now() + timedelta(minutes=15))
    read = RevokedSessions._read

    def read_slowly(self: RevokedSessions) -> frozenset[str]:
        time.sleep(0.3)
        return read(self)

    monkeypatch.setattr(RevokedSessions, "_read", read_slowly)
    ended = issue_access_token(signers["identity"], Actor("acc-1", "natural_person", session_id="ses-ended"), 600)
    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(answer, harness, "get_application", ended) for _ in range(4)]
        assert {future.result() for future in found} == {"session_expired"}


def bad_tokens(signers: dict[str, TokenSigner], keys: Path) -> dict[str, tuple[str, str]]:
    """Name → (token, the refusal it must meet). Each claims to be somebody who may do everything."""
    identity, gateway = signers["identity"], signers["gateway"]
    everything = staff_actor(*STAFF_ROLES)
    good = issue_access_token(identity, everything, 600)
    header, body, signature = good.split(".")
    kid = json.loads(decoded(header))["kid"]
    claims = json.loads(decoded(body))
    stranger = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_pem = json.loads((keys / "trust.json").read_text())[kid]["public_pem"]
    secret = OctKey.import_key(base64.urlsafe_b64encode(public_pem.encode()).decode())
    symmetric = jwt.encode({"alg": "HS256", "kid": kid}, claims, secret, algorithms=["HS256"])
    unsigned = f"{encoded({'alg': 'none', 'kid': kid})}.{body}."
    anyone = {"sub": "acc-1", "kind": "staff", "roles": list(STAFF_ROLES), "sid": ""}
    tokens = {
        "nonsense": "not a token",
        "three dots": "...",
        "another alphabet": "令牌.令牌.令牌",
        "a stranger's key under identity's name": issue_access_token(
            TokenSigner("identity", stranger, kid), everything, 600
        ),
        "a key nobody knows": issue_access_token(TokenSigner("identity", stranger, "identity-0"), everything, 600),
        "no signature": unsigned,
        "an empty signature": f"{header}.{body}.",
        "a public key as secret": symmetric,
        "changed claims": f"{header}.{encoded({**claims, 'sub': 'acc-2'})}.{signature}",
        "another party": f"{header}.{encoded({**claims, 'party': 'acc-2', 'rights': ['read']})}.{signature}",
        "a person vouched for by the gateway": issue_access_token(gateway, person(), 600),
        "staff vouched for by the gateway": issue_access_token(gateway, everything, 600),
        "staff vouched for by filing": issue_access_token(signers["filing"], everything, 600),
        "the gateway vouched for by filing": issue_access_token(signers["filing"], service_actor("gateway"), 600),
        "the gateway vouched for by identity": issue_access_token(identity, service_actor("gateway"), 600),
        "identity as issuer, signed by filing": TokenSigner(
            "identity", (keys / "filing.pem").read_bytes(), signers["filing"]._kid
        ).sign(anyone, audience=AUDIENCE, ttl=600),
        "signature evidence": identity.sign(anyone, audience="evidence", ttl=600),
        "an upload receipt": gateway.sign({**anyone, "jti": "up-1"}, audience="upload-receipt", ttl=600),
        "no kind": identity.sign({"sub": "acc-1"}, audience=AUDIENCE, ttl=600),
        "an unknown kind": identity.sign({**anyone, "kind": "anonymous"}, audience=AUDIENCE, ttl=600),
        "nobody": identity.sign({**anyone, "sub": ""}, audience=AUDIENCE, ttl=600),
    }
    bad = {name: (token, "not_signed_in") for name, token in tokens.items()}
    return bad | {"a token of yesterday": (issue_access_token(identity, everything, -86400), "token_expired")}


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def encoded(data: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")
