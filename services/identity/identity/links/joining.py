"""What an old account needs to be joined to an account here, beyond its password."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork

from identity.accounts import id_numbers
from identity.accounts import store as accounts
from identity.accounts.store import Account
from identity.legacy import store as legacy
from identity.legacy.model import facts_of
from identity.legacy.store import LegacyAccount
from identity.links import agreement, store
from identity.messages import notices
from identity.recoveries import model as codes
from identity.sealing import vault

_PROOF = "legacy-link-proof"
_CODE_DAYS = 2
"""A code is good on the day on which it was sent and on the next."""


@dataclass(frozen=True)
class Pair:
    """``old``, locked, is to be ``taking``'s; ``left``: the account that it has become here, when somebody signed in
    with it."""

    old: LegacyAccount
    taking: Account
    left: Account | None


def pair_of(uow: UnitOfWork, me: Account, found: Account | LegacyAccount | None) -> Pair | None:
    """The two sides that the caller has the passwords of; None where there are no two, or no old one."""
    if isinstance(found, LegacyAccount):
        old = legacy.lock(uow.session, found.record_id)
        return Pair(old, me, None) if old is not None and not old.joined else None
    if found is None or found.kind == "staff" or found is me:
        return None
    verified = found.password_hash
    for account_id in sorted((me.account_id, found.account_id)):
        accounts.get(uow.session, account_id, lock=True)
    if found.password_hash != verified or found.standing != "open":
        return None  # the password was changed while this one was compared
    # Signed in with one of the two sides, whichever: the one that was an old account gives it to the other.
    for giving, taking in ((me, found), (found, me)):
        if giving.from_old_system and (pairs := store.of_account(uow.session, giving.account_id)):
            old = legacy.lock(uow.session, pairs[0][1].record_id)
            if old is not None and store.holds(uow.session, giving.account_id, old.record_id):
                return Pair(old, taking, giving)
    return None


def obstacle(uow: UnitOfWork, pair: Pair, code: str | None) -> Problem | None:
    """What keeps the two apart, written down; None: nothing.

    ``legacy_link_differs``: they are of two people or organisations; whoever the old one is of is told. An old account
    that is verified here, or was parted from the other before, is not taken over by passwords: it takes the code that
    goes to its own number or address (``legacy_link_code_sent``, ``legacy_link_code_wrong``); one that has none, or was
    left behind, comes by recovery (``legacy_link_unproven``).
    """
    facts = facts_of(pair.old.record_id, pair.old.facts, vault(uow.settings))
    if not agreement.agrees(uow, facts, pair.left, pair.taking):
        _warn(uow, pair, facts["email"])
        return _refused(uow, pair, Problem("legacy_link_differs"))
    verified = pair.left is not None and pair.left.verification in ("approved", "pending")
    if not verified and not store.was_undone(uow.session, pair.old.record_id, pair.taking.account_id):
        return None
    address = _address(pair.left, facts["email"])
    if address is None or (pair.left is not None and pair.left.left_behind):
        return _refused(uow, pair, Problem("legacy_link_unproven"))
    if code:
        if any(codes.same_code(code, one) for one in _codes(uow, pair)):
            return None
        errors = [FieldError("code", "legacy_link_code_wrong")]
        return _refused(uow, pair, Problem("legacy_link_code_wrong", errors=errors))
    sent = f"{pair.old.record_id}:{pair.taking.account_id}:link_code:{uow.today()}"
    channel, language = notices.channel_to(address), pair.left.language if pair.left else "zh"
    told = _codes(uow, pair)[0]
    notices.send_text(uow, channel, address, "legacy_link_code", sent, language, sealed=True, code=told)
    shown = codes.masked_email(address) if channel == "email" else id_numbers.mask_mobile(address)
    return _refused(uow, pair, Problem("legacy_link_code_sent", contact=shown or ""))


def _refused(uow: UnitOfWork, pair: Pair, problem: Problem) -> Problem:
    uow.audit("account.refuse_link", subject=pair.taking.account_id, record_id=pair.old.record_id, problem=problem.code)
    return problem


def _warn(uow: UnitOfWork, pair: Pair, address: str) -> None:
    """Somebody else has the old account's password: once a day that is told where it is known whose it is."""
    event_id = f"{pair.old.record_id}:link_refused:{uow.today()}"
    if pair.left is not None:
        notices.notify(uow, pair.left, "legacy_account_refused", event_id, {})
    if address and notices.reaches_people(uow):
        notices.send_text(uow, "email", address, "legacy_account_refused_elsewhere", f"{event_id}:elsewhere", "zh")


def _address(left: Account | None, known_there: str) -> str | None:
    """The old account's own: its number here, its confirmed address, or the one of its record."""
    if left is not None and left.mobile:
        return left.mobile
    if left is not None and left.email and left.email_confirmed_at:
        return left.email
    try:
        return id_numbers.email(known_there)
    except id_numbers.NumberInvalid:
        return None


def _codes(uow: UnitOfWork, pair: Pair) -> list[str]:
    """Today's first. Kept nowhere: made again when one comes back."""
    seals = vault(uow.settings)
    names = [pair.old.record_id, pair.left.account_id if pair.left else "", pair.taking.account_id]
    days = [uow.today().toordinal() - back for back in range(_CODE_DAYS)]
    return [codes.code_of(seals.index(_PROOF, ":".join([*names, str(day)]))) for day in days]
