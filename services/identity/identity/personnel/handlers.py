"""Staff accounts as administrators change them: inviting, roles, leaving and coming back, resets by two people."""

from __future__ import annotations

from typing import cast

from chassis.access import is_self
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.base import Empty, StaffRole
from contracts.personnel import (
    ROLES_OF_TWO,
    STAFF_CHANGED,
    ChangeStaff,
    DecideStaffChange,
    EndStaffSessions,
    InviteStaff,
    StaffChanged,
    StaffChangeTaken,
    StaffRef,
    StaffStep,
)

from identity.accounts import model as accounts_model
from identity.accounts import store as accounts
from identity.accounts.store import Account
from identity.base import lock_name
from identity.messages import notices
from identity.personnel import model, store
from identity.personnel.reading import found, standing
from identity.personnel.setting_up import account_to_set_up
from identity.personnel.store import StaffChangeRow
from identity.recoveries.store import put_back
from identity.sessions import handlers as sessions
from identity.staff.store import Staff


def invite_staff(request: InviteStaff, uow: UnitOfWork) -> StaffRef:
    """A new account, into which a code leads (``issue_staff_code``). Roles of two wait for a second administrator.

    Problems: ``account_name_invalid``, ``name_invalid``, ``staff_login_taken``.
    """
    login, name = accounts_model.normal_account_name(request.login), accounts_model.clean_name(request.name)
    if login is None:
        raise Problem("account_name_invalid", errors=[FieldError("login", "account_name_invalid")])
    if not name:
        raise Problem("name_invalid", errors=[FieldError("name", "name_invalid")])
    lock_name(uow.session, f"account name {login}")
    if accounts.by_login(uow.session, login, None) is not None:
        raise Problem("staff_login_taken", errors=[FieldError("login", "staff_login_taken")])
    account, staff = account_to_set_up(uow, login, name, model.alone(request.roles))
    uow.audit("staff.invite", subject=account.account_id, role=",".join(staff.roles), reason=request.reason)
    for role in sorted(ROLES_OF_TWO.intersection(request.roles)):
        _ask(uow, account, "grant", role, request.reason)
    return StaffRef(account_id=account.account_id)


def change_staff(request: ChangeStaff, uow: UnitOfWork) -> StaffChangeTaken:
    """Changes somebody else's account at once, or asks a second administrator to agree; says which.

    Problems: ``staff_unknown``, ``staff_own_account``, ``staff_role_required``, ``staff_step_unfit``,
    ``staff_last_role``, ``staff_change_waits`` (the same is asked for already).
    """
    account, staff = found(uow, request.account_id, lock=True)
    _not_their_own(uow, account)
    role = request.role if request.step in ("grant", "remove") else None
    _require_fit(request.step, role, staff)
    waits = model.takes_two(request.step, role, standing(staff))
    if waits:
        _ask(uow, account, request.step, role or "", request.reason)
    else:
        _do(uow, account, staff, request.step, role, request.reason)
    return StaffChangeTaken(waits=waits)


def decide_staff_change(request: DecideStaffChange, uow: UnitOfWork) -> StaffRef:
    """A second administrator agrees, or anyone but its subject declines; whoever asked takes it back by that.

    Problems: ``staff_change_unknown``, ``staff_change_decided``, ``staff_own_account``, ``staff_second_person``,
    ``staff_step_unfit`` (the account has changed since).
    """
    change = store.lock_change(uow.session, request.change_id)
    if change is None:
        raise Problem("staff_change_unknown")
    account, staff = found(uow, change.account_id, lock=True)
    _not_their_own(uow, account)
    if change.outcome is not None:
        raise Problem("staff_change_decided")
    step, role = cast(StaffStep, change.step), cast(StaffRole, change.role) if change.role else None
    confirmed = request.decision == "confirm"
    if confirmed and is_self(uow.actor, change.asked_by):
        raise Problem("staff_second_person")
    change.outcome, change.decided_by = "confirmed" if confirmed else "declined", uow.actor.subject
    change.decided_at = uow.now()
    uow.session.flush()
    if confirmed:
        _require_fit(step, role, staff)
        _do(uow, account, staff, step, role, change.reason)
    else:
        uow.audit("staff.decline", subject=account.account_id, step=step, role=change.role)
    return StaffRef(account_id=account.account_id)


