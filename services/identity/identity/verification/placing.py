"""Placing the photos of a verification one by one, before they are handed in (I-05, I-06)."""

from __future__ import annotations

import base64
from typing import Any

from chassis.access import acting_for
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from chassis.work import place, sender_of
from contracts.base import Empty
from contracts.identity import IdPhotoList, IdPhotoView, OpenIdPhoto, PlaceIdPhoto
from contracts.identity.verification import IdPhotoPicture

from identity.accounts import store as accounts
from identity.accounts.handlers import account_acted_for
from identity.accounts.store import Account
from identity.consents.giving import require_face
from identity.images import received_image
from identity.sealing import vault
from identity.verification import model, placed, store
from identity.verification.model import HANDHELD
from identity.verification.placed import IdPhoto
from identity.verification.store import Verification, VerificationImage

AT_ONCE = 100


def place_id_photo(request: PlaceIdPhoto, uow: UnitOfWork) -> IdPhotoView:
    """Takes one photo and has it checked; the one of its role that was there goes.

    Problems: ``verification_image_unreadable``, ``receipt_invalid``, ``request_invalid`` for a role that is not this
    account's, ``face_consent_required``, ``verification_pending``, ``verification_already_approved``,
    ``rename_unverified``, ``work_too_many``.
    """
    account = account_acted_for(uow, "manage", lock=True)
    require_open(uow, account, rename=request.rename)
    document = request.document
    if document not in model.allowed_documents(account.kind, rename=request.rename):
        raise Problem("request_invalid", errors=[FieldError("document", "extra_forbidden")])
    if document == HANDHELD:
        require_face(uow, account.account_id)
    upload = received_image(uow, request.receipt, model.LARGEST, pdf=model.may_be_pdf(document))
    if upload is None:
        errors = [FieldError(f"documents.{document}", "verification_image_unreadable")]
        raise Problem("verification_image_unreadable", errors=errors)
    former = placed.placed(uow.session, account.account_id, lock=True).get(document)
    if former is not None:
        discard(uow, former)
        uow.session.flush()
    photo_id = new_id("idp")
    photo = IdPhoto(
        photo_id=photo_id,
        account_id=account.account_id,
        document=document,
        kept=False,
        wrapped_key=upload.wrapped(placed.PHOTO_KEY, photo_id),
        **upload.columns,
    )
    _add(uow, photo)
    uow.audit("verification.place_photo", subject=photo_id, document=document)
    return _view(photo)


def require_open(uow: UnitOfWork, account: Account, *, rename: bool = False) -> Verification | None:
    """Problems ``verification_already_approved``, ``verification_pending``, of another name for what was never verified
    ``rename_unverified``; returns the submission that may be replaced because the automatic check found errors,
    locked."""
    if (account.verification == "approved") != rename:
        raise Problem("rename_unverified" if rename else "verification_already_approved")
    earlier = store.pending(uow.session, account.account_id)
    if earlier is not None and (earlier.part != model.IDENTITY or not replaceable(earlier)):
        raise Problem("verification_pending")
    return earlier


def replaceable(pending: Verification) -> bool:
    """Whether the automatic check found what keeps it from being decided: another may take its place."""
    return pending.check_state == "done" and model.has_errors(pending.findings)


def list_id_photos(request: Empty, uow: UnitOfWork) -> IdPhotoList:
    """The photos that the caller's party has placed, and what is needed. That its number is in use is said before any
    is uploaded: an account claims one number in its life, and takes a mobile of its own."""
    account = account_acted_for(uow, "read")
    photos = placed.placed(uow.session, account.account_id)
    allowed = model.allowed_documents(account.kind, rename=account.verification == "approved")
    items = [_view(photos[name]) for name in allowed if name in photos]
    return IdPhotoList(items=items, needed=_needed(account), taken=accounts.is_taken(uow.session, account))


def _needed(account: Account) -> list[Any]:
    """Of an account that is verified: for another name."""
    return list(model.required_documents(account.kind, account.id_type, rename=account.verification == "approved"))


