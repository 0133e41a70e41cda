"""Sign-up of persons and organisations, the account's own view, its e-mail address."""

from __future__ import annotations

from typing import Any

from chassis.access import acting_for
from chassis.actor import Right
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.identity import (
    ACCOUNT_REGISTERED,
    AccountRef,
    AccountRegistered,
    AccountView,
    ChangeEmail,
    ConfirmEmail,
    Missing,
    OtpSent,
    RegisterAccount,
)
from contracts.identity.consents import NoticeName, NoticeVersion
from sqlalchemy.exc import IntegrityError

from identity.accounts import id_numbers, model, store
from identity.accounts.passwords import hash_password
from identity.accounts.store import Account, Seal
from identity.base import lock_name
from identity.consents import store as consents
from identity.consents.giving import agreement_errors, keep_sign_up
from identity.images import ReceivedImage, received_image
from identity.messages import notices
from identity.otp import handlers as otp
from identity.sealing import vault
from identity.staff import store as staff_store

SEAL_LIMIT = 5 << 20
"""Bytes of a seal's file."""


def register_account(request: RegisterAccount, uow: UnitOfWork) -> AccountRef:
    """Signs up a person or an organisation's operator (I-01, I-02).

    Problems: everything of :func:`identity.accounts.model.check_registration`, ``agreement_required``,
    ``otp_wrong``, ``otp_expired``, ``otp_too_many``, ``receipt_invalid``, ``seal_unreadable``, ``mobile_taken``. The
    code is not used up by a sign-up that is refused.

    Nothing is said of what others have, except that a mobile has an account, to who has just proved that it is theirs.
    ID numbers and credit codes are claims until they are verified, so anybody may enter any. An account name that
    somebody has is left out, and the new account is told.
    """
    agreed: dict[NoticeName, str | None] = {"privacy": request.agreed_privacy, "terms": request.agreed_terms}
    registration, errors = model.check_registration(request, uow.today(), agreement_errors(uow, agreed))
    if registration is None:
        raise model.as_problem(errors)
    organisation = request.kind == "organisation"
    seal = receive_seal(uow, request.seal_receipt or "", sign_up=request.sign_up) if organisation else None
    by = otp.requester(request.client, request.browser)
    code = otp.check_code(uow, "sign_up", registration.mobile, request.otp, by)
    account = _new_account(request, registration, uow)
    insert(uow, account)
    if seal is not None:
        uow.session.add(deposited(seal, account.account_id, uow))
    otp.use_code(uow, code)
    keep_sign_up(uow, account.account_id, agreed, request.client)
    uow.audit("account.register", subject=account.account_id, kind=request.kind, client=request.client)
    uow.emit(
        ACCOUNT_REGISTERED,
        AccountRegistered(account_id=account.account_id, kind=request.kind, registered_at=account.created_at),
    )
    _welcome(uow, account, registration)
    return AccountRef(account_id=account.account_id)


def _new_account(request: RegisterAccount, registration: model.Registration, uow: UnitOfWork) -> Account:
    account_id, keys = new_id("acc"), vault(uow.settings)
    return Account(
        account_id=account_id,
        kind=request.kind,
        name=registration.name,
        organisation_name=registration.organisation_name,
        account_name=free_name(uow, registration.account_name),
        mobile=registration.mobile,
        email=registration.email,
        id_type=registration.id_type,
        sealed_id_number=keys.seal(store.ID_NUMBER, registration.id_number.encode(), account_id),
        id_index=keys.index(store.ID_NUMBER, registration.id_number),
        masked_id_number=id_numbers.mask(registration.id_number),
        uscc=registration.uscc,
        password_hash=hash_password(request.password),
        language=request.language,
        created_at=uow.now(),
    )


def deposited(seal: ReceivedImage, account_id: str, uow: UnitOfWork) -> Seal:
    """The row of an organisation's seal, not drawn yet."""
    return Seal(
        account_id=account_id,
        sha256=seal.content.sha256,
        size=seal.content.size,
        sealed_sha256=seal.object.sha256,
        sealed_size=seal.object.size,
        wrapped_key=seal.wrapped(store.SEAL_KEY, account_id),
        file_name=seal.file_name,
        content_type=seal.content_type,
        deposited_at=uow.now(),
    )


def _welcome(uow: UnitOfWork, account: Account, registration: model.Registration) -> None:
    """The new account's first messages, also of what it did not get or has to confirm."""
    notices.notify(uow, account, "account_registered", f"{account.account_id}:registered", {})
    if account.account_name != registration.account_name:
        params = {"account_name": registration.account_name or ""}
        notices.notify(uow, account, "account_name_unavailable", f"{account.account_id}:account_name", params)
    if registration.email:
        _ask_to_confirm(uow, account, registration.email)


def _ask_to_confirm(uow: UnitOfWork, account: Account, address: str) -> None:
    """Whoever others have flooded gets an account all the same, and confirms the address later."""
    try:
        otp.send_email_code(uow, account, address)
    except Problem as problem:
        if problem.code != "otp_too_many":
            raise


def free_name(uow: UnitOfWork, name: str | None) -> str | None:
    """The account name, unless somebody has it."""
    if name is None:
        return None
    lock_name(uow.session, f"account name {name}")
    return None if store.by_login(uow.session, name, None) else name


