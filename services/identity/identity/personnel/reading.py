"""Staff accounts as administrators see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from chassis.access import is_self
from chassis.clock import legal_date
from chassis.cursors import after_moment, cursor
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.paging import QueueTotals
from contracts.personnel import (
    ListStaff,
    StaffActed,
    StaffChange,
    StaffFile,
    StaffList,
    StaffMember,
    StaffRef,
    StaffSession,
)

from chassis import audited
from identity.accounts.store import Account
from identity.personnel import model, store
from identity.sessions import store as sessions
from identity.staff import store as staff_store
from identity.staff.store import Staff

MOST_SESSIONS = 50
MOST_HISTORY = 100


def list_staff(request: ListStaff, uow: UnitOfWork) -> StaffList:
    """The newest first. Problem ``request_invalid`` for a cursor that is none."""
    after = after_moment(request.cursor)
    rows = store.page(uow.session, request.text.strip(), after, request.limit + 1, waiting=request.waiting)
    shown = rows[: request.limit]
    last = shown[-1][0] if len(rows) > request.limit else None
    return StaffList(
        items=_members(uow, shown),
        next_cursor=cursor(last.created_at, last.account_id) if last is not None else None,
    )


def total_staff_changes(request: Empty, uow: UnitOfWork) -> QueueTotals:
    """Changes that the caller may confirm."""
    count, since = store.totals_for(uow.session, uow.actor.subject)
    return QueueTotals(on=uow.today(), count=count, late=0, since=since and legal_date(since))


def open_staff(request: StaffRef, uow: UnitOfWork) -> StaffFile:
    """One account with its sessions, what waits and what happened; audited. Problem ``staff_unknown``."""
    account, staff = found(uow, request.account_id)
    uow.audit("staff.open", subject=account.account_id)
    own, changes = is_self(uow.actor, account.account_id), store.waiting(uow.session, account.account_id)
    acted = audited.about(uow.session, account.account_id, MOST_HISTORY)
    names = staff_store.names(uow.session, {*(row.actor for row in acted), *(change.asked_by for change in changes)})
    return StaffFile(
        member=_members(uow, [(account, staff)])[0],
        steps=[] if own else model.steps(standing(staff)),
        grantable=[] if own else model.grantable(standing(staff)),
        changes=[_change(uow, change, names) for change in changes],
        sessions=[
            StaffSession(
                session_id=row.session_id,
                created_at=row.created_at,
                last_used_at=row.last_used_at,
                client=row.client,
                user_agent=row.user_agent,
            )
            for row in sessions.sessions_page(uow.session, account.account_id, uow.now(), None, MOST_SESSIONS)
        ],
        history=[_acted(row, names) for row in acted],
        code_until=staff.code_until if staff.code_until and staff.code_until > uow.now() else None,
    )


def found(uow: UnitOfWork, account_id: str, *, lock: bool = False) -> tuple[Account, Staff]:
    """Problem ``staff_unknown``."""
    member = store.member(uow.session, account_id, lock=lock)
    if member is None:
        raise Problem("staff_unknown")
    return member


def standing(staff: Staff) -> model.Standing:
    return model.Standing(tuple(staff.roles), staff.deactivated_at is None, cast("model.Awaits | None", staff.awaits))


def _members(uow: UnitOfWork, rows: Sequence[tuple[Account, Staff]]) -> list[StaffMember]:
    ids = [account.account_id for account, _staff in rows]
    seen, waiting = store.last_seen(uow.session, ids), store.waiting_counts(uow.session, ids)
    return [
        StaffMember(
            account_id=account.account_id,
            login=account.account_name or "",
            name=account.name,
            roles=list(staff.roles),
            state=standing(staff).state,
            waiting=waiting.get(account.account_id, 0),
            mine=is_self(uow.actor, account.account_id),
            last_seen_at=seen.get(account.account_id),
            created_at=account.created_at,
        )
        for account, staff in rows
    ]


def _change(uow: UnitOfWork, change: store.StaffChangeRow, names: dict[str, str]) -> StaffChange:
    return StaffChange.model_validate(
        {
            "change_id": change.change_id,
            "account_id": change.account_id,
            "step": change.step,
            "role": change.role,
            "reason": change.reason,
            "asked_by": change.asked_by,
            "asked_by_name": names.get(change.asked_by, ""),
            "asked_at": change.asked_at,
            "mine": is_self(uow.actor, change.asked_by),
        }
    )


def _acted(row: audited.Audited, names: dict[str, str]) -> StaffActed:
    told = {name: str(row.facts.get(name) or "") for name in ("step", "role", "reason", "text", "purpose")}
    told["found"] = str(row.facts.get("found", ""))
    return StaffActed(action=row.action, at=row.at, actor=row.actor, actor_name=names.get(row.actor, ""), **told)
