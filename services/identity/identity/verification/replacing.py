"""Another seal or operator of a verified organisation, in place of the one that is held (I-06, I-08).

What is held stays in force until a reviewer has approved the other. What was signed before names the seal it was signed
with, by its hash, and keeps it.
"""

from __future__ import annotations

from typing import Any

from chassis.access import may
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from chassis.work import place, sender_of
from contracts.identity import VERIFICATION_SUBMITTED, VerificationRef, VerificationSubmitted, VerificationView
from contracts.identity.events import SEAL_REPLACED, SealReplaced
from contracts.identity.replacements import AskReplacement, NewOperator

from identity.accounts import id_numbers
from identity.accounts.handlers import SEAL_LIMIT, account_acted_for
from identity.accounts.model import as_problem, clean_name
from identity.accounts.store import ID_NUMBER, SEAL_KEY, SEAL_PICTURE, Account, Seal
from identity.images import ReceivedImage, received_image
from identity.messages import notices
from identity.sealing import vault
from identity.verification import discarding, model, operators, placing, store
from identity.verification.handlers import act
from identity.verification.operators import OperatorChange
from identity.verification.reading import view
from identity.verification.store import CHANNEL, Verification, VerificationImage

MESSAGES = {
    model.SEAL: {"submit": "seal_change_asked", "approve": "seal_changed", "refuse": "seal_change_refused"},
    model.OPERATOR: {
        "submit": "operator_change_asked",
        "approve": "operator_changed",
        "refuse": "operator_change_refused",
    },
}


def organisation(uow: UnitOfWork, right: Any, *, lock: bool = False) -> Account:
    """The caller's. Problem ``forbidden`` for who is none."""
    account = account_acted_for(uow, right, lock=lock)
    if account.kind != "organisation":
        raise Problem("forbidden")
    return account


def ask_replacement(request: AskReplacement, uow: UnitOfWork) -> VerificationView:
    """Hands in another seal or operator with its papers, to be checked and decided as a verification is; one at a time,
    or again where the automatic check could not read it.

    Problems: ``forbidden``, ``not_verified``, ``verification_pending``, ``verification_documents_missing``,
    ``verification_image_unreadable``, ``receipt_invalid``, ``request_invalid``; of a seal ``seal_required`` (none is
    held: it is added by ``complete_account``), ``seal_unchanged``; of an operator ``operator_unchanged``,
    ``id_number_invalid``.
    """
    account = organisation(uow, "manage", lock=True)
    if account.verification != "approved":
        raise Problem("not_verified")
    earlier = store.pending(uow.session, account.account_id)
    if earlier is not None and (earlier.part != request.part or not placing.replaceable(earlier)):
        raise Problem("verification_pending")
    verification_id = new_id("ver")
    change = _operator(uow, account, request, verification_id)
    images = _images(uow, account, request, verification_id)
    if earlier is not None:
        act(uow, earlier, account, "replace")
        _over(uow, earlier, everything=True)
    verification = Verification(
        verification_id=verification_id,
        account_id=account.account_id,
        kind=account.kind,
        part=request.part,
        why=request.why.strip(),
        check_state="running",
        findings=[],
        reasons=[],
        submitted_at=uow.now(),
        due_on=model.due_date(uow.today()),
    )
    place(uow, verification, sender_of(uow.actor, ""))
    act(uow, verification, account, "submit")
    uow.session.add_all([*images, *change])
    uow.session.flush()
    submitted = VerificationSubmitted(
        account_id=account.account_id,
        verification_id=verification_id,
        submitted_at=verification.submitted_at,
        due_on=verification.due_on,
    )
    uow.emit(VERIFICATION_SUBMITTED, submitted)
    _notify(uow, verification, account, "submit", {"due_on": verification.due_on})
    return view(uow, verification, account)


