"""Photographs of recoveries: taken in sealed, laid beside what was verified, shown marked, destroyed."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.networks import network_of
from chassis.uow import UnitOfWork
from chassis.work import place, sender_of
from contracts.identity.recovery_pictures import RecoveryPhoto as PhotoView

from identity.base import lock_name
from identity.images import received_image
from identity.photos import model, store
from identity.photos.store import RecoveryPhoto
from identity.recoveries.store import Recovery
from identity.sealing import vault
from identity.verification import store as verification

_NETWORK = "recovery-photo-network"


def receive(uow: UnitOfWork, recovery: Recovery, token: str, uploaded_by: str, client: str) -> None:
    """Takes the photograph of a new upload; one that the request had before goes.

    An address has one at a time. Nothing of it depends on whose the number is. Problems: ``receipt_invalid``,
    ``recovery_photo_unreadable``, ``recovery_photo_elsewhere``, ``recovery_photos_full``, ``work_too_many``.
    """
    image = received_image(uow, token, model.LARGEST, sign_up=uploaded_by)
    if image is None or not model.is_picture(image.content_type) or store.is_used(uow.session, image.object.sha256):
        raise _refused("recovery_photo_unreadable")
    if store.kept_elsewhere(uow.session, recovery.contact, recovery.recovery_id):
        raise _refused("recovery_photo_elsewhere")
    discard(uow, recovery.recovery_id)
    network = vault(uow.settings).index(_NETWORK, network_of(client))
    lock_name(uow.session, "recovery photos")  # of several at once none is overlooked
    most = model.PER_NETWORK * (10 if uow.settings.sandbox else 1)
    if not model.has_room(*store.holding(uow.session, network), image.object.size, most):
        raise _refused("recovery_photos_full")
    photo_id = new_id("rph")
    photo = RecoveryPhoto(
        photo_id=photo_id,
        recovery_id=recovery.recovery_id,
        network=network,
        check_state="running",
        findings=[],
        original_sha256=image.content.sha256,
        original_size=image.content.size,
        sealed_sha256=image.object.sha256,
        sealed_size=image.object.size,
        wrapped_key=image.wrapped(store.PHOTO_KEY, photo_id),
        submitted_at=uow.now(),
    )
    place(uow, photo, sender_of(uow.actor, network))
    uow.session.add(photo)
    uow.session.flush()
    uow.audit("recovery.add_photo", subject=recovery.recovery_id)


def _refused(code: str) -> Problem:
    return Problem(code, errors=[FieldError("photo", code)])


def compare(uow: UnitOfWork, recovery_id: str, account_id: str | None) -> None:
    """Has the images that the account was verified with drawn beside the photograph, for who works on it now."""
    photo = store.kept(uow.session, recovery_id, lock=True)
    approved = verification.approved(uow.session, account_id) if photo and account_id else None
    if photo is None or photo.compared_with == approved:
        return
    store.forget_pictures(uow.session, photo.photo_id, but=model.PHOTO)
    photo.compared_with = approved
    if approved is not None:
        photo.check_state = "running"
        place(uow, photo, sender_of(uow.actor, ""))
    uow.session.flush()


def put_aside(uow: UnitOfWork, recovery_id: str) -> None:
    """Once it is decided, nobody compares any more: the other images are shown no longer."""
    photo = store.kept(uow.session, recovery_id, lock=True)
    if photo is not None:
        store.forget_pictures(uow.session, photo.photo_id, but=model.PHOTO)
        photo.compared_with = None
        uow.session.flush()


def discard(uow: UnitOfWork, recovery_id: str) -> bool:
    """Destroys the key of the photograph and all pictures of it; whether there was one."""
    photo = store.kept(uow.session, recovery_id, lock=True)
    if photo is None:
        return False
    store.forget_pictures(uow.session, photo.photo_id)
    photo.wrapped_key, photo.discarded_at, photo.check_state = None, uow.now(), "done"
    uow.session.flush()
    uow.notify(store.CHANNEL)
    uow.audit("recovery.discard_photo", subject=recovery_id)
    return True


def shown(uow: UnitOfWork, recovery_id: str) -> PhotoView | None:
    """For who works on it, while it is kept."""
    photo = store.kept(uow.session, recovery_id)
    if photo is None:
        return None
    pictures = list(store.pictures(uow.session, photo.photo_id))
    return PhotoView.model_validate({"check": photo.check_state, "findings": photo.findings, "pictures": pictures})


def open_picture(uow: UnitOfWork, recovery_id: str, picture: str) -> bytes:
    """A JPEG (audited). Problems ``recovery_photo_gone``, ``recovery_photo_running``."""
    photo = store.kept(uow.session, recovery_id)
    if photo is None:
        raise Problem("recovery_photo_gone")
    row = uow.session.get(store.RecoveryPicture, (photo.photo_id, picture))
    if row is None:
        raise Problem("recovery_photo_running" if photo.check_state == "running" else "recovery_photo_gone")
    uow.audit("recovery.open_picture", subject=recovery_id, picture=picture)
    return vault(uow.settings).open(store.PICTURE, row.sealed, store.picture_context(photo.photo_id, picture))
