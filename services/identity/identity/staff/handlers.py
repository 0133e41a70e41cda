"""Staff of the sandbox: made once, shown with password and current code. Neither exists in production."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.identity import NameStaff, StaffAccount, StaffAccounts, StaffNames

from identity.accounts.passwords import hash_password
from identity.accounts.store import Account
from identity.base import lock_name
from identity.sealing import vault
from identity.staff import model, store
from identity.staff.store import Staff


def seed_sandbox_staff(uow: UnitOfWork) -> int:
    """Sweeper: makes the sandbox's staff accounts at the first start, once for all replicas."""
    if not uow.settings.sandbox or not _to_make(uow):
        return 0
    lock_name(uow.session, "sandbox staff")
    keys, made = vault(uow.settings), _to_make(uow)
    for member in made:
        account_id, password = new_id("acc"), model.new_password()
        uow.session.add(
            Account(
                account_id=account_id,
                kind="staff",
                name=member.name,
                account_name=member.login,
                password_hash=hash_password(password),
                created_at=uow.now(),
            )
        )
        uow.session.flush()
        uow.session.add(
            Staff(
                account_id=account_id,
                roles=list(member.roles),
                sealed_totp_secret=keys.seal(store.TOTP_PURPOSE, model.new_secret().encode(), account_id),
                sealed_sandbox_password=keys.seal(store.SANDBOX_PURPOSE, password.encode(), account_id),
            )
        )
        uow.audit("staff.seed", subject=account_id, login=member.login)
    return len(made)


def _to_make(uow: UnitOfWork) -> list[model.SandboxStaff]:
    there = store.logins(uow.session, [member.login for member in model.SANDBOX_STAFF])
    return [member for member in model.SANDBOX_STAFF if member.login not in there]


def name_staff(request: NameStaff, uow: UnitOfWork) -> StaffNames:
    """What colleagues are called; of nobody else."""
    return StaffNames(names=store.names(uow.session, request.account_ids))


def sandbox_staff(request: Empty, uow: UnitOfWork) -> StaffAccounts:
    """The sandbox's staff with passwords and codes that sign in now. Problem ``not_found`` in production."""
    if not uow.settings.sandbox:
        raise Problem("not_found")
    keys = vault(uow.settings)
    items = []
    for account, staff in store.of_sandbox(uow.session):
        if staff.sealed_totp_secret is None:
            continue
        secret = keys.open(store.TOTP_PURPOSE, staff.sealed_totp_secret, account.account_id).decode()
        password = keys.open(store.SANDBOX_PURPOSE, staff.sealed_sandbox_password or b"", account.account_id)
        items.append(
            StaffAccount(
                login=account.account_name or "",
                password=password.decode(),
                totp=model.usable_code(secret, staff.last_step, uow.now()),
                name=account.name,
                roles=list(staff.roles),
            )
        )
    return StaffAccounts(items=items)


def check_totp(uow: UnitOfWork, account: Account, code: str | None) -> bool:
    """Whether the second factor is right. Problems ``totp_required``, ``totp_used``; ``staff_to_set_up`` for whom a
    code of the administrators leads in, and ``staff_deactivated`` with both factors right.

    A code signs in once. A right one that was used is told apart from a wrong one: whoever holds the authenticator
    needs the next code, guesses nothing, and is not counted towards the lock.
    """
    staff = store.get(uow.session, account.account_id)
    if staff is None:
        return False
    if staff.sealed_totp_secret is None:
        raise Problem("staff_to_set_up")
    if not code:
        raise Problem("totp_required")
    secret = vault(uow.settings).open(store.TOTP_PURPOSE, staff.sealed_totp_secret, account.account_id).decode()
    step = model.matching_step(secret, code, uow.now())
    if step is None:
        return False
    if not store.use_step(uow.session, account.account_id, step):
        raise Problem("totp_used", seconds=model.seconds_until_next(uow.now()))
    if staff.deactivated_at is not None:
        raise Problem("staff_deactivated")
    return True
