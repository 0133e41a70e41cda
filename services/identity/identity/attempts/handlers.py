"""Admitting attempts to sign in, counting those that fail, and remembering from where the others came."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.errors import Problem
from chassis.networks import network_of
from chassis.uow import UnitOfWork
from contracts.identity import SignIn

from identity.accounts.store import Account
from identity.attempts import model, store
from identity.attempts.model import ANYBODY, ELSEWHERE, ELSEWHERE_RULE, PLACE_RULE, Failures, Kind, Place
from identity.attempts.store import Familiar
from identity.messages import notices

SEEN_AGAIN_AFTER = timedelta(days=1)
"""A familiar place is noted again after so long, not at each sign-in."""


@dataclass(frozen=True)
class Attempt:
    """An attempt that may be made. Its place's row is locked until it has succeeded or failed."""

    key: str
    account: Account | None
    place: Place
    failures: Failures
    known: Familiar


def is_familiar(uow: UnitOfWork, account: Account | None, client: str, device: str) -> bool:
    """Whether the account has signed in before with this device or from this network."""
    known = _known(uow, account.account_id if account else "", client, device)
    return known.device is not None or known.network is not None


def _known(uow: UnitOfWork, key: str, client: str, device: str) -> Familiar:
    digest = model.device_digest(device)
    return store.familiar(uow.session, key, digest, network_of(client), uow.now())


def admit(uow: UnitOfWork, key: str, account: Account | None, client: str, device: str) -> Attempt:
    """Problem ``sign_in_slowed`` (seconds) while the attempt has to wait; it is then not counted.

    ``key`` stands for the account, or for a login that nobody has: both cost the same statements.
    """
    known, place = _whence(uow, key, client, device)
    standing = store.standing(uow.session, key, place)
    _wait(standing.wait(place, model.spraying_rule(uow.settings.sandbox), uow.now()))
    failures = store.lock(uow.session, key, place, uow.now())
    _wait(failures.wait(PLACE_RULE, uow.now()))
    return Attempt(key, account, place, failures, known)


def proved_otherwise(uow: UnitOfWork, account: Account, client: str, device: str) -> Attempt:
    """Of somebody who has shown by a code who they are: whatever was guessed here before holds them up no more."""
    known, place = _whence(uow, account.account_id, client, device)
    failures = store.lock(uow.session, account.account_id, place, uow.now())
    attempt = Attempt(account.account_id, account, place, failures, known)
    succeeded(uow, attempt)
    return attempt


def _whence(uow: UnitOfWork, key: str, client: str, device: str) -> tuple[Familiar, Place]:
    known = _known(uow, key, client, device)
    place = model.place_of(
        client, device, device_known=known.device is not None, network_known=known.network is not None
    )
    return known, place


def _wait(time: timedelta) -> None:
    if time > timedelta():
        raise Problem("sign_in_slowed", seconds=math.ceil(time.total_seconds()))


def failed(uow: UnitOfWork, attempt: Attempt, code: str) -> Problem:
    """Counts a failure, which stays counted though the sign-in is refused; the problem to raise.

    When strangers reach the ceiling of an account, its holder is told, once.
    """
    now, key, place = uow.now(), attempt.key, attempt.place
    uow.keep()
    failures = store.count(uow.session, key, place.row, PLACE_RULE.memory, now)
    if not place.familiar:
        elsewhere = store.count(uow.session, key, ELSEWHERE, ELSEWHERE_RULE.memory, now)
        if elsewhere == ELSEWHERE_RULE.free and attempt.account is not None:
            uow.audit("session.guessed", subject=attempt.account.account_id, failures=elsewhere)
            notices.notify(uow, attempt.account, "sign_in_guessed", f"{key}:guessed:{now.isoformat()}", {})
    memory = model.spraying_rule(uow.settings.sandbox).memory
    store.count(uow.session, ANYBODY, f"network:{place.network}", memory, now)
    uow.audit("session.refuse", subject=key, problem=code, failures=failures)
    return Problem(code)


def succeeded(uow: UnitOfWork, attempt: Attempt) -> None:
    """The place's failures count no more; what strangers did elsewhere still does."""
    if attempt.failures.count:
        store.clear(uow.session, attempt.key, attempt.place)


def remember(uow: UnitOfWork, account: Account, request: SignIn, attempt: Attempt | None) -> str | None:
    """From now on network and device are familiar; the token of the device, if it is one that keeps tokens: a new one
    when it brought none of this account.

    Whoever has the token gets a few guesses more, and nothing else.
    """
    network, token = network_of(request.client), request.device or ""
    known = attempt.known if attempt else _known(uow, account.account_id, request.client, token)
    if network:
        _see(uow, account, "network", network, known.network)
    if request.device is None:
        return None
    if known.device is None:
        token = model.new_device_token()
    _see(uow, account, "device", model.device_digest(token), known.device)
    return token


def forget_others(uow: UnitOfWork, attempt: Attempt) -> None:
    """No other place of the account is familiar any more: whoever knew the old password may have been there."""
    store.forget_places(uow.session, attempt.key, attempt.place)


def _see(uow: UnitOfWork, account: Account, kind: Kind, name: str, seen_at: datetime | None) -> None:
    if seen_at is None or uow.now() - seen_at > SEEN_AGAIN_AFTER:
        store.remember(uow.session, account.account_id, kind, name, uow.now())


def forget_attempts(uow: UnitOfWork) -> int:
    """Sweeper: removes failures and places that count no more."""
    return store.forget(uow.session, uow.now())
