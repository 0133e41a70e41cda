"""Submitting real-name verifications (I-05, I-06), their states, what happens when time passes (I-07)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from chassis.work import place, sender_of
from contracts.identity import VERIFICATION_SUBMITTED, SubmitVerification, VerificationSubmitted, VerificationView

from identity.accounts.handlers import account_acted_for
from identity.accounts.store import Account
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
        part=model.IDENTITY,
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
                wrapped_key=upload.wrapped(store.IMAGE_KEY, store.key_context(verification_id, document)),
                **upload.columns,
            )
        )
    if errors:
        raise Problem("verification_image_unreadable", errors=errors)
    taken = {image.document for image in images}
    images += [placing.hand_over(uow, photo, verification_id) for name, photo in there.items() if name not in taken]
    placing.discard_all(uow, account.account_id)
    return images


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
    first = verification.new_name is None and verification.part == model.IDENTITY
    if standing is not None and (first or action == "reopen"):  # else what is verified holds
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