def open_id_photo(request: OpenIdPhoto, uow: UnitOfWork) -> IdPhotoPicture:
    """The thumbnail of one's own photo; nobody else's, for staff neither. Problem ``id_photo_unknown``."""
    photo = placed.placed(uow.session, acting_for(uow.actor, "read")).get(request.document)
    if photo is None or photo.thumbnail is None:
        raise Problem("id_photo_unknown")
    jpeg = vault(uow.settings).open(placed.THUMBNAIL, photo.thumbnail, photo.photo_id)
    return IdPhotoPicture(data=base64.b64encode(jpeg).decode())


def hand_over(uow: UnitOfWork, photo: IdPhoto, verification_id: str) -> VerificationImage:
    """The image of a submission that a locked photo becomes, under its key; the photo is no more."""
    keys = vault(uow.settings)
    assert photo.wrapped_key is not None  # the table says so
    key = keys.open(placed.PHOTO_KEY, photo.wrapped_key, photo.photo_id)
    image = VerificationImage(
        verification_id=verification_id,
        document=photo.document,
        original_sha256=photo.original_sha256,
        original_size=photo.original_size,
        file_name=photo.file_name,
        content_type=photo.content_type,
        sealed_sha256=photo.sealed_sha256,
        sealed_size=photo.sealed_size,
        wrapped_key=keys.seal(store.IMAGE_KEY, key, store.key_context(verification_id, photo.document)),
    )
    uow.session.delete(photo)
    return image


def keep_usable(uow: UnitOfWork, verification: Verification, *, handheld: bool) -> None:
    """Places the images of a submission that will not be approved, all but those that nobody can read: only what was
    wrong has to come again. ``handheld``: also the photo that is destroyed with a decision."""
    unreadable = {found["document"] for found in verification.findings if found["severity"] == "error"}
    there, keys = placed.placed(uow.session, verification.account_id, lock=True), vault(uow.settings)
    for image in store.images(uow.session, verification.verification_id):
        wanted = image.document not in unreadable and (handheld or image.document != HANDHELD)
        if not wanted or image.wrapped_key is None or image.document in there:
            continue
        photo_id = new_id("idp")
        photo = IdPhoto(
            photo_id=photo_id,
            account_id=verification.account_id,
            document=image.document,
            kept=True,
            original_sha256=image.original_sha256,
            original_size=image.original_size,
            file_name=image.file_name,
            content_type=image.content_type,
            sealed_sha256=image.sealed_sha256,
            sealed_size=image.sealed_size,
            wrapped_key=keys.seal(
                placed.PHOTO_KEY, keys.open(store.IMAGE_KEY, image.wrapped_key, image.key_context), photo_id
            ),
        )
        _add(uow, photo)


def _add(uow: UnitOfWork, photo: IdPhoto) -> None:
    photo.check_state, photo.findings, photo.placed_at = "running", [], uow.now()
    place(uow, photo, sender_of(uow.actor, ""))
    uow.session.add(photo)
    uow.session.flush()


def discard_all(uow: UnitOfWork, account_id: str, *documents: str) -> None:
    """Destroys the keys of an account's photos; with ``documents``, of those only."""
    for name, photo in placed.placed(uow.session, account_id, lock=True).items():
        if not documents or name in documents:
            discard(uow, photo)
    uow.session.flush()


def discard(uow: UnitOfWork, photo: IdPhoto) -> None:
    """Destroys the key of a locked photo; its bytes go after."""
    photo.wrapped_key, photo.thumbnail, photo.discarded_at, photo.check_state = None, None, uow.now(), "done"
    uow.notify(placed.CHANNEL)


def forget_id_photos(uow: UnitOfWork) -> int:
    """Sweeper: photos that nobody handed in within their time."""
    photos = placed.older_than(uow.session, uow.now() - placed.LIFE, AT_ONCE)
    for photo in photos:
        discard(uow, photo)
        uow.audit("verification.forget_photo", subject=photo.photo_id, document=photo.document)
    return len(photos)


def _view(photo: IdPhoto) -> IdPhotoView:
    return IdPhotoView.model_validate(
        {
            "document": photo.document,
            "file_name": photo.file_name,
            "check": photo.check_state,
            "findings": photo.findings,
            "thumbnail": photo.thumbnail is not None,
            "placed_at": photo.placed_at,
            "kept": photo.kept,
        }
    )
