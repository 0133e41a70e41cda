"""Looking accounts up and opening one. Nothing here changes any of it; who did it, and why, is written down."""

from __future__ import annotations

from datetime import date
from typing import cast

from chassis.errors import Problem
from chassis.lookups import NEEDS_ADDRESSES, shown_name, sought, write_down
from chassis.uow import UnitOfWork
from contracts.identity import AccountKind, VerificationState
from contracts.lookups import (
    MOST_LOOKED_UP,
    AccountFile,
    AccountFound,
    AccountsFound,
    CaseContact,
    LookUp,
    OldAccountFound,
    OpenAccountFile,
    OpenCaseContact,
    PastVerification,
    ToldApplicant,
)

from identity.accounts import store as accounts
from identity.accounts.id_numbers import mask_mobile
from identity.accounts.store import Account
from identity.legacy import store as legacy
from identity.legacy.model import facts_of, sought_keys
from identity.legacy.store import LegacyAccount
from identity.lookups import store
from identity.messages.handlers import shown
from identity.messages.store import about_case
from identity.numbers.store import is_holder
from identity.recoveries.model import masked_email
from identity.sealing import vault


def look_up_accounts(request: LookUp, uow: UnitOfWork) -> AccountsFound:
    """Accounts of persons and organisations, the newest first; for administrators those of staff too. An old account is
    found by whole names, addresses and codes only, since nothing of it is kept in clear; what it became is found by
    them, too."""
    staff = "administrator" in uow.actor.roles
    typed = request.text.strip()
    old = legacy.looked_up(uow.session, sought_keys(typed, vault(uow.settings)), MOST_LOOKED_UP + 1) if typed else []
    rows = list(store.looked_up(uow.session, sought(request.text), MOST_LOOKED_UP + 1, staff=staff))
    known = {row.account_id for row in rows}
    rows += store.of_ids(uow.session, {one.account_id for one in old if one.account_id} - known)
    waiting = [one for one in old if not one.joined]
    write_down(uow, "account.look_up", request, len(rows) + len(waiting))
    return AccountsFound(
        items=[_found(row, uow) for row in rows[:MOST_LOOKED_UP]],
        old=[_old(one, uow) for one in waiting[:MOST_LOOKED_UP]],
        more=max(len(rows), len(waiting)) > MOST_LOOKED_UP,
    )


def _old(row: LegacyAccount, uow: UnitOfWork) -> OldAccountFound:
    facts = facts_of(row.record_id, row.facts, vault(uow.settings))
    helps = bool(uow.actor.roles & NEEDS_ADDRESSES)
    return OldAccountFound(
        record_id=row.record_id,
        kind=cast(AccountKind, facts["kind"]),
        login=facts["login"] if helps else "",
        name=shown_name(uow.actor, facts["name"], organisation=False),
        organisation_name=facts["organisation_name"],
        mobile=mask_mobile(facts["mobile"]) if helps else "",
        email=(masked_email(facts["email"]) or "") if helps else "",
        code=facts["organisation_code"],
        verified=facts["verification"] == "approved",
        registered_on=date.fromisoformat(facts["registered_on"]) if facts["registered_on"] else None,
    )


def _found(account: Account, uow: UnitOfWork) -> AccountFound:
    return AccountFound(
        account_id=account.account_id,
        kind=cast(AccountKind, account.kind),
        name=shown_name(uow.actor, account.name, organisation=False),
        organisation_name=account.organisation_name,
        mobile=mask_mobile(account.mobile or "") if uow.actor.roles & NEEDS_ADDRESSES else "",
        verification=cast(VerificationState, account.verification),
        created_at=account.created_at,
    )


def open_account_file(request: OpenAccountFile, uow: UnitOfWork) -> AccountFile:
    """How an account stands. Problem ``not_found``, also of a member of staff for whom this is not to be seen."""
    account = accounts.get(uow.session, request.account_id)
    if account is None or (account.kind == "staff" and "administrator" not in uow.actor.roles):
        raise Problem("not_found")
    uow.audit("account.open_file", subject=account.account_id, purpose=request.purpose)
    sessions, last_seen_at = store.signed_in(uow.session, account.account_id, uow.now())
    return AccountFile(
        **_found(account, uow).model_dump(),
        account_name=account.account_name,
        email=masked_email(account.email) or "",
        email_confirmed=account.email_confirmed_at is not None,
        id_number=account.masked_id_number or "",
        uscc=account.uscc,
        from_old_system=account.from_old_system,
        verifications=[
            PastVerification.model_validate(
                {
                    "state": row.state,
                    "part": row.part,
                    "submitted_at": row.submitted_at,
                    "decided_at": row.decided_at,
                    "reasons": row.reasons,
                }
            )
            for row in store.verifications(uow.session, account.account_id)
        ],
        sessions=sessions,
        last_seen_at=last_seen_at,
    )


def open_case_contact(request: OpenCaseContact, uow: UnitOfWork) -> CaseContact:
    """What the applicant of a case was told of it, and where they are called back: masked, or whole for who calls. Each
    is written down with its purpose. Problem ``not_found``, also of a member of staff, of a draft, and where the case
    is not the account's: who calls opens no number by naming a case of somebody else."""
    account = accounts.get(uow.session, request.account_id)
    if account is None or account.kind == "staff":
        raise Problem("not_found")
    if not is_holder(uow.session, account.account_id, request.application_id):
        raise Problem("not_found")
    uow.audit(
        "account.open_contact",
        subject=account.account_id,
        application_id=request.application_id,
        purpose=request.purpose,
        whole=request.whole,
    )
    mobile = account.mobile or ""
    told = about_case(uow.session, account.account_id, request.application_id, MOST_LOOKED_UP)
    return CaseContact(
        mobile=mobile if request.whole else mask_mobile(mobile) if mobile else "",
        told=[
            ToldApplicant(
                sent_at=row.sent_at,
                subject=shown(uow, row, request.language).subject,
                body="" if row.sealed_body is not None else shown(uow, row, request.language).body,
                read_at=row.read_at,
            )
            for row in told
        ],
    )