def insert(uow: UnitOfWork, account: Account) -> None:
    """Writes a new account, or what was added to one. Problems ``mobile_taken``, ``email_taken``."""
    uow.session.add(account)
    try:
        uow.session.flush()
    except IntegrityError as error:
        field, code = store.taken(error)
        raise Problem(code, errors=[FieldError(field, code)]) from error


def receive_seal(uow: UnitOfWork, receipt: str, *, sign_up: str = "") -> ReceivedImage:
    """The seal that was uploaded. Problems ``receipt_invalid``, ``seal_unreadable``."""
    seal = received_image(uow, receipt, SEAL_LIMIT, sign_up=sign_up)
    if seal is None:
        raise Problem("seal_unreadable", errors=[FieldError("seal_upload_id", "seal_unreadable")])
    return seal


def get_account(request: Empty, uow: UnitOfWork) -> AccountView:
    """The caller's own account."""
    return view(uow, own_account(uow))


def own_account(uow: UnitOfWork, *, lock: bool = False) -> Account:
    """The account that signed in. Problem ``not_signed_in`` when it does not exist here (any more)."""
    return _existing(uow, uow.actor.signed_in_as, lock)


def account_acted_for(uow: UnitOfWork, right: Right, *, lock: bool = False) -> Account:
    """The account of the actor's party, of which a name is verified and a seal applied.

    Problems ``not_signed_in``, ``forbidden`` (:func:`chassis.access.acting_for`).
    """
    return _existing(uow, acting_for(uow.actor, right), lock)


def _existing(uow: UnitOfWork, account_id: str, lock: bool) -> Account:
    account = store.get(uow.session, account_id, lock=lock)
    if account is None or account.standing == "closed":
        raise Problem("not_signed_in")
    return account


def view(uow: UnitOfWork, account: Account) -> AccountView:
    """The account as its holder sees it: mobile and number masked, staff with their roles."""
    roles = staff_store.roles_of(uow.session, account.account_id) if account.kind == "staff" else []
    facts = {
        "account_id": account.account_id,
        "kind": account.kind,
        "name": account.name,
        "organisation_name": account.organisation_name,
        "account_name": account.account_name,
        "mobile": id_numbers.mask_mobile(account.mobile or ""),
        "email": account.email,
        "email_confirmed": account.email_confirmed_at is not None,
        "language": account.language,
        "id_type": account.id_type,
        "id_number": account.masked_id_number,
        "uscc": account.uscc,
        "roles": roles,
        "verification": account.verification,
        "missing": missing(uow, account),
        "to_agree": _to_agree(uow, account),
        "created_at": account.created_at,
    }
    return AccountView.model_validate(facts)


def _to_agree(uow: UnitOfWork, account: Account) -> list[dict[str, Any]]:
    """Staff use the system by their office's rules: nothing is asked of them."""
    if account.kind == "staff":
        return []
    asked = consents.to_agree(uow.session, account.account_id, uow.today())
    return [{name: getattr(text, name) for name in NoticeVersion.model_fields} for text in asked]


def missing(uow: UnitOfWork, account: Account) -> list[Missing]:
    """What an account that came from the old system lacks for signing; all others have it since they signed up."""
    if not account.from_old_system:
        return []
    organisation = account.kind == "organisation"
    lacking: list[tuple[Missing, bool]] = [
        ("mobile", account.mobile is None),
        ("id_number", account.id_index is None),
        ("uscc", organisation and account.uscc is None),
        ("seal", organisation and uow.session.get(Seal, account.account_id) is None),
    ]
    return [name for name, lacks in lacking if lacks]


def change_email(request: ChangeEmail, uow: UnitOfWork) -> OtpSent:
    """Notes a new address and sends it a code. Problem ``email_invalid``, and those of sending a code."""
    try:
        address = id_numbers.email(request.email)
    except id_numbers.NumberInvalid as error:
        raise Problem("email_invalid", errors=[FieldError("email", "email_invalid")]) from error
    account = own_account(uow, lock=True)
    account.email, account.email_confirmed_at = address, None
    account.version += 1
    uow.audit("account.change_email", subject=account.account_id)
    return otp.send_email_code(uow, account, address)


def confirm_email(request: ConfirmEmail, uow: UnitOfWork) -> AccountView:
    """The code came back: from now on the address receives messages and signs in.

    Problems: ``otp_wrong``, ``otp_expired``, ``otp_too_many``, ``email_taken``, ``email_invalid`` (none given).
    """
    account = own_account(uow, lock=True)
    if not account.email:
        raise Problem("email_invalid")
    code = otp.check_code(uow, "email", account.email, request.otp, otp.own(account.account_id))
    if code.account_id != account.account_id:
        raise Problem("otp_expired")
    account.email_confirmed_at = uow.now()
    account.version += 1
    try:
        uow.session.flush()
    except IntegrityError as error:
        field, problem = store.taken(error)
        raise Problem(problem, errors=[FieldError(field, problem)]) from error
    otp.use_code(uow, code)
    uow.audit("account.confirm_email", subject=account.account_id)
    return view(uow, account)