def end_staff_sessions(request: EndStaffSessions, uow: UnitOfWork) -> Empty:
    """Ends sign-ins of a member of staff: whoever goes on signs in again. Problems ``staff_unknown``, ``not_found``."""
    account, _staff = found(uow, request.account_id)
    if request.session_id is None:
        sessions.end_all(uow, account.account_id, "ended_by_office")
    elif not sessions.end_one(uow, account.account_id, request.session_id, "ended_by_office"):
        raise Problem("not_found")
    return Empty()


def _not_their_own(uow: UnitOfWork, account: Account) -> None:
    if is_self(uow.actor, account.account_id):
        raise Problem("staff_own_account")


def _require_fit(step: StaffStep, role: StaffRole | None, staff: Staff) -> None:
    if step in ("grant", "remove") and role is None:
        raise Problem("staff_role_required", errors=[FieldError("role", "staff_role_required")])
    if step == "remove" and list(staff.roles) == [role]:
        raise Problem("staff_last_role")
    if step not in model.steps(standing(staff)) or (step == "remove") != (role in staff.roles):
        raise Problem("staff_step_unfit")


def _ask(uow: UnitOfWork, account: Account, step: StaffStep, role: str, reason: str) -> None:
    if any((change.step, change.role) == (step, role) for change in store.waiting(uow.session, account.account_id)):
        raise Problem("staff_change_waits")
    change = StaffChangeRow(
        change_id=new_id("chg"),
        account_id=account.account_id,
        step=step,
        role=role,
        reason=reason,
        asked_by=uow.actor.subject,
        asked_at=uow.now(),
    )
    uow.session.add(change)
    uow.session.flush()
    uow.audit("staff.ask", subject=account.account_id, step=step, role=role, reason=reason)


def _do(uow: UnitOfWork, account: Account, staff: Staff, step: StaffStep, role: StaffRole | None, reason: str) -> None:
    """A change takes effect: every session of the account ends, whose tokens name roles that may be gone."""
    if step == "grant" and role is not None:
        staff.roles = [*staff.roles, role]
    elif step == "remove":
        staff.roles = [kept for kept in staff.roles if kept != role]
    elif step in model.RESETS:
        staff.awaits, staff.sealed_totp_secret = model.RESETS[step], None
        staff.code_digest = staff.code_until = staff.sealed_code_secret = None
    else:
        staff.deactivated_at = uow.now() if step == "deactivate" else None
        staff.code_digest = staff.code_until = staff.sealed_code_secret = None
    uow.session.flush()
    sessions.end_all(uow, account.account_id, "staff_changed")
    uow.audit(f"staff.{step}", subject=account.account_id, role=role or "", reason=reason)
    if step in model.RESETS:
        notices.notify(uow, account, f"staff_{step}", f"{account.account_id}:{step}:{uow.request_id}", {})
    _take_back(uow, account, staff)


def _take_back(uow: UnitOfWork, account: Account, staff: Staff) -> None:
    """What somebody has in hand whose role for it is gone goes to their colleagues; what was asked for an account that
    is no longer in use is closed."""
    active = staff.deactivated_at is None
    if not active:
        for step, role in store.withdraw_about(uow.session, account.account_id, uow.actor.subject, uow.now()):
            uow.audit("staff.decline", subject=account.account_id, step=step, role=role)
    if not active or "customer_service" not in staff.roles:
        put_back(uow.session, account.account_id)
    if not active or "administrator" not in staff.roles:
        store.withdraw_asked_by(uow.session, account.account_id, uow.actor.subject, uow.now())
    changed = StaffChanged(account_id=account.account_id, roles=list(staff.roles), active=active, changed_at=uow.now())
    uow.emit(STAFF_CHANGED, changed)