def _operator(uow: UnitOfWork, account: Account, request: AskReplacement, verification_id: str) -> list[OperatorChange]:
    if (request.operator is None) != (request.part == model.SEAL):
        code = "missing" if request.operator is None else "extra_forbidden"
        raise Problem("request_invalid", errors=[FieldError("operator", code)])
    if request.operator is None:
        return []
    name, id_type, number = _checked(uow, request.operator)
    keys = vault(uow.settings)
    index = keys.index(ID_NUMBER, number)
    if name == account.name and index == account.id_index:
        raise Problem("operator_unchanged", errors=[FieldError("operator.id_number", "operator_unchanged")])
    return [
        OperatorChange(
            verification_id=verification_id,
            name=name,
            id_type=id_type,
            sealed_id_number=keys.seal(ID_NUMBER, number.encode(), verification_id),
            id_index=index,
            masked_id_number=id_numbers.mask(number),
            earlier_name=account.name,
            earlier_masked_id_number=account.masked_id_number or "",
        )
    ]


def _checked(uow: UnitOfWork, asked: NewOperator) -> tuple[str, str, str]:
    name = clean_name(asked.name)
    if not name:
        raise as_problem([FieldError("operator.name", "name_invalid")])
    try:
        id_type, number = id_numbers.id_number(asked.id_type, asked.id_number, uow.today())
    except id_numbers.NumberInvalid as error:
        found = FieldError("operator.id_number", "id_number_invalid", {"reason": error.reason})
        raise as_problem([found]) from error
    return name, id_type, number


def _images(
    uow: UnitOfWork, account: Account, request: AskReplacement, verification_id: str
) -> list[VerificationImage]:
    needed = model.replacement_documents(request.part)
    if missing := [name for name in needed if not request.documents.get(name)]:  # type: ignore[call-overload]
        errors = [FieldError(f"documents.{name}", "material_missing") for name in missing]
        raise Problem("verification_documents_missing", documents=",".join(missing), errors=errors)
    if strange := [name for name in request.documents if name not in needed]:
        raise Problem(
            "request_invalid", errors=[FieldError(f"documents.{name}", "extra_forbidden") for name in strange]
        )
    seal = uow.session.get(Seal, account.account_id)
    if request.part == model.SEAL and seal is None:
        raise Problem("seal_required")
    images, errors = [], []
    for document, token in request.documents.items():
        limit = SEAL_LIMIT if document == model.NEW_SEAL else model.LARGEST
        upload = received_image(uow, token, limit, pdf=model.may_be_pdf(document))
        if upload is None:
            errors.append(FieldError(f"documents.{document}", "verification_image_unreadable"))
        elif document == model.NEW_SEAL and seal is not None and upload.content.sha256 == seal.sha256:
            raise Problem("seal_unchanged", errors=[FieldError(f"documents.{document}", "seal_unchanged")])
        else:
            images.append(_image(upload, verification_id, document))
    if errors:
        raise Problem("verification_image_unreadable", errors=errors)
    return images


def _image(upload: ReceivedImage, verification_id: str, document: str) -> VerificationImage:
    return VerificationImage(
        verification_id=verification_id,
        document=document,
        wrapped_key=upload.wrapped(store.IMAGE_KEY, store.key_context(verification_id, document)),
        **upload.columns,
    )


def withdraw_replacement(request: VerificationRef, uow: UnitOfWork) -> VerificationView:
    """The organisation takes back what it asked for; its papers go. Problems ``forbidden``, ``verification_unknown``,
    ``verification_decided``."""
    account = organisation(uow, "manage", lock=True)
    found = store.get(uow.session, request.verification_id, lock=True)
    if found is None or not may(uow.actor, found.account_id, "manage") or found.part == model.IDENTITY:
        raise Problem("verification_unknown")
    if found.state != "pending":
        raise Problem("verification_decided")
    act(uow, found, account, "withdraw")
    _over(uow, found, everything=True)
    return view(uow, found, account)


def _over(uow: UnitOfWork, verification: Verification, *, everything: bool) -> None:
    """Nothing waits for it any more."""
    operators.forget_number(uow.session, verification.verification_id)
    discarding.discard(uow, verification, everything=everything)
    verification.check_state, verification.leased_until = "done", None
    uow.session.flush()
    uow.notify(CHANNEL)


