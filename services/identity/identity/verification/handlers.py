"""Submitting and deciding real-name verifications (I-05, I-06, I-07)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from chassis.work import place, sender_of
from contracts.identity import (
    IDENTITY_VERIFIED,
    VERIFICATION_REFUSED,
    VERIFICATION_SUBMITTED,
    DecideVerification,
    IdentityVerified,
    SubmitVerification,
    VerificationRefused,
    VerificationSubmitted,
    VerificationView,
)

from identity.accounts import id_numbers
from identity.accounts import store as accounts
from identity.accounts.handlers import account_acted_for
from identity.accounts.store import Account
from identity.base import lock_name
from identity.consents.giving import declare_face, require_face
from identity.images import received_image
from identity.messages import notices
from identity.staff import store as staff
from identity.verification import discarding, model, placed, placing, renaming, store
from identity.verification.model import HANDHELD, Action
from identity.verification.reading import view
from identity.verification.store import CHANNEL, Verification, VerificationAction, VerificationImage


def submit_verification(request: SubmitVerification, uow: UnitOfWork) -> VerificationView:
    """Hands in the images, those that were placed before included; the worker checks them, a reviewer decides by the
    due date.

    Again after a refusal, or when the automatic check found errors. Problems: ``verification_documents_missing``,
    ``face_consent_required``, ``verification_image_unreadable``, ``receipt_invalid``, ``verification_pending``,
    ``verification_already_approved``; with another name in place of the verified one ``name_invalid``,
    ``rename_unchanged``, ``rename_unverified``. What is verified holds until that is approved.
    """
    account = account_acted_for(uow, "manage", lock=True)
    earlier = placing.require_open(uow, account, rename=request.new_name is not None)
    new_name = renaming.other_name(request.new_name, account)
    verification_id = new_id("ver")
    images = _receive_images(request, uow, account, verification_id)
    if earlier is not None:
        act(uow, earlier, account, "replace")
        discarding.discard(uow, earlier, everything=True)
        uow.session.flush()
    verification = Verification(
        verification_id=verification_id,
        account_id=account.account_id,
        kind=account.kind,
        check_state="running",
        findings=[],
        reasons=[],
        submitted_at=uow.now(),
        due_on=model.due_date(uow.today()),
        earlier_name=renaming.name_of(account) if new_name else None,
        new_name=new_name,
    )
    place(uow, verification, sender_of(uow.actor, ""))
    act(uow, verification, account, "submit")
    uow.session.add_all(images)
    uow.session.flush()
    uow.emit(
        VERIFICATION_SUBMITTED,
        VerificationSubmitted(
            account_id=account.account_id,
            verification_id=verification.verification_id,
            submitted_at=verification.submitted_at,
            due_on=verification.due_on,
        ),
    )
    event_id = f"{verification.verification_id}:submitted"
    notices.notify(uow, account, "verification_submitted", event_id, {"due_on": verification.due_on})
    return view(uow, verification, account)


def _require_its_documents(account: Account, given: Mapping[str, str], there: Collection[str], *, rename: bool) -> None:
    """Those of this kind of account, all and no others; ``there``: placed before."""
    needed = model.required_documents(account.kind, account.id_type, rename=rename)
    missing = [name for name in needed if not given.get(name) and name not in there]
    if missing:
        errors = [FieldError(f"documents.{name}", "material_missing") for name in missing]
        raise Problem("verification_documents_missing", documents=",".join(missing), errors=errors)
    allowed = model.allowed_documents(account.kind, rename=rename)
    if strange := [name for name in given if name not in allowed]:
        errors = [FieldError(f"documents.{name}", "extra_forbidden") for name in strange]
        raise Problem("request_invalid", errors=errors)


def _receive_images(
    request: SubmitVerification, uow: UnitOfWork, account: Account, verification_id: str
) -> list[VerificationImage]:
    given = {str(document): token for document, token in request.documents.items()}
    there = placed.placed(uow.session, account.account_id, lock=True)
    _require_its_documents(account, given, there, rename=request.new_name is not None)
    if given.get(HANDHELD) and request.face_consented:
        declare_face(uow, account.account_id)
    if given.get(HANDHELD) or HANDHELD in there:
        require_face(uow, account.account_id)
    images = []
    errors = [
        FieldError(f"documents.{name}", "verification_image_unreadable")
        for name, photo in there.items()
        if not given.get(name) and model.has_errors(photo.findings)
    ]
    for document, token in given.items():
        if not token:
            continue
        upload = received_image(uow, token, model.LARGEST, pdf=model.may_be_pdf(document))
        if upload is None:
            errors.append(FieldError(f"documents.{document}", "verification_image_unreadable"))
            continue
        images.append(
            VerificationImage(
                verification_id=verification_id,
                document=document,
                original_sha256=upload.content.sha256,
                original_size=upload.content.size,
                file_name=upload.file_name,
                content_type=upload.content_type,
                sealed_sha256=upload.object.sha256,
                sealed_size=upload.object.size,
                wrapped_key=upload.wrapped(store.IMAGE_KEY, store.key_context(verification_id, document)),
            )
        )
    if errors:
        raise Problem("verification_image_unreadable", errors=errors)
    taken = {image.document for image in images}
    images += [placing.hand_over(uow, photo, verification_id) for name, photo in there.items() if name not in taken]
    placing.discard_all(uow, account.account_id)
    return images


def decide_verification(request: DecideVerification, uow: UnitOfWork) -> VerificationView:
    """A reviewer approves or refuses. The hand-held photo is destroyed with the decision; its hash and result stay.
    From then on nobody needs the full number: the reply has it masked.

    An identity belongs to the account for which it was verified first. Who claims it after that is refused with the
    reason, and the earlier holder is told. Problems: ``verification_unknown``, ``verification_decided``,
    ``verification_check_running``, ``verification_reasons_required``, ``verification_reasons_unasked`` (approving with
    reasons to refuse), ``identity_disputed`` (approving then).
    """
    reasons = [reason.strip() for reason in request.reasons if reason.strip()]
    if request.decision == "refuse" and not reasons:
        raise Problem("verification_reasons_required")
    if request.decision == "approve" and reasons:
        raise Problem("verification_reasons_unasked")
    found = store.get(uow.session, request.verification_id)
    if found is None:
        raise Problem("verification_unknown")
    # The account first, as in submit_verification: two people at once then never wait for each other.
    account = accounts.get(uow.session, found.account_id, lock=True)
    if account is None:
        raise Problem("verification_unknown")
    verification = found
    uow.session.refresh(verification, with_for_update=True)
    if verification.state != "pending":
        raise Problem("verification_decided")
    if verification.check_state == "running":
        raise Problem("verification_check_running")
    _respect_holder(uow, verification, account, request.decision)
    verification.reasons = reasons
    if request.decision == "approve":
        renaming.make_way(uow, verification, account, act)
    act(uow, verification, account, request.decision, note="；".join(reasons))
    if request.decision == "refuse":
        placing.keep_usable(uow, verification, handheld=False)
        placing.discard_all(uow, account.account_id, HANDHELD)
    else:
        placing.discard_all(uow, account.account_id)
    discarding.discard(uow, verification)
    _tell(uow, verification, account, request.decision)
    uow.notify(CHANNEL)
    return view(uow, verification, account)


def _tell(uow: UnitOfWork, verification: Verification, account: Account, decision: str) -> None:
    """Everybody hears what was decided, and whose it is why."""
    event_id = f"{verification.verification_id}:decided"
    renamed: dict[str, Any] = {"name": verification.new_name} if verification.new_name is not None else {}
    if decision == "approve":
        uow.emit(IDENTITY_VERIFIED, verified(verification, account))
        notices.notify(uow, account, "name_changed" if renamed else model.APPROVED[account.kind], event_id, renamed)
    else:
        uow.emit(
            VERIFICATION_REFUSED,
            VerificationRefused(
                account_id=account.account_id,
                verification_id=verification.verification_id,
                reasons=verification.reasons,
                refused_at=uow.now(),
            ),
        )
        template = "name_change_refused" if renamed else "verification_refused"
        notices.notify(uow, account, template, event_id, renamed | {"reasons": verification.reasons})


def _respect_holder(uow: UnitOfWork, verification: Verification, account: Account, decision: str) -> None:
    """Two reviewers who approve the same identity for two accounts come one after the other."""
    lock_identity(uow, account)
    holder = accounts.verified_holder(uow.session, account)
    if holder is None:
        return
    event_id = f"{verification.verification_id}:disputed"
    notices.notify(uow, holder, "identity_disputed", event_id, {})
    uow.audit("verification.dispute", subject=verification.verification_id, holder=holder.account_id)
    if decision == "approve":
        uow.keep()
        raise Problem("identity_disputed")


def lock_identity(uow: UnitOfWork, account: Account) -> None:
    """Nobody else verifies this ID number or credit code until the transaction ends."""
    lock_name(uow.session, f"identity {account.uscc if account.kind == 'organisation' else account.id_index}")


def verified(verification: Verification, account: Account) -> IdentityVerified:
    """What others hear of an identity that has been verified."""
    organisation = account.kind == "organisation"
    facts: dict[str, Any] = {
        "account_id": account.account_id,
        "verification_id": verification.verification_id,
        "kind": account.kind,
        "name": account.organisation_name if organisation else account.name,
        "operator_name": account.name if organisation else None,
        "id_type": "uscc" if organisation else account.id_type,
        "masked_id_number": id_numbers.mask(account.uscc or "") if organisation else account.masked_id_number,
        "tax_id": account.uscc or "",
        "verified_at": verification.decided_at,
    }
    return IdentityVerified.model_validate(facts)


def act(uow: UnitOfWork, verification: Verification, account: Account, action: Action, note: str = "") -> None:
    """The only place that writes a verification's state: with its history row, the account's state and the audit."""
    before: Any = verification.state if action not in model.FIRST else None
    after = model.TRANSITIONS.get((before, action))
    if after is None:
        raise Problem("action_not_allowed", state=before, allowed=model.allowed_actions(before))
    verification.state = after
    if after not in ("pending", before) and action != "supersede":
        verification.decided_at, verification.decided_by = uow.now(), uow.actor.subject
    standing = "none" if action == "withdraw" else model.ACCOUNT_STATE.get(after)
    if standing is not None and (verification.new_name is None or action == "reopen"):  # else what is verified holds
        account.verification = standing
        account.version += 1
    uow.session.add(verification)
    uow.session.flush()
    uow.session.add(
        VerificationAction(
            case_id=verification.verification_id,
            request_id=uow.request_id,
            action=action,
            from_state=before,
            to_state=after,
            actor=uow.actor.subject,
            at=uow.now(),
            note=note,
        )
    )
    uow.audit(f"verification.{action}", subject=verification.verification_id, account_id=account.account_id)


def forget_face(uow: UnitOfWork, account: Account) -> None:
    """The consent to the photograph of the face was taken back: its key is destroyed wherever it waits. A verification
    that is not decided stops; its other images stay placed. The account is locked."""
    placing.discard_all(uow, account.account_id, HANDHELD)
    pending = store.pending(uow.session, account.account_id)
    if pending is None or account.kind == "organisation":
        return
    act(uow, pending, account, "withdraw")
    placing.keep_usable(uow, pending, handheld=False)
    discarding.discard(uow, pending, everything=True)
    pending.check_state, pending.leased_until = "done", None
    uow.session.flush()
    uow.notify(CHANNEL)


def alarm_overdue(uow: UnitOfWork) -> int:
    """Sweeper: tells every reviewer, once, about a submission past its due date."""
    verification = store.overdue(uow.session, uow.today())
    if verification is None:
        return 0
    verification.alarmed_at = uow.now()
    uow.audit("verification.overdue", subject=verification.verification_id, due_on=verification.due_on.isoformat())
    for reviewer in staff.holding(uow.session, "reviewer"):
        event_id = f"{verification.verification_id}:overdue:{reviewer.account_id}"
        params: dict[str, Any] = {"verification_id": verification.verification_id, "due_on": verification.due_on}
        notices.notify(uow, reviewer, "verification_overdue", event_id, params)
    return 1
