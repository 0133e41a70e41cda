"""Looking at verifications: one's own, the office's queue, a single image."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from chassis.access import is_self, may
from chassis.clock import legal_date
from chassis.cursors import after_day, cursor
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.identity import (
    IdentityHolder,
    ListVerifications,
    OpenVerificationImage,
    VerificationList,
    VerificationRef,
    VerificationView,
)
from contracts.identity.verification import EarlierRefusal, OperatorAsked, Reopening, VerificationStep
from contracts.objects import ObjectRef, SealedObject
from contracts.paging import QueueTotals

from identity.accounts import store as accounts
from identity.accounts.handlers import account_acted_for
from identity.accounts.store import ID_NUMBER, SEAL_KEY, Account, Seal
from identity.sealing import vault
from identity.staff import store as staff_store
from identity.verification import model, operators, queues, store
from identity.verification.store import Verification, VerificationImage

MOST_REFUSALS = 10
MOST_STEPS = 100
REVIEWERS = frozenset({"reviewer"})
"""Staff whose work needs other people's numbers and papers."""


def get_verification(request: VerificationRef, uow: UnitOfWork) -> VerificationView:
    """One's own, or any for a reviewer, who sees the full number (audited). Problem ``verification_unknown``."""
    reviewer = may(uow.actor, "", "read", office=REVIEWERS)
    verification = store.get(uow.session, request.verification_id)
    if verification is None or not (reviewer or may(uow.actor, verification.account_id, "read")):
        raise Problem("verification_unknown")
    account = _account(uow, verification)
    if reviewer:
        uow.audit("verification.open", subject=verification.verification_id, account_id=account.account_id)
    return view(uow, verification, account, reviewer=reviewer)


def list_my_verifications(request: ListVerifications, uow: UnitOfWork) -> VerificationList:
    """The submissions of the caller's party, newest first; ``replacements``: those of its seal and operator."""
    account = account_acted_for(uow, "read")
    rows = store.mine(
        uow.session,
        account.account_id,
        request.state,
        request.cursor,
        request.limit + 1,
        replacements=request.replacements,
    )
    page = rows[: request.limit]
    return VerificationList(
        items=[view(uow, row, account) for row in page],
        next_cursor=page[-1].verification_id if len(rows) > request.limit else None,
    )


def list_verification_queue(request: ListVerifications, uow: UnitOfWork) -> VerificationList:
    """The office's queue (pending unless asked otherwise), the most urgent first; decided ones the newest first;
    numbers masked."""
    state, after = request.state or "pending", after_day(request.cursor)
    rows = queues.queue(
        uow.session, state, after, request.limit + 1, checked=request.checked, words=request.text.strip()
    )
    page = rows[: request.limit]
    more = len(rows) > request.limit
    people = accounts.get_some(uow.session, {row.account_id for row in page})
    images = store.images_of(uow.session, [row.verification_id for row in page])
    return VerificationList(
        items=[_view(uow, row, people[row.account_id], images.get(row.verification_id, ())) for row in page],
        next_cursor=cursor(page[-1].due_on, page[-1].verification_id) if more else None,
        counts=queues.counts(uow.session),
    )


def total_verifications(request: Empty, uow: UnitOfWork) -> QueueTotals:
    """Of the office's queue as a whole."""
    today = uow.today()
    count, late, due_on, since = queues.pending_totals(uow.session, today)
    return QueueTotals(on=today, count=count, late=late, due_on=due_on, since=since and legal_date(since))


def total_reopenings(request: Empty, uow: UnitOfWork) -> QueueTotals:
    """Approvals that colleagues found wrong, for the caller to settle."""
    count, since = queues.reopening_totals(uow.session, uow.actor.subject)
    return QueueTotals(on=uow.today(), count=count, late=0, since=since and legal_date(since))


def open_verification_image(request: OpenVerificationImage, uow: UnitOfWork) -> SealedObject:
    """The ciphertext of an image and its key, for one look by a reviewer (audited).

    Problems: ``verification_unknown``, ``verification_image_gone``, ``verification_check_running`` (nobody looks at a
    file before the confined process has).
    """
    verification = store.get(uow.session, request.verification_id)
    if verification is None:
        raise Problem("verification_unknown")
    if request.document == model.HELD_SEAL:
        return _open_seal(uow, verification)
    image = store.image(uow.session, request.verification_id, request.document)
    if image is None or image.wrapped_key is None:
        raise Problem("verification_image_gone")
    if verification.check_state == "running":
        raise Problem("verification_check_running")
    key = vault(uow.settings).open(store.IMAGE_KEY, image.wrapped_key, image.key_context)
    uow.audit("verification.open_image", subject=request.verification_id, document=request.document)
    return SealedObject(
        object=ObjectRef(sha256=image.sealed_sha256, size=image.sealed_size),
        key=base64.b64encode(key).decode(),
        content_type=image.content_type,
        file_name=image.file_name,
    )


def _open_seal(uow: UnitOfWork, verification: Verification) -> SealedObject:
    seal = _seal(uow, verification.account_id)
    if seal is None:
        raise Problem("verification_image_gone")
    key = vault(uow.settings).open(SEAL_KEY, seal.wrapped_key, verification.account_id)
    uow.audit("verification.open_image", subject=verification.verification_id, document=model.HELD_SEAL)
    return SealedObject(
        object=ObjectRef(sha256=seal.sealed_sha256, size=seal.sealed_size),
        key=base64.b64encode(key).decode(),
        content_type=seal.content_type,
        file_name=seal.file_name,
    )


def _account(uow: UnitOfWork, verification: Verification) -> Account:
    account = accounts.get(uow.session, verification.account_id)
    if account is None:
        raise Problem("verification_unknown")
    return account