def take_effect(uow: UnitOfWork, verification: Verification, account: Account) -> None:
    """Before it is approved: the account, which is locked, has the other from now on. Problem
    ``verification_image_unreadable`` for a seal that could not be drawn."""
    if verification.part == model.SEAL:
        _put_seal(uow, verification, account)
    elif verification.part == model.OPERATOR:
        _put_operator(uow, verification, account)


def _put_seal(uow: UnitOfWork, verification: Verification, account: Account) -> None:
    """The former one stays beside it, under a key of its own."""
    new = store.image(uow.session, verification.verification_id, model.NEW_SEAL)
    seal = uow.session.get(Seal, account.account_id, with_for_update=True)
    if seal is None or new is None or new.wrapped_key is None or new.picture is None:
        raise Problem("verification_image_unreadable")
    keys, there = vault(uow.settings), account.account_id
    context = store.key_context(verification.verification_id, model.FORMER_SEAL)
    former = VerificationImage(
        verification_id=verification.verification_id,
        document=model.FORMER_SEAL,
        original_sha256=seal.sha256,
        original_size=seal.size,
        file_name=seal.file_name,
        content_type=seal.content_type,
        sealed_sha256=seal.sealed_sha256,
        sealed_size=seal.sealed_size,
        wrapped_key=keys.seal(store.IMAGE_KEY, keys.open(SEAL_KEY, seal.wrapped_key, there), context),
    )
    if seal.picture is not None:
        former.picture = keys.seal(SEAL_PICTURE, keys.open(SEAL_PICTURE, seal.picture, there), context)
    uow.session.add(former)
    seal.sha256, seal.size = new.original_sha256, new.original_size
    seal.sealed_sha256, seal.sealed_size = new.sealed_sha256, new.sealed_size
    seal.file_name, seal.content_type = new.file_name, new.content_type
    seal.wrapped_key = keys.seal(SEAL_KEY, keys.open(store.IMAGE_KEY, new.wrapped_key, new.key_context), there)
    seal.picture = keys.seal(SEAL_PICTURE, keys.open(SEAL_PICTURE, new.picture, new.key_context), there)
    seal.deposited_at, seal.verification_id = uow.now(), verification.verification_id
    seal.version += 1
    uow.audit("seal.replace", subject=account.account_id, verification_id=verification.verification_id)
    replaced = SealReplaced(
        account_id=account.account_id,
        verification_id=verification.verification_id,
        seal_sha256=seal.sha256,
        replaced_at=seal.deposited_at,
    )
    uow.emit(SEAL_REPLACED, replaced)


def _put_operator(uow: UnitOfWork, verification: Verification, account: Account) -> None:
    change = operators.get(uow.session, verification.verification_id)
    if change is None or change.sealed_id_number is None:
        raise Problem("verification_image_gone")
    keys = vault(uow.settings)
    number = keys.open(ID_NUMBER, change.sealed_id_number, verification.verification_id)
    account.name, account.id_type, account.masked_id_number = change.name, change.id_type, change.masked_id_number
    account.sealed_id_number, account.id_index = keys.seal(ID_NUMBER, number, account.account_id), change.id_index
    account.version += 1
    uow.audit("account.change_operator", subject=account.account_id, verification_id=verification.verification_id)


def decided(uow: UnitOfWork, verification: Verification, account: Account, decision: str) -> None:
    """The organisation hears of it; nobody needs the operator's number here any more."""
    operators.forget_number(uow.session, verification.verification_id)
    _notify(uow, verification, account, decision, {"reasons": verification.reasons} if verification.reasons else {})


def _notify(uow: UnitOfWork, verification: Verification, account: Account, step: str, params: dict[str, Any]) -> None:
    change = operators.get(uow.session, verification.verification_id)
    if change is not None:
        params = params | {"name": change.name}
    template, event_id = MESSAGES[verification.part][step], f"{verification.verification_id}:{step}"
    notices.notify(uow, account, template, event_id, params)