def view(uow: UnitOfWork, verification: Verification, account: Account, *, reviewer: bool = False) -> VerificationView:
    """As its party sees it; a ``reviewer`` sees the whole number. Images that were discarded are not named."""
    images = store.images(uow.session, verification.verification_id)
    found = _view(uow, verification, account, images, reviewer=reviewer)
    return found if reviewer else found.model_copy(update={"taken": _is_taken(uow, verification, account)})


def _view(
    uow: UnitOfWork,
    verification: Verification,
    account: Account,
    images: Sequence[VerificationImage],
    *,
    reviewer: bool = False,
) -> VerificationView:
    """Without what another account has to do with it, which its party is told."""
    number = account.masked_id_number
    if reviewer and account.sealed_id_number:
        number = vault(uow.settings).open(ID_NUMBER, account.sealed_id_number, account.account_id).decode()
    facts: dict[str, Any] = {
        "verification_id": verification.verification_id,
        "account_id": account.account_id,
        "kind": verification.kind,
        "name": account.name,
        "organisation_name": account.organisation_name,
        "id_type": account.id_type,
        "id_number": number,
        "uscc": account.uscc,
        "state": verification.state,
        "documents": [image.document for image in images if image.discarded_at is None],
        "pictures": [image.document for image in images if image.content_type.startswith("image/")],
        "check": verification.check_state,
        "findings": verification.findings,
        "reasons": verification.reasons,
        "submitted_at": verification.submitted_at,
        "due_on": verification.due_on,
        "overdue": model.is_overdue(verification.state, verification.due_on, uow.today()),
        "decided_at": verification.decided_at,
        "decided_by": _colleague(uow, verification.decided_by) if reviewer else None,
        "reopening": _reopening(uow, verification) if reviewer else None,
        "holder": _holder(uow, account) if reviewer and verification.state == "pending" else None,
        "seal": reviewer and _to_compare(verification) and _seal(uow, account.account_id) is not None,
        "earlier_name": verification.earlier_name,
        "new_name": verification.new_name,
        "part": verification.part,
        "why": verification.why,
        "operator": _operator(uow, verification, reviewer=reviewer),
        "refusals": _refusals(uow, verification) if reviewer else [],
        "history": _history(uow, verification) if reviewer else [],
    }
    return VerificationView.model_validate(facts)


def _is_taken(uow: UnitOfWork, verification: Verification, account: Account) -> bool:
    if verification.part != model.IDENTITY or verification.state not in ("pending", "refused"):
        return False
    return accounts.is_taken(uow.session, account)


def _operator(uow: UnitOfWork, verification: Verification, *, reviewer: bool) -> OperatorAsked | None:
    change = operators.get(uow.session, verification.verification_id) if verification.part == model.OPERATOR else None
    if change is None:
        return None
    number = change.masked_id_number
    if reviewer and change.sealed_id_number is not None:
        number = vault(uow.settings).open(ID_NUMBER, change.sealed_id_number, verification.verification_id).decode()
    return OperatorAsked(
        name=change.name,
        id_type=change.id_type,
        id_number=number,
        earlier_name=change.earlier_name,
        earlier_id_number=change.earlier_masked_id_number,
    )


def _to_compare(verification: Verification) -> bool:
    """Once another seal is decided, the former one is among its images."""
    return verification.part != model.SEAL or verification.state == "pending"


def _reopening(uow: UnitOfWork, verification: Verification) -> Reopening | None:
    if verification.reopen_by is None or verification.reopen_at is None:
        return None
    return Reopening(
        reason=verification.reopen_reason,
        proposed_by=_colleague(uow, verification.reopen_by),
        proposed_at=verification.reopen_at,
        mine=is_self(uow.actor, verification.reopen_by),
    )


def _colleague(uow: UnitOfWork, account_id: str | None) -> str | None:
    """What the member of staff who decided is called; None for what nobody decided by hand."""
    colleague = accounts.get(uow.session, account_id) if account_id else None
    return colleague.name if colleague else None


def _seal(uow: UnitOfWork, account_id: str) -> Seal | None:
    """The organisation's seal, once the confined process has drawn it: nobody looks at a file before that."""
    seal = uow.session.get(Seal, account_id)
    return seal if seal is not None and seal.picture is not None else None


def _refusals(uow: UnitOfWork, verification: Verification) -> list[EarlierRefusal]:
    about = verification.part != model.IDENTITY
    earlier = store.mine(
        uow.session, verification.account_id, "refused", verification.verification_id, MOST_REFUSALS, replacements=about
    )
    return [EarlierRefusal.model_validate(_refusal(row)) for row in earlier]


def _refusal(row: Verification) -> dict[str, Any]:
    return {
        "verification_id": row.verification_id,
        "part": row.part,
        "renames": row.new_name is not None,
        "submitted_at": row.submitted_at,
        "decided_at": row.decided_at,
        "reasons": row.reasons,
    }


def _history(uow: UnitOfWork, verification: Verification) -> list[VerificationStep]:
    acted = store.history(uow.session, verification.verification_id, MOST_STEPS)
    names = staff_store.names(uow.session, {row.actor for row in acted})
    return [
        VerificationStep(action=row.action, at=row.at, actor_name=names.get(row.actor, ""), note=row.note)
        for row in acted
    ]


def _holder(uow: UnitOfWork, account: Account) -> IdentityHolder | None:
    holder = accounts.verified_holder(uow.session, account)
    if holder is None:
        return None
    return IdentityHolder(
        account_id=holder.account_id,
        name=holder.organisation_name or holder.name,
        verified_at=store.approved_at(uow.session, holder.account_id),
    )
